import { FormatError } from '../bytes/errors.ts'
import { type ByteSource, sliceSource } from '../bytes/source.ts'
import type { DecompressStream } from '../codecs/codec.ts'
import { detectCompression } from '../codecs/compression.ts'
import { newcHeader, readHeader } from '../cpio/header.ts'

/** Bytes of a stream that we read to unpack its first header, if its first block is no larger. */
const READ_AHEAD = 4096

/** How an archive is compressed. */
export interface CompressedArchive {
  /** The name of the tool. */
  readonly name: string
  readonly decompress: DecompressStream
}

/** How the archive at `start` is compressed; undefined if no compressed archive begins there. */
export function compressedArchive(source: ByteSource, start: number): CompressedArchive | undefined {
  const rest = start === 0 ? source : sliceSource(source, start, source.size - start, source.name)
  const compression = detectCompression(rest)
  if (compression?.decompress === undefined) return undefined
  const { name, decompress } = compression
  return readHeader(firstBytes(rest, decompress)) === undefined ? undefined : { name, decompress }
}

/** The first bytes of a stream, enough for a header. They are fewer if the stream is short or damaged. */
function firstBytes(source: ByteSource, decompress: DecompressStream): Uint8Array {
  const bytes = new Uint8Array(newcHeader.size)
  let length = 0
  try {
    for (const piece of decompress(source, { stopsAtEnd: true, readAhead: READ_AHEAD })) {
      const part = piece.subarray(0, bytes.length - length)
      bytes.set(part, length)
      length += part.length
      if (length === bytes.length) break
    }
  } catch (error) {
    // The stream is damaged, or it is none.
    if (!(error instanceof FormatError)) throw error
  }
  return bytes.subarray(0, length)
}
