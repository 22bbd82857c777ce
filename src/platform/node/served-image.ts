import { type FileHandle, open } from 'node:fs/promises'
import { MOST_AT_ONCE, PAGE } from '../paged-reads.ts'
import type { RemoteFile } from '../remote-file.ts'
import { RangeClient } from './range-client.ts'

/** An image that a server gives by ranges. */
export interface ServedImage {
  /** Opens it for one answer. @throws the system's error, or an HttpProblem */
  open(): Promise<OpenedImage>
}

/** An image as it is now. */
export interface OpenedImage {
  /** In bytes. */
  readonly size: number
  /** A strong validator (RFC 9110 8.8.3), another one once the file is another one. */
  readonly etag: string
  /** The bytes [start, end), in pieces. */
  pieces(start: number, end: number): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

/** How many bytes of a file are in memory for each answer. */
const PIECE = 1 << 18
/** How many bytes we ask another server for at once: as many as our page asks for. */
const MOST_RELAYED = MOST_AT_ONCE * PAGE

/** What asks another server. Its first request has to be over before the others begin. */
interface Relay {
  readonly client: RangeClient
  readonly opening: Promise<unknown>
}

/** A file of this machine. */
export function localImage(path: string): ServedImage {
  return {
    async open() {
      const file = await open(path)
      const { size, mtimeNs, ctimeNs } = await file.stat({ bigint: true })
      const etag = `"${[size, mtimeNs, ctimeNs].map((number) => number.toString(36)).join('-')}"`
      return {
        size: Number(size),
        etag,
        pieces: (start, end) => piecesOf(file, start, end),
        close: () => file.close(),
      }
    },
  }
}

async function* piecesOf(file: FileHandle, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; ) {
    const bytes = new Uint8Array(Math.min(PIECE, end - at))
    const { bytesRead } = await file.read(bytes, 0, bytes.length, at)
    if (bytesRead === 0) throw new Error('the file became shorter')
    yield bytes.subarray(0, bytesRead)
    at += bytesRead
  }
}

/** A file of another server, whose ranges are passed on. */
export function relayedImage({ url, headers }: RemoteFile): ServedImage {
  const start = (): Relay => {
    const client = new RangeClient({ url, headers, env: process.env })
    return { client, opening: client.get(0, 1, () => {}) }
  }
  let relay: Relay | undefined
  return {
    async open() {
      relay ??= start()
      const { client, opening } = relay
      /** The next answer begins anew: if the file is another one, it tells so by its ETag. */
      const giveUp = (): void => {
        if (relay?.client === client) relay = undefined
        client.close()
      }
      await opening.catch((error) => {
        giveUp()
        throw error
      })
      const { size, stamp } = client.facts
      return {
        size,
        // Of what is no ETag, or a weak one, we make one. What it says is the same.
        etag: `"${size.toString(36)}-${Buffer.from(stamp).toString('base64url')}"`,
        async *pieces(start, end) {
          for (let at = start; at < end; at += MOST_RELAYED) {
            const bytes = new Uint8Array(Math.min(MOST_RELAYED, end - at))
            try {
              const count = await client.get(at, at + bytes.length, (piece, before) => bytes.set(piece, before))
              if (count < bytes.length) throw new Error('the file became shorter')
            } catch (error) {
              giveUp()
              throw error
            }
            yield bytes
          }
        },
        async close() {},
      }
    },
  }
}
