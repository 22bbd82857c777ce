import { type FileHandle, open } from 'node:fs/promises'
import { MOST_LOADED } from '../paged-reads.ts'
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
  const start = (): RangeClient => new RangeClient({ url, headers, env: process.env })
  let client = start()
  /** The answer before: a client asks for one range after the other. */
  let before: Promise<unknown> = Promise.resolve()
  const get = async (start: number, end: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(end - start)
    return bytes.subarray(0, await client.get(bytes, start, end))
  }
  const inTurn = <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    const answer = before.then(ask).catch((error) => {
      // The next answer begins anew: if the file is another one, it tells so by its ETag.
      client.close()
      client = start()
      throw error
    })
    before = answer.catch(() => {})
    return answer
  }
  let known: RangeClient | undefined
  return {
    async open() {
      const { size, stamp } = await inTurn(async () => {
        if (known !== client) await get(0, 1)
        known = client
        return client.facts
      })
      return {
        size,
        // Of what is no ETag, or a weak one, we make one. What it says is the same.
        etag: `"${size.toString(36)}-${Buffer.from(stamp).toString('base64url')}"`,
        async *pieces(start, end) {
          for (let at = start; at < end; at += MOST_LOADED) {
            yield await inTurn(() => get(at, Math.min(at + MOST_LOADED, end)))
          }
        },
        async close() {},
      }
    },
  }
}
