// Driver of grant: its core, which its handlers for Express, Koa and others share.
import grant from 'grant/lib/grant.js'
import client from 'grant/lib/client.js'
import { serve } from './serving.mjs'

class Client {
  constructor(setup) {
    this.setup = setup
    this.grant = grant({
      request: client,
      config: {
        smily: {
          oauth: 2,
          authorize_url: setup.authorize,
          access_url: setup.token,
          client_id: setup.client_id,
          client_secret: setup.client_secret,
          redirect_uri: setup.redirect_uri,
          scope: setup.scopes,
          scope_delimiter: ' ',
          state: setup.byRedirect,
          pkce: setup.pkce,
          token_endpoint_auth_method: `client_secret_${setup.authentication}`,
          transport: 'state',
          response: ['tokens', 'raw', 'profile'],
          profile_url: `${setup.server}/api/v3/me`,
        },
      },
    })
  }

  async authorize() {
    const { location, session } = await this.#answer({ provider: 'smily' })
    this.session = session
    return { url: location }
  }

  async exchange({ code, url }) {
    const query = this.setup.byRedirect ? Object.fromEntries(new URL(url).searchParams) : { code }
    const { state } = await this.#answer({ provider: 'smily', override: 'callback' }, query)
    const { error, raw, profile } = state.response
    if (error) throw Object.assign(new Error('refused'), { reported: error.error ?? error })
    this.profile = profile
    return { tokens: raw }
  }

  declined({ url }) {
    return this.exchange({ url })
  }

  // it asks for the profile itself after the exchange, and has no other way to the API
  get() {
    return { status: 200, json: this.profile }
  }

  #answer(params, query = {}) {
    return this.grant({ method: 'GET', params, query, session: this.session })
  }
}

serve(Client, (error) => error.reported)
