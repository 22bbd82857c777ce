import { Worker } from 'node:worker_threads'
import type { ErrorCode } from '../../../parsers/bytes/errors.ts'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import type { ByteSource } from '../../../parsers/bytes/source.ts'
import { PAGE, type PagedReads, pagedReads } from '../paged-reads.ts'
import { pagedSource } from '../paged-source.ts'
import { type RemoteFile, shownUrl } from '../remote-file.ts'
import type { PageChannel, SharedFile } from '../shared-file.ts'
import type { HttpTask } from './http-thread.ts'
import { askForPages, MOST_ASKED, type PageAnswer, pageChannel } from './page-channel.ts'

/** In the bundle the script lies next to this one, too. */
const SCRIPT = new URL(import.meta.url.endsWith('.cjs') ? './http-thread.cjs' : './http-thread.js', import.meta.url)

/** A file that is closed and opened again soon keeps its thread and its pages, in milliseconds. */
const LINGER = 1_000
/** Pages that each thread keeps: 4 MiB. The thread that gets them keeps more. */
const KEPT = 16
/** Pages that may be said to be read next, those of the first 256 GiB. */
const MOST_WANTED = 1 << 20

/** A file that a thread reads. */
interface Remote {
  readonly size: number
  readonly stamp: string
  readonly pages: PagedReads
  /** A byte for each page, which is 1 if the page is read soon. */
  readonly wanted: Uint8Array
  /** Another channel to the thread. */
  connect(): PageChannel
  /** How many sources of it are open. */
  users: number
  end(): void
}

const open = new Map<string, Remote>()
/** Errors of files that could not be opened. Who asks again soon gets them again, without another wait for the server. */
const failed = new Map<string, unknown>()
/** Requests and bytes of each thread so far. */
const traffic: Float64Array[] = []

/** What we asked servers for so far, and what came. */
export function httpTraffic(): { readonly requests: number; readonly bytes: number } {
  const sum = (index: number): number => traffic.reduce((all, counts) => all + counts[index]!, 0)
  return { requests: sum(0), bytes: sum(1) }
}

/**
 * A file on a server as a source. A thread asks for ranges, and this one waits for it.
 * @throws {FormatError} if the server does not give ranges of it
 */
export function httpSource(file: RemoteFile, name: string = shownUrl(file.url)): ByteSource {
  const { key, remote } = opened(file)
  remote.users += 1
  let isOpen = true
  return {
    ...pagedSource(name, remote.size, remote.pages),
    readAhead(offset, length) {
      // A damaged image may say places that it does not have.
      remote.wanted.fill(1, Math.max(Math.floor(offset / PAGE), 0), Math.max(Math.ceil((offset + length) / PAGE), 0))
    },
    close() {
      if (!isOpen) return
      isOpen = false
      remote.users -= 1
      if (remote.users === 0) setTimeout(() => endUnused(key, remote), LINGER).unref()
    },
  }
}

/** The same file for another thread. Each thread needs its own. */
export function sharedHttpFile(file: RemoteFile): SharedFile {
  const { remote } = opened(file)
  return { size: remote.size, channel: remote.connect() }
}

/** A file that a thread reads for this one. */
export function sharedSource({ size, channel }: SharedFile, name: string): ByteSource {
  return pagedSource(name, size, channelReads(channel, name))
}

/** The size and the stamp of a file on a server. @throws {FormatError} if the server tells no stamp */
export function httpStamp(file: RemoteFile): string {
  const source = httpSource(file)
  const { size, stamp } = open.get(keyOf(file))!
  source.close()
  if (stamp !== '') return `${size} ${stamp}`
  const facts = { source: source.name, structure: 'headers', offset: 0 }
  throw new FormatError('UNSUPPORTED', 'the server tells neither ETag nor Last-Modified', facts)
}

function keyOf({ url, headers }: RemoteFile): string {
  return JSON.stringify([url, headers])
}

function opened(file: RemoteFile): { readonly key: string; readonly remote: Remote } {
  const key = keyOf(file)
  const remote = open.get(key) ?? startOnce(key, file)
  open.set(key, remote)
  return { key, remote }
}

function endUnused(key: string, remote: Remote): void {
  if (remote.users > 0 || open.get(key) !== remote) return
  open.delete(key)
  remote.end()
}

function startOnce(key: string, file: RemoteFile): Remote {
  if (failed.has(key)) throw failed.get(key)
  try {
    return start(file)
  } catch (error) {
    failed.set(key, error)
    setTimeout(() => failed.delete(key), LINGER).unref()
    throw error
  }
}

function start({ url, headers }: RemoteFile): Remote {
  const name = shownUrl(url)
  if (!URL.canParse(url)) {
    throw new FormatError('UNSUPPORTED', 'it is not a URL', { source: name, structure: 'file', offset: 0 })
  }
  const channel = pageChannel(MOST_ASKED * PAGE)
  const counts = new SharedArrayBuffer(16)
  const wanted = new SharedArrayBuffer(MOST_WANTED)
  const task: HttpTask = { options: { url, headers, env: { ...process.env } }, channel, wanted, traffic: counts }
  const worker = new Worker(SCRIPT, { workerData: task, stdout: true, stderr: true })
  traffic.push(new Float64Array(counts))
  // It tells its end itself, and where it cannot, its silence does.
  worker.on('error', () => {})
  worker.unref()
  const end = (): void => void worker.terminate()
  try {
    const { size, text: stamp } = ask(channel, name, 0, 0)
    const connect = (): PageChannel => {
      const another = pageChannel(MOST_ASKED * PAGE, channel.life)
      worker.postMessage(another)
      return another
    }
    const pages = channelReads(channel, name)
    return { size, stamp, pages, wanted: new Uint8Array(wanted), connect, users: 0, end }
  } catch (error) {
    end()
    throw error
  }
}

function channelReads(channel: PageChannel, name: string): PagedReads {
  const get = (first: number, last: number) => ({ begin: first, bytes: ask(channel, name, first, last).bytes })
  return pagedReads(get, KEPT)
}

/** @param name of the file, for messages */
function ask(channel: PageChannel, name: string, first: number, last: number): PageAnswer {
  const failure = (code: ErrorCode, detail: string): FormatError =>
    new FormatError(code, detail, { source: name, structure: 'file', offset: first * PAGE })
  const answer = askForPages(channel, first, last)
  if (answer === undefined) throw failure('IO', 'the thread that reads it has ended')
  if (!answer.isFailed) return answer
  const { code, detail } = JSON.parse(answer.text) as { code: ErrorCode; detail: string }
  throw failure(code, detail)
}
