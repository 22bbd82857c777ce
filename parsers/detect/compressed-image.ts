import { FormatError } from '../bytes/errors.ts'
import { type ByteSource, bytesSource, sliceSource } from '../bytes/source.ts'
import type { DecompressStream } from '../codecs/codec.ts'
import { detectCompression } from '../codecs/compression.ts'
import type { Format } from '../format.ts'
import { formatOf } from '../formats.ts'

/** Unpacked bytes that we examine: volume descriptors begin at 32 KiB, and we look for them up to here. */
const PEEKED = 64 << 10
/**
 * Stored bytes that we unpack for them. It covers the first block that the tool of any format writes; legacy lz4 has
 * blocks of 8 MiB.
 */
const STORED = 16 << 20

/** A file that is compressed as a whole and whose content begins like an image. */
export interface CompressedImage {
  /** The name of the tool: "zstd". */
  readonly compression: string
  readonly format: Format
}

/** The image that a source is compressed from, by its first bytes; undefined if they show none that we read. */
export function compressedImage(source: ByteSource): CompressedImage | undefined {
  const compression = detectCompression(source)
  if (compression?.decompress === undefined) return undefined
  const content = firstContent(source, compression.decompress)
  const found = content === undefined ? undefined : formatOf(content)
  return found === undefined ? undefined : { compression: compression.name, format: found.format }
}

/** The first bytes of the content; undefined if we cannot decompress any. */
export function firstContent(source: ByteSource, decompress: DecompressStream): ByteSource | undefined {
  const content = new Uint8Array(PEEKED)
  let length = 0
  try {
    for (const piece of decompress(sliceSource(source, 0, Math.min(source.size, STORED), source.name))) {
      const part = piece.subarray(0, PEEKED - length)
      content.set(part, length)
      length += part.length
      if (length === PEEKED) break
    }
  } catch (error) {
    // We ignore damage here. Whoever decompresses the whole file will report it.
    if (!(error instanceof FormatError)) throw error
  }
  return length === 0 ? undefined : bytesSource(content.subarray(0, length), source.name)
}
