import { Worker } from 'node:worker_threads'
import type { ErrorCode } from '../../../parsers/bytes/errors.ts'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import { type ByteSource, checkRange } from '../../../parsers/bytes/source.ts'
import { MOST_LOADED, type PagedReads, pagedReads } from '../paged-reads.ts'
import { type RemoteFile, shownUrl } from '../remote-file.ts'
import { COUNT, ENDED, FAILED, FLAG, LIFE, sharedReply, WAITING } from './shared-reply.ts'

/** In the bundle the script lies next to this one, too. */
const SCRIPT = new URL(import.meta.url.endsWith('.cjs') ? './http-thread.cjs' : './http-thread.js', import.meta.url)

/** How often we look whether the thread lives, and how often it may seem dead, in milliseconds. */
const LOOK = 5_000
const MOST_DEAD = 4
/** A file that is closed and opened again soon keeps its thread and its pages, in milliseconds. */
const LINGER = 1_000
const FIRST = 1 << 18

/** A file that a thread reads. */
interface Remote {
  readonly size: number
  readonly stamp: string
  readonly pages: PagedReads
  /** How many sources of it are open. */
  users: number
  end(): void
}

const open = new Map<string, Remote>()
/** Errors of files that could not be opened. Who asks again soon gets them again, without another wait for the server. */
const failed = new Map<string, unknown>()
const traffic = { requests: 0, bytes: 0 }

/** What we asked servers for so far, and what came. Other threads of a scan count their own. */
export function httpTraffic(): { readonly requests: number; readonly bytes: number } {
  return traffic
}

/**
 * A file on a server as a source. A thread asks for ranges, and this one waits for it.
 * @throws {FormatError} if the server does not give ranges of it
 */
export function httpSource(file: RemoteFile, name: string = shownUrl(file.url)): ByteSource {
  const key = keyOf(file)
  const remote = open.get(key) ?? startOnce(key, file)
  open.set(key, remote)
  remote.users += 1
  let isOpen = true
  const source: ByteSource = {
    name,
    size: remote.size,
    origin: { kind: 'root' },
    read(offset, length) {
      checkRange(source, offset, length)
      const bytes = new Uint8Array(length)
      remote.pages.readInto(bytes, offset, length)
      return bytes
    },
    readInto(target, offset, length) {
      checkRange(source, offset, length)
      remote.pages.readInto(target, offset, length)
    },
    readAhead(offset, length) {
      checkRange(source, offset, length)
      remote.pages.readAhead(offset, length)
    },
    close() {
      if (!isOpen) return
      isOpen = false
      remote.users -= 1
      if (remote.users === 0) setTimeout(() => endUnused(key, remote), LINGER).unref()
    },
  }
  return source
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
  const failure = (code: ErrorCode, detail: string, offset: number): FormatError =>
    new FormatError(code, detail, { source: name, structure: 'file', offset })
  if (!URL.canParse(url)) throw failure('UNSUPPORTED', 'it is not a URL', 0)
  const reply = sharedReply(MOST_LOADED)
  const options = { url, headers, env: { ...process.env } }
  const worker = new Worker(SCRIPT, { workerData: { options, reply }, stdout: true, stderr: true })
  // It tells its end itself, and where it cannot, its silence does.
  worker.on('error', () => {})
  worker.unref()
  const flags = new Int32Array(reply.flags)
  const numbers = new Float64Array(reply.numbers)
  let [requests, received] = [0, 0]
  const ask = (from: number, to: number): Uint8Array => {
    Atomics.store(flags, FLAG, WAITING)
    const ended = (): FormatError => failure('IO', 'the thread that reads it has ended', from)
    if (Atomics.load(flags, LIFE) === ENDED) throw ended()
    worker.postMessage([from, to])
    let life = -1
    for (let dead = 0; Atomics.wait(flags, FLAG, WAITING, LOOK) === 'timed-out'; ) {
      const now = Atomics.load(flags, LIFE)
      dead = now === life ? dead + 1 : 0
      life = now
      if (dead >= MOST_DEAD) throw ended()
    }
    traffic.requests += numbers[1]! - requests
    traffic.bytes += numbers[2]! - received
    requests = numbers[1]!
    received = numbers[2]!
    const text = new TextDecoder().decode(new Uint8Array(reply.text).slice(0, numbers[3]))
    if (flags[FLAG] === FAILED) {
      const { code, detail } = JSON.parse(text) as { code: ErrorCode; detail: string }
      throw failure(code, detail, from)
    }
    stamp = text
    return new Uint8Array(reply.bytes).slice(0, flags[COUNT])
  }
  let stamp = ''
  const end = (): void => void worker.terminate()
  try {
    const first = ask(0, FIRST)
    const size = numbers[0]!
    const pages = pagedReads(size, (from, to) => {
      const bytes = from === 0 && to <= first.length ? first.subarray(0, to) : ask(from, to)
      if (bytes.length < to - from) throw failure('TRUNCATED', 'the server gives fewer bytes than the file has', from)
      return bytes
    })
    return { size, stamp, pages, users: 0, end }
  } catch (error) {
    end()
    throw error
  }
}
