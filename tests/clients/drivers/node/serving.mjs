// Loop of a driver in JavaScript: one order a line on stdin, one reply a line on stdout.
import { webcrypto } from 'node:crypto'
import { createInterface } from 'node:readline'

// Node.js 18, which Debian 12 has, does not have it as a global
globalThis.crypto ??= webcrypto

export class Setup {
  constructor(order) {
    Object.assign(this, order)
    this.authorize = `${order.server}/oauth/authorize`
    this.token = `${order.server}/oauth/token`
    this.revoke = `${order.server}/oauth/revoke`
    this.introspect = `${order.server}/oauth/introspect`
    this.scope = order.scopes.join(' ')
    this.byRedirect = order.redirect_uri.startsWith('http')
  }
}

// Ask the API where a client has no function for it.
export async function get(server, path, token) {
  const response = await fetch(server + path, { headers: { authorization: `Bearer ${token}` } })
  const text = await response.text()
  return { status: response.status, json: text ? JSON.parse(text) : null }
}

// `Client` has a method for each order that the client has a function for;
// `reported` returns the OAuth error that the client reports.
export async function serve(Client, reported) {
  let client
  for await (const line of createInterface({ input: process.stdin })) {
    const { order, ...fields } = JSON.parse(line)
    let reply
    try {
      if (order === 'begin') {
        client = new Client(new Setup(fields))
        reply = { done: true }
      } else {
        reply = client[order] ? await client[order](fields) : { missing: true }
      }
    } catch (error) {
      reply = { error: reported(error) || String(error), class: error.constructor.name }
    }
    process.stdout.write(JSON.stringify(reply) + '\n')
  }
}
