import { FormatError } from '../../../parsers/bytes/errors.ts'
import type { ByteSource } from '../../../parsers/bytes/source.ts'
import { HttpProblem } from '../http-problem.ts'
import { PAGE, type WantedPages, wantedPages } from '../paged-reads.ts'
import { pagedSource } from '../paged-source.ts'
import { LONGEST_WAIT, PAUSE, TRIES } from '../range-answer.ts'
import { type RemoteFile, shownUrl } from '../remote-file.ts'
import { firstAnswer, type ServerAnswer, waitForAnswer } from './server-answer.ts'

/** Pages that are kept: 64 MiB. To get one again takes far longer than to read it from a disk. */
const KEPT = 256

/** The files by URL. They stay until the worker ends, which answers one question. */
const opened = new Map<string, WantedPages>()
/** The first bytes of each file, and where they came from. */
const firsts = new Map<string, ServerAnswer>()
const traffic = { requests: 0, bytes: 0 }

/** What we asked servers for so far, and what came. Other threads count their own. */
export function httpTraffic(): { readonly requests: number; readonly bytes: number } {
  return traffic
}

/**
 * Asks the server of a file what a browser has to know before it reads.
 * @param name what messages call the file
 * @throws {FormatError} if the server does not give ranges of it, or not to this page
 */
export async function askedFile(file: RemoteFile, name: string): Promise<RemoteFile> {
  if (!URL.canParse(file.url)) throw failure(name, new HttpProblem('it is not a URL'))
  if (new URL(file.url).username !== '') {
    throw failure(name, new HttpProblem('a page takes no user name in a URL', { code: 'UNSUPPORTED' }))
  }
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = counted(await firstAnswer(file, PAGE))
      firsts.set(file.url, answer)
      return { ...file, facts: answer.facts }
    } catch (error) {
      const wait = waitBefore(tries, error)
      if (wait === undefined) throw failure(name, error as HttpProblem)
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}

/**
 * A file on a server as a source, which waits for each answer.
 * @throws {FormatError} UNSUPPORTED if the server was not asked before
 */
export function httpSource(file: RemoteFile, name: string = shownUrl(file.url)): ByteSource {
  const { url, facts } = file
  if (facts === undefined) {
    throw failure(name, new HttpProblem('a browser reads files that the user chose', { code: 'UNSUPPORTED' }))
  }
  const first = firsts.get(url)
  let place = first?.url ?? url
  const load = (start: number, end: number): Uint8Array => {
    if (first !== undefined && start === 0 && end <= first.bytes.length) return first.bytes.subarray(0, end)
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = counted(waitForAnswer(place, file, start, end, facts))
        place = answer.url
        if (answer.bytes.length === end - start) return answer.bytes
        throw new HttpProblem('the server gives fewer bytes than the file has', { code: 'TRUNCATED' })
      } catch (error) {
        const wait = waitBefore(tries, error)
        if (wait === undefined) throw failure(name, error as HttpProblem, start)
        // Where a redirect led to may be good for a while only.
        place = url
        pause(wait)
      }
    }
  }
  const known = opened.get(url) ?? wantedPages(facts.size, KEPT, load)
  opened.set(url, known)
  return { ...pagedSource(name, facts.size, known.pages), readAhead: known.readAhead }
}

/** The size and the stamp of a file on a server. @throws {FormatError} if the server tells no stamp */
export function httpStamp(file: RemoteFile): string {
  const { name } = httpSource(file)
  const { size, stamp } = file.facts!
  if (stamp !== '') return `${size} ${stamp}`
  throw failure(name, new HttpProblem('the server tells neither ETag nor Last-Modified', { code: 'UNSUPPORTED' }))
}

function counted(answer: ServerAnswer): ServerAnswer {
  traffic.requests += 1
  traffic.bytes += answer.bytes.length
  return answer
}

/** How long to wait before the next try, in milliseconds; undefined if there is none. */
function waitBefore(tries: number, error: unknown): number | undefined {
  if (!(error instanceof HttpProblem)) throw error
  if (!error.isPassing || tries === TRIES) return undefined
  return Math.min(LONGEST_WAIT, Math.max(error.wait, PAUSE * 2 ** (tries - 1)))
}

/** Waits. A thread of a page can wait for nothing but the clock: memory for two threads takes headers of the server. */
function pause(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

function failure(source: string, { code, message }: HttpProblem, offset = 0): FormatError {
  return new FormatError(code, message, { source, structure: 'file', offset })
}
