// Driver of passport-oauth2; passport itself would hand it requests and act on what it calls.
import OAuth2Strategy from 'passport-oauth2'
import { serve } from './serving.mjs'

class Client {
  constructor(setup) {
    this.setup = setup
    this.request = { session: {}, query: {} }
    this.strategy = new OAuth2Strategy(
      {
        authorizationURL: setup.authorize,
        tokenURL: setup.token,
        clientID: setup.client_id,
        clientSecret: setup.client_secret,
        callbackURL: setup.redirect_uri,
        scope: setup.scopes,
        // out of band no state comes back
        state: setup.byRedirect,
        pkce: setup.pkce,
        skipUserProfile: true,
      },
      (accessToken, refreshToken, parameters, profile, done) =>
        done(null, { ...parameters, refresh_token: refreshToken }),
    )
  }

  authorize() {
    return this.#authenticate({})
  }

  exchange({ code, url }) {
    return this.#authenticate(this.setup.byRedirect ? Object.fromEntries(new URL(url).searchParams) : { code })
  }

  declined({ url }) {
    return this.exchange({ url })
  }

  // as a subclass gets its profile, over the client of the package `oauth` below it
  get({ path, access_token }) {
    const { strategy, setup } = this
    strategy._oauth2.useAuthorizationHeaderforGET(true)
    return new Promise((resolve) => {
      strategy._oauth2.get(setup.server + path, access_token, (error, body) =>
        resolve(error ? { status: error.statusCode } : { status: 200, json: JSON.parse(body) }))
    })
  }

  // as passport-oauth2-refresh does it
  refresh({ refresh_token }) {
    return new Promise((resolve, reject) => {
      const parameters = { grant_type: 'refresh_token' }
      this.strategy._oauth2.getOAuthAccessToken(refresh_token, parameters, (error, access, refresh, answer) =>
        error ? reject(error) : resolve({ tokens: { ...answer, refresh_token: refresh } }))
    })
  }

  #authenticate(query) {
    // a copy of the session: the script presents a code twice
    const session = structuredClone(this.request.session)
    return new Promise((resolve, reject) => {
      const strategy = Object.create(this.strategy)
      strategy.redirect = (url) => {
        this.request.session = session
        resolve({ url })
      }
      strategy.success = (tokens) => resolve({ tokens })
      strategy.fail = (challenge) => reject(Object.assign(new Error('fail'), { challenge }))
      strategy.error = reject
      strategy.authenticate({ session, query, originalUrl: '/', headers: {} }, {})
    })
  }
}

// of a declined request it passes on the description alone
function reported(error) {
  if (error.challenge?.message?.includes('denied')) return 'access_denied'
  const data = error.oauthError?.data ?? error.data
  return error.code && typeof error.code === 'string' ? error.code : data && JSON.parse(data).error
}

serve(Client, reported)
