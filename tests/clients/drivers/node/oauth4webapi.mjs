// Driver of oauth4webapi.
import * as oauth from 'oauth4webapi'
import { serve } from './serving.mjs'

const insecure = { [oauth.allowInsecureRequests]: true }

class Client {
  constructor(setup) {
    this.setup = setup
    this.server = {
      issuer: setup.server,
      authorization_endpoint: setup.authorize,
      token_endpoint: setup.token,
      revocation_endpoint: setup.revoke,
      introspection_endpoint: setup.introspect,
    }
    this.client = { client_id: setup.client_id }
    const method = setup.authentication === 'basic' ? oauth.ClientSecretBasic : oauth.ClientSecretPost
    this.authentication = method(setup.client_secret)
  }

  async authorize({ state }) {
    const { authorize, client_id, redirect_uri, scope, pkce, byRedirect } = this.setup
    const parameters = { client_id, redirect_uri, response_type: 'code', scope }
    this.state = byRedirect ? state : oauth.expectNoState
    if (byRedirect) parameters.state = state
    this.verifier = pkce ? oauth.generateRandomCodeVerifier() : oauth.nopkce
    if (pkce) {
      parameters.code_challenge = await oauth.calculatePKCECodeChallenge(this.verifier)
      parameters.code_challenge_method = 'S256'
    }
    return { url: `${authorize}?${new URLSearchParams(parameters)}` }
  }

  async exchange({ code, url }) {
    const { server, client, authentication, verifier, setup } = this
    const current = setup.byRedirect ? new URL(url) : new URLSearchParams({ code })
    const answer = oauth.validateAuthResponse(server, client, current, this.state)
    const response = await oauth.authorizationCodeGrantRequest(
      server, client, authentication, answer, setup.redirect_uri, verifier, insecure,
    )
    return { tokens: await oauth.processAuthorizationCodeResponse(server, client, response) }
  }

  declined({ url }) {
    return this.exchange({ url })
  }

  async get({ path, access_token }) {
    const url = new URL(this.setup.server + path)
    try {
      const response = await oauth.protectedResourceRequest(
        access_token, 'GET', url, undefined, undefined, insecure,
      )
      return { status: response.status, json: response.ok ? await response.json() : null }
    } catch (error) {
      if (error instanceof oauth.WWWAuthenticateChallengeError) return { status: error.status }
      throw error
    }
  }

  async refresh({ refresh_token }) {
    const { server, client, authentication } = this
    const response = await oauth.refreshTokenGrantRequest(server, client, authentication, refresh_token, insecure)
    return { tokens: await oauth.processRefreshTokenResponse(server, client, response) }
  }

  async client_credentials() {
    const { server, client, authentication } = this
    const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, {}, insecure)
    return { tokens: await oauth.processClientCredentialsResponse(server, client, response) }
  }

  async revoke({ token }) {
    const { server, client, authentication } = this
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, authentication, token, insecure),
    )
    return { done: true }
  }

  async introspect({ token }) {
    const { server, client, authentication } = this
    const response = await oauth.introspectionRequest(server, client, authentication, token, insecure)
    return { done: await oauth.processIntrospectionResponse(server, client, response) }
  }
}

// Smily's family sends a challenge with every error, which makes it an error of another class
function reported(error) {
  if (error instanceof oauth.WWWAuthenticateChallengeError) return error.cause[0].parameters.error
  return error instanceof oauth.AuthorizationResponseError && error.error
}

serve(Client, reported)
