import { Agent as HttpAgent, type IncomingMessage, request } from 'node:http'
import { type AgentOptions, Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'
import { type ConnectionOptions, connect } from 'node:tls'
import { HttpProblem } from '../http-problem.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The proxy that the environment names for a URL; undefined if we ask the server itself. */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const variable = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy'
  const proxy = env[variable] ?? env[variable.toUpperCase()] ?? ''
  if (proxy === '' || isDirect(url, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return undefined
  const text = /^[a-z]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`
  if (!URL.canParse(text) || new URL(text).protocol !== 'http:') {
    throw new HttpProblem(`${variable} names a proxy that is not http://`)
  }
  return new URL(text)
}

/** Whether NO_PROXY has the host: "*", "host", ".domain", "domain" or "host:port". */
function isDirect({ hostname, port, protocol }: URL, list: string): boolean {
  const ourPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      const [, name = '', itsPort] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry)!
      if (itsPort !== undefined && itsPort !== ourPort) return false
      return entry === '*' || hostname === name || hostname.endsWith(`.${name}`)
    })
}

/** What a proxy wants to know of the user, if its URL says so. */
export function proxyHeaders(proxy: URL): Record<string, string> {
  const credentials = basicCredentials(proxy)
  return credentials === undefined ? {} : { 'Proxy-Authorization': credentials }
}

/** The user in a URL as a server takes it, in UTF-8 (RFC 7617 2.1); undefined if there is none. */
export function basicCredentials({ username, password }: URL): string | undefined {
  if (username === '') return undefined
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `Basic ${Buffer.from(user).toString('base64')}`
}

/** The host of a URL as a socket takes it: IPv6 has brackets only in a URL. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}

/** One for what is needed now, and one for what is needed next. */
const CONNECTIONS = 2

export function plainAgent(): HttpAgent {
  return new HttpAgent({ keepAlive: true, maxSockets: CONNECTIONS })
}

export function secureAgent(proxy: URL | undefined, timeout: number): HttpsAgent {
  const options = { keepAlive: true, maxSockets: CONNECTIONS }
  return proxy === undefined ? new HttpsAgent(options) : new TunnelAgent(options, proxy, timeout)
}

type Connected = (error: Error | null, socket: Duplex) => void

/** Connects through a proxy by CONNECT (RFC 9110 9.3.6). */
class TunnelAgent extends HttpsAgent {
  readonly #proxy: URL
  readonly #timeout: number

  constructor(options: AgentOptions, proxy: URL, timeout: number) {
    super(options)
    this.#proxy = proxy
    this.#timeout = timeout
  }

  override createConnection(options: ConnectionOptions, connected: Connected = () => {}): undefined {
    const { port } = this.#proxy
    const { host: to = '' } = options
    // RFC 9110 7.1: the authority of a request has the brackets of IPv6.
    const path = `${to.includes(':') ? `[${to}]` : to}:${options.port}`
    const headers = { Host: path, ...proxyHeaders(this.#proxy) }
    const asked = request({
      host: hostOf(this.#proxy),
      port: port === '' ? 80 : port,
      method: 'CONNECT',
      path,
      headers,
      agent: false,
    })
    asked.setTimeout(this.#timeout, () => asked.destroy(new HttpProblem('the proxy does not answer')))
    // Node takes an error without a socket, unlike its type.
    const fail = connected as (error: Error) => void
    asked.once('error', fail)
    asked.once('connect', ({ statusCode }: IncomingMessage, socket) => {
      if (statusCode === 200) {
        connected(null, connect({ ...options, socket }))
        return
      }
      socket.destroy()
      fail(new HttpProblem(`the proxy answers ${statusCode}`))
    })
    asked.end()
    return undefined
  }
}
