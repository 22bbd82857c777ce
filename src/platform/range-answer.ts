import { HttpProblem } from './http-problem.ts'

/** What a server told of a file. */
export interface RemoteFacts {
  /** In bytes. */
  readonly size: number
  /** The ETag, or else the time of change, or ''. It is another one when the file is another one. */
  readonly stamp: string
}

/** The head of an answer, as every client has it. */
export interface AnswerHead {
  readonly status: number
  /** The words for the status, such as "Not Found"; '' if the client does not know them. */
  readonly reason: string
  /** @param name in small letters */
  header(name: string): string | undefined
}

/** What to do about an answer, which depends on the program that asks. */
export interface RangeAdvice {
  /** If the server has no ranges. */
  readonly noRanges: string
  /** If the file changes while it is read. */
  readonly changed: string
}

/** How long we wait for a sign of life of a server, in milliseconds. */
export const TIMEOUT = 30_000
/** How long we wait before the second try, in milliseconds. The time doubles with each try. */
export const PAUSE = 250
/** The longest time that a server may have us wait, in milliseconds. */
export const LONGEST_WAIT = 30_000
/** How often we ask again for the same bytes. */
export const TRIES = 5

const PASSING_STATUS = new Set([429, 500, 502, 503, 504])
/** A URL that we were sent to may be good for a while only. */
const EXPIRED_STATUS = new Set([401, 403, 404, 410])

/**
 * Reads the head of the answer to a request for the bytes [start, end) (RFC 9110 14), and compares it with what earlier
 * answers said.
 * @param known what earlier answers told
 * @returns how many bytes the answer has, and what it tells of the file
 * @throws {HttpProblem} if these are not bytes of the file
 */
export function rangeAnswer(
  head: AnswerHead,
  start: number,
  end: number,
  known: RemoteFacts | undefined,
  advice: RangeAdvice,
): { readonly length: number; readonly facts: RemoteFacts } {
  refuseBusy(head)
  const changed = (): HttpProblem =>
    new HttpProblem(`the file on the server changed while it was read; ${advice.changed}`)
  const { status } = head
  if (status === 200) throw known === undefined ? noRanges(advice) : changed()
  const range = head.header('content-range')
  if (status === 416) {
    if (known !== undefined) throw changed()
    if (range !== 'bytes */0') throw new HttpProblem(`the server answers ${statusText(head)}`)
    return { length: 0, facts: { size: 0, stamp: stampOf(head) } }
  }
  if (status !== 206) throw new HttpProblem(`the server answers ${statusText(head)}`)
  refuseCompressed(head)
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/i.exec((range ?? '').trim()) ?? []
  const [from, to, size] = [Number(first), Number(last), Number(total)]
  if (size > Number.MAX_SAFE_INTEGER) throw new HttpProblem('the server says a size above 2^53', { code: 'LIMIT' })
  if (total === undefined || from !== start || to < from || to >= end || to >= size) {
    throw new HttpProblem('the server sends another range than we asked for', { code: 'MALFORMED' })
  }
  const length = to - from + 1
  const said = head.header('content-length')
  if (said !== undefined && Number(said) !== length) {
    throw new HttpProblem('the server says two lengths of one range', { code: 'MALFORMED' })
  }
  const stamp = stampOf(head)
  if (known !== undefined && (known.size !== size || known.stamp !== stamp)) throw changed()
  return { length, facts: { size, stamp } }
}

/** Whether a URL that we were sent to may have expired, so that the first one leads to another. */
export function isExpired({ status }: AnswerHead): boolean {
  return EXPIRED_STATUS.has(status)
}

/** @throws {HttpProblem} that passes, if the server wants us to come again */
export function refuseBusy(head: AnswerHead): void {
  if (!PASSING_STATUS.has(head.status)) return
  const wait = Number(head.header('retry-after') ?? 0) * 1000
  const detail = `the server answers ${statusText(head)}`
  throw new HttpProblem(detail, { isPassing: true, wait: Number.isFinite(wait) ? Math.min(wait, LONGEST_WAIT) : 0 })
}

/** @throws {HttpProblem} if the bytes of the answer are not those of the file */
export function refuseCompressed(head: AnswerHead): void {
  const coding = head.header('content-encoding') ?? 'identity'
  const transfer = head.header('transfer-encoding') ?? 'chunked'
  if (coding === 'identity' && transfer.trim().toLowerCase() === 'chunked') return
  throw new HttpProblem('the server compresses what it sends, so the bytes are not those of the file', {
    code: 'UNSUPPORTED',
  })
}

/** The status with its words: "404 Not Found". */
export function statusText({ status, reason }: AnswerHead): string {
  return `${status} ${reason}`.trim()
}

function noRanges({ noRanges }: RangeAdvice): HttpProblem {
  const detail = `the server sends the whole file only, and no ranges of it; ${noRanges}`
  return new HttpProblem(detail, { code: 'UNSUPPORTED' })
}

function stampOf(head: AnswerHead): string {
  return head.header('etag') ?? head.header('last-modified') ?? ''
}
