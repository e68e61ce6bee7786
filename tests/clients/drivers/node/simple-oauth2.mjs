// Driver of simple-oauth2.
import { AuthorizationCode, ClientCredentials } from 'simple-oauth2'
import { get, serve } from './serving.mjs'

class Client {
  constructor(setup) {
    this.setup = setup
    this.config = {
      client: { id: setup.client_id, secret: setup.client_secret },
      auth: { tokenHost: setup.server },
      options: { authorizationMethod: setup.authentication === 'basic' ? 'header' : 'body' },
    }
    this.client = new AuthorizationCode(this.config)
  }

  authorize({ state }) {
    const { redirect_uri, scope } = this.setup
    return { url: this.client.authorizeURL({ redirect_uri, scope, state }) }
  }

  async exchange({ code }) {
    const { token } = await this.client.getToken({ code, redirect_uri: this.setup.redirect_uri })
    return { tokens: token }
  }

  get({ path, access_token }) {
    return get(this.setup.server, path, access_token)
  }

  async refresh({ refresh_token }) {
    return { tokens: (await this.client.createToken({ refresh_token }).refresh()).token }
  }

  async client_credentials() {
    return { tokens: (await new ClientCredentials(this.config).getToken({})).token }
  }

  async revoke({ token }) {
    await this.client.createToken({ access_token: token }).revoke('access_token')
    return { done: true }
  }
}

serve(Client, (error) => error.data?.payload?.error)
