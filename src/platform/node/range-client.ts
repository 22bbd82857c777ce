import { type IncomingMessage, type OutgoingHttpHeaders, request, STATUS_CODES } from 'node:http'
import { request as requestSecurely } from 'node:https'
import { setTimeout } from 'node:timers/promises'
import { HttpProblem } from '../http-problem.ts'
import {
  type AnswerHead,
  isExpired,
  LONGEST_WAIT,
  PAUSE,
  type RemoteFacts,
  rangeAnswer,
  refuseBusy,
  refuseCompressed,
  statusText,
  TIMEOUT,
  TRIES,
} from '../range-answer.ts'
import {
  basicCredentials,
  type Environment,
  hostOf,
  plainAgent,
  proxyFor,
  proxyHeaders,
  secureAgent,
} from './http-proxy.ts'

/** What we ask a server for, and how patient we are. */
export interface RangeOptions {
  readonly url: string
  /** Headers of the user. They may hold secrets, so another server does not get them. */
  readonly headers: Readonly<Record<string, string>>
  readonly env: Environment
  /** How long we wait for a sign of life of the server, in milliseconds. */
  readonly timeout?: number
  /** How long we wait before the second try, in milliseconds. The time doubles with each try. */
  readonly pause?: number
}

const ADVICE = { noRanges: '--download takes it all', changed: 'run the command again' } as const
/** With this many bytes between two failures we go on. */
const PROGRESS = 1 << 16
const REDIRECTS = 10
/** A server that sends less than this is too slow, in bytes each millisecond. */
const SLOWEST = 8
/** The longest time of a timer, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1
/** In bytes. */
const LARGEST_DOWNLOAD = 2 ** 36

const REDIRECT_STATUS = new Set([301, 302, 303, 307, 308])
const PASSING_ERRORS = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ECONNABORTED',
  'HPE_INVALID_EOF_STATE',
])
/** Such as one of http. What OpenSSL says of it differs between versions of Node. */
const NO_TLS = 'the server does not answer in TLS; is its address http://?'
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  ECONNREFUSED: 'the server refuses the connection',
  ECONNRESET: 'the server ends the connection',
  EHOSTUNREACH: 'the server cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  HPE_HEADER_OVERFLOW: 'the server sends too many headers',
  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
}

/** Asks a server for ranges of one file (RFC 9110 14). Only the first one has to be over before the others begin. */
export class RangeClient {
  readonly #options: RangeOptions
  /** Where the last redirect led to. */
  #url: URL
  #facts: RemoteFacts | undefined
  /** A strong validator, for If-Range (RFC 9110 13.1.5). */
  #validator = ''
  readonly #agents = new Map<string, ReturnType<typeof plainAgent | typeof secureAgent>>()
  #requests = 0
  #bytes = 0

  constructor(options: RangeOptions) {
    this.#options = options
    this.#url = new URL(options.url)
  }

  get requests(): number {
    return this.#requests
  }

  /** Bytes of content that have arrived. */
  get bytes(): number {
    return this.#bytes
  }

  /** What the answers told. @throws {HttpProblem} before the first answer */
  get facts(): RemoteFacts {
    if (this.#facts === undefined) throw new HttpProblem('the server has not answered')
    return this.#facts
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy()
  }

  /**
   * Gets bytes [start, end); fewer where the file ends.
   * @param take receives them piece by piece, and how many came before
   * @returns how many
   * @throws {HttpProblem}
   */
  async get(start: number, end: number, take: (piece: Uint8Array, before: number) => void): Promise<number> {
    let done = 0
    let good = 0
    for (let tries = 1; start + done < end; ) {
      try {
        const count = await this.#attempt(start + done, end, (piece) => {
          take(piece, done)
          done += piece.length
        })
        if (count === 0 || start + done >= this.facts.size) break
      } catch (error) {
        const problem = asProblem(error)
        if (!problem.isPassing) throw problem
        tries = done - good >= PROGRESS ? 1 : tries + 1
        good = done
        if (tries > TRIES) throw problem
        const pause = (this.#options.pause ?? PAUSE) * 2 ** (tries - 1)
        await setTimeout(Math.min(LONGEST_WAIT, Math.max(problem.wait, pause)))
      }
    }
    return done
  }

  /**
   * Gets the whole file, for servers without ranges.
   * @param begin is called before each try, with the size of the file; undefined if the server does not say it
   * @throws {HttpProblem}
   */
  async getWhole(begin: (size: number | undefined) => void, take: (piece: Uint8Array) => void): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        const response = await this.#response({})
        const size = wholeLength(response)
        begin(size)
        await this.#receive(response, size, take)
        return
      } catch (error) {
        const problem = asProblem(error)
        if (!problem.isPassing || tries === TRIES) throw problem
        await setTimeout(Math.max(problem.wait, (this.#options.pause ?? PAUSE) * 2 ** tries))
      }
    }
  }

  /** One request, with those that redirects lead to. @returns how many bytes the server gave */
  async #attempt(start: number, end: number, take: (piece: Uint8Array) => void): Promise<number> {
    const response = await this.#response({
      Range: `bytes=${start}-${end - 1}`,
      ...(this.#validator === '' ? {} : { 'If-Range': this.#validator }),
    })
    try {
      const head = headOf(response)
      if (isExpired(head) && this.#facts !== undefined && this.#url.href !== new URL(this.#options.url).href) {
        this.#url = new URL(this.#options.url)
        throw new HttpProblem(`the server answers ${statusText(head)}`, { isPassing: true })
      }
      const { length, facts } = rangeAnswer(head, start, end, this.#facts, ADVICE)
      this.#facts = facts
      this.#validator = facts.stamp.startsWith('W/') ? '' : facts.stamp
      await this.#receive(response, length, take)
      return length
    } finally {
      // After the whole answer the connection is kept.
      if (!response.complete) response.destroy()
    }
  }

  /** The first answer that is no redirect. */
  async #response(headers: OutgoingHttpHeaders): Promise<IncomingMessage> {
    for (let redirects = 0; redirects <= REDIRECTS; redirects += 1) {
      const response = await this.#ask(this.#url, headers)
      if (!REDIRECT_STATUS.has(response.statusCode ?? 0)) return response
      response.destroy()
      this.#url = redirected(this.#url, response.headers.location)
    }
    throw new HttpProblem(`the server redirects more than ${REDIRECTS} times`)
  }

  #receive(response: IncomingMessage, length: number | undefined, take: (piece: Uint8Array) => void): Promise<void> {
    return receive(response, length, this.#timeout, (piece) => {
      this.#bytes += piece.length
      take(piece)
    })
  }

  get #timeout(): number {
    return this.#options.timeout ?? TIMEOUT
  }

  #ask(url: URL, wanted: OutgoingHttpHeaders): Promise<IncomingMessage> {
    const { headers: given, env } = this.#options
    const original = new URL(this.#options.url)
    const proxy = proxyFor(url, env)
    const isSecure = url.protocol === 'https:'
    const agentKey = `${url.protocol} ${proxy?.href ?? ''}`
    const agent = this.#agents.get(agentKey) ?? (isSecure ? secureAgent(proxy, this.#timeout) : plainAgent())
    this.#agents.set(agentKey, agent)
    const headers: OutgoingHttpHeaders = {
      Host: url.host,
      'User-Agent': 'isoscope',
      Accept: '*/*',
      ...(url.origin === original.origin ? { ...userOf(original), ...given } : {}),
      'Accept-Encoding': 'identity',
      ...wanted,
      ...(proxy === undefined || isSecure ? {} : proxyHeaders(proxy)),
    }
    const path = `${url.pathname}${url.search}`
    const place =
      proxy === undefined || isSecure
        ? { host: hostOf(url), port: url.port, path }
        : { host: hostOf(proxy), port: proxy.port, path: `${url.origin}${path}` }
    this.#requests += 1
    return new Promise((resolve, reject) => {
      const asked = (isSecure ? requestSecurely : request)({
        ...place,
        port: place.port === '' ? (isSecure ? 443 : 80) : place.port,
        headers,
        agent,
      })
      asked.setTimeout(this.#timeout, () => asked.destroy(silence(this.#timeout)))
      asked.once('response', resolve)
      asked.once('error', reject)
      asked.end()
    })
  }
}

/** The head of an answer of Node. */
function headOf({ statusCode: status = 0, headers }: IncomingMessage): AnswerHead {
  const header = (name: string): string | undefined => headers[name]?.toString()
  return { status, reason: STATUS_CODES[status] ?? '', header }
}

/** The user in a URL, as a header. */
function userOf(url: URL): Record<string, string> {
  const credentials = basicCredentials(url)
  return credentials === undefined ? {} : { Authorization: credentials }
}

/** Where an answer leads to. @throws {HttpProblem} if that is no place for us */
function redirected(from: URL, location: string | undefined): URL {
  let to: URL
  try {
    to = new URL(location ?? '', from)
  } catch {
    throw new HttpProblem('the server redirects to what is no URL')
  }
  if (location === undefined || (to.protocol !== 'https:' && to.protocol !== 'http:')) {
    throw new HttpProblem('the server redirects to what is no URL of http or https')
  }
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    throw new HttpProblem('the server redirects from https to http, which anybody on the way can read and change')
  }
  return to
}

/** The length of a whole file; undefined if the server does not say it. */
function wholeLength(response: IncomingMessage): number | undefined {
  const head = headOf(response)
  try {
    refuseBusy(head)
    if (head.status !== 200) throw new HttpProblem(`the server answers ${statusText(head)}`)
    refuseCompressed(head)
    const said = head.header('content-length')
    if (said === undefined) return undefined
    if (Number(said) <= LARGEST_DOWNLOAD) return Number(said)
    throw tooLarge()
  } catch (error) {
    response.destroy()
    throw error
  }
}

function tooLarge(): HttpProblem {
  return new HttpProblem(`the file has more than the ${LARGEST_DOWNLOAD} bytes that we download`, { code: 'LIMIT' })
}

/** Receives the body of an answer. @param length undefined if only its end tells */
function receive(
  response: IncomingMessage,
  length: number | undefined,
  timeout: number,
  take: (piece: Uint8Array) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = length ?? LARGEST_DOWNLOAD
    const isWhole = (): boolean => (length === undefined ? response.complete : left === 0)
    const slow = globalThis.setTimeout(
      () => response.destroy(new HttpProblem('the server is too slow', { isPassing: true })),
      Math.min(timeout + (length ?? LARGEST_DOWNLOAD) / SLOWEST, LONGEST_TIMER),
    )
    const end = (settle: () => void): void => {
      clearTimeout(slow)
      settle()
    }
    response.on('data', (piece: Uint8Array) => {
      left -= piece.length
      if (left < 0) {
        const more = new HttpProblem('the server sends more than it says', { code: 'MALFORMED' })
        response.destroy(length === undefined ? tooLarge() : more)
        return
      }
      take(piece)
    })
    response.once('error', (error) => end(() => reject(error)))
    response.once('close', () => end(() => (isWhole() ? resolve() : reject(cutShort()))))
    response.once('end', () => {
      if (isWhole()) end(resolve)
    })
  })
}

function cutShort(): HttpProblem {
  return new HttpProblem('the server ends its answers too early', { isPassing: true })
}

function silence(timeout: number): HttpProblem {
  return new HttpProblem(`the server says nothing for ${Math.ceil(timeout / 1000)} s`, { isPassing: true })
}

function asProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  const detail = REASONS[code] ?? (/CERT|TLS|SSL|ALTNAME/.test(code) ? `its certificate is not good: ${code}` : message)
  return new HttpProblem(detail.replace(/[^ -~]/g, '?'), { isPassing: PASSING_ERRORS.has(code) })
}
