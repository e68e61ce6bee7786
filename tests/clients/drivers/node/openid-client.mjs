// Driver of openid-client 6.
import * as client from 'openid-client'
import { serve } from './serving.mjs'

class Client {
  constructor(setup) {
    this.setup = setup
    const server = {
      issuer: setup.server,
      authorization_endpoint: setup.authorize,
      token_endpoint: setup.token,
      revocation_endpoint: setup.revoke,
      introspection_endpoint: setup.introspect,
    }
    const method = setup.authentication === 'basic' ? client.ClientSecretBasic : client.ClientSecretPost
    this.config = new client.Configuration(server, setup.client_id, undefined, method(setup.client_secret))
    client.allowInsecureRequests(this.config)
  }

  async authorize({ state }) {
    const { redirect_uri, scope, pkce, byRedirect } = this.setup
    const parameters = { redirect_uri, scope }
    this.checks = {}
    if (byRedirect) parameters.state = this.checks.expectedState = state
    if (pkce) {
      this.checks.pkceCodeVerifier = client.randomPKCECodeVerifier()
      parameters.code_challenge = await client.calculatePKCECodeChallenge(this.checks.pkceCodeVerifier)
      parameters.code_challenge_method = 'S256'
    }
    return { url: client.buildAuthorizationUrl(this.config, parameters).href }
  }

  async exchange({ code, url }) {
    // out of band: the URL that would have come
    const current = new URL(this.setup.byRedirect ? url : `${this.setup.redirect_uri}?code=${code}`)
    return { tokens: await client.authorizationCodeGrant(this.config, current, this.checks) }
  }

  declined({ url }) {
    return this.exchange({ url })
  }

  async get({ path, access_token }) {
    const url = new URL(this.setup.server + path)
    try {
      const response = await client.fetchProtectedResource(this.config, access_token, url, 'GET')
      return { status: response.status, json: response.ok ? await response.json() : null }
    } catch (error) {
      if (error instanceof client.WWWAuthenticateChallengeError) return { status: error.status }
      throw error
    }
  }

  async refresh({ refresh_token }) {
    return { tokens: await client.refreshTokenGrant(this.config, refresh_token) }
  }

  async client_credentials() {
    return { tokens: await client.clientCredentialsGrant(this.config) }
  }

  async revoke({ token }) {
    await client.tokenRevocation(this.config, token)
    return { done: true }
  }

  async introspect({ token }) {
    return { done: await client.tokenIntrospection(this.config, token) }
  }
}

// Smily's family sends a challenge with every error, which makes it an error of another class
function reported(error) {
  if (error instanceof client.WWWAuthenticateChallengeError) return error.cause[0].parameters.error
  return error instanceof client.AuthorizationResponseError && error.error
}

serve(Client, reported)
