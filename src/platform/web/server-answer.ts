import { HttpProblem } from '../http-problem.ts'
import {
  type AnswerHead,
  isExpired,
  type RangeAdvice,
  type RemoteFacts,
  rangeAnswer,
  statusText,
  TIMEOUT,
} from '../range-answer.ts'
import type { RemoteFile } from '../remote-file.ts'

const ADVICE: RangeAdvice = {
  noRanges: 'download it, and open the file',
  changed: 'open it again',
}
/** A server that sends less than this is too slow, in bytes each millisecond. */
const SLOWEST = 8

/** The bytes of a range, and what came with them. */
export interface ServerAnswer {
  readonly bytes: Uint8Array
  readonly facts: RemoteFacts
  /** Where the bytes come from, after all redirects. */
  readonly url: string
}

/**
 * Asks a server for the first bytes of a file. A request for which a thread waits cannot be cut short, so this one finds
 * out whether the server has ranges. It ends the answer of one that sends the whole file.
 * @throws {HttpProblem}
 */
export async function firstAnswer({ url, headers }: RemoteFile, end: number): Promise<ServerAnswer> {
  const ending = new AbortController()
  const timer = setTimeout(() => ending.abort(), TIMEOUT)
  const ask = { credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', signal: ending.signal } as const
  try {
    const response = await fetch(url, { ...ask, headers: { ...headers, Range: rangeOf(0, end) } })
    if (isSecure(url) && !isSecure(response.url)) {
      throw new HttpProblem('the server redirects from https to http, which anybody on the way can read and change')
    }
    const { status, statusText: reason } = response
    const head: AnswerHead = { status, reason, header: (name) => response.headers.get(name) ?? undefined }
    const { length, facts } = answerFor(head, 0, end, undefined, response.type === 'cors')
    const bytes = length === 0 ? new Uint8Array(0) : new Uint8Array(await response.arrayBuffer())
    return { bytes: whole(bytes, length), facts, url: response.url }
  } catch (error) {
    if (error instanceof HttpProblem) throw error
    if (ending.signal.aborted) throw silence()
    throw (await isThere(url, ask)) ? notAllowed(url) : unreachable(url)
  } finally {
    clearTimeout(timer)
    ending.abort()
  }
}

/**
 * Asks a server for the bytes [start, end), and waits for them.
 * @param url where earlier answers came from
 * @param known what the server told before
 * @throws {HttpProblem}
 */
export function waitForAnswer(
  url: string,
  file: RemoteFile,
  start: number,
  end: number,
  known: RemoteFacts,
): ServerAnswer {
  const request = new XMLHttpRequest()
  request.open('GET', url, false)
  request.responseType = 'arraybuffer'
  request.timeout = TIMEOUT + (end - start) / SLOWEST
  for (const [name, value] of Object.entries(file.headers)) request.setRequestHeader(name, value)
  // Without If-Range, a server that has another file sends no more than a range of it.
  request.setRequestHeader('Range', rangeOf(start, end))
  try {
    request.send()
  } catch (error) {
    throw (error as Error).name === 'TimeoutError' ? silence() : cutOff()
  }
  const { status, statusText: reason } = request
  const head: AnswerHead = { status, reason, header: (name) => request.getResponseHeader(name) ?? undefined }
  if (isExpired(head) && url !== file.url) {
    throw new HttpProblem(`the server answers ${statusText(head)}`, { isPassing: true })
  }
  const { length, facts } = answerFor(head, start, end, known, false)
  return { bytes: whole(new Uint8Array(request.response as ArrayBuffer), length), facts, url: request.responseURL }
}

function rangeOf(start: number, end: number): string {
  return `bytes=${start}-${end - 1}`
}

function isSecure(url: string): boolean {
  return url.toLowerCase().startsWith('https:')
}

/** @param isOther whether the answer comes from another site, which may hide headers from the page */
function answerFor(
  head: AnswerHead,
  start: number,
  end: number,
  known: RemoteFacts | undefined,
  isOther: boolean,
): ReturnType<typeof rangeAnswer> {
  if (isOther && head.status === 206 && head.header('content-range') === undefined) {
    throw new HttpProblem(
      'the server hides from pages of other sites which range it sends (CORS); it has to send "Access-Control-Expose-Headers: Content-Range, ETag", or `isoscope serve URL` reads it without that',
      { code: 'UNSUPPORTED' },
    )
  }
  return rangeAnswer(head, start, end, known, ADVICE)
}

function whole(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length === length) return bytes
  throw new HttpProblem('the server ends its answers too early', { isPassing: true })
}

/** Whether a server answers at all. A page may ask that of any server, and hears no more of it. */
async function isThere(url: string, ask: RequestInit): Promise<boolean> {
  try {
    await fetch(url, { ...ask, method: 'HEAD', mode: 'no-cors' })
    return true
  } catch {
    return false
  }
}

function notAllowed(url: string): HttpProblem {
  return new HttpProblem(
    `the server does not let pages of other sites read it (CORS); it has to send "Access-Control-Allow-Origin: *" and "Access-Control-Expose-Headers: Content-Range, ETag" for ${new URL(url).pathname}, or \`isoscope serve URL\` reads it without that`,
    { code: 'UNSUPPORTED' },
  )
}

/** A browser does not tell a page more. */
function unreachable(url: string): HttpProblem {
  const isMixed = !isSecure(url) && location.origin.startsWith('https:')
  const detail = isMixed
    ? 'a page of https may not read what comes by http; `isoscope serve URL` reads it'
    : 'the server cannot be reached'
  return new HttpProblem(detail)
}

function cutOff(): HttpProblem {
  return new HttpProblem('the server cannot be reached any more', { isPassing: true })
}

function silence(): HttpProblem {
  return new HttpProblem(`the server says nothing for ${TIMEOUT / 1000} s`, { isPassing: true })
}
