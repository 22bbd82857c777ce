import type { ByteSource } from '../../bytes/source.ts'
import { LZMA_START_SIZE, readLzmaHeader, UNKNOWN_SIZE } from './alone.ts'

/** Bytes; what the xz tool takes for the size of an .lzma file at most. */
const BELIEVABLE_SIZE = 2 ** 38
const PROPERTIES_LIMIT = 224

/**
 * Whether a source may be an .lzma file, which has no magic number: by possible properties, a dictionary size of 2^n or
 * 3 * 2^n bytes as encoders choose it, a size that is unknown or believable, and the byte of 0 that the range coder
 * begins with. The xz tool asks for the same.
 */
export function startsLikeLzmaAlone(source: ByteSource): boolean {
  if (source.size < LZMA_START_SIZE) return false
  const start = source.read(0, LZMA_START_SIZE)
  if (start[0]! > PROPERTIES_LIMIT || start[LZMA_START_SIZE - 5] !== 0) return false
  const { dictionarySize, uncompressedSize } = readLzmaHeader(start)
  if (uncompressedSize !== UNKNOWN_SIZE && uncompressedSize >= BELIEVABLE_SIZE) return false
  return dictionarySize === 2 ** 32 - 1 || isEncoderSize(dictionarySize)
}

/** One bit, or two bits one behind the other, and no less than the smallest dictionary. */
function isEncoderSize(size: number): boolean {
  if (size < 4096) return false
  const highest = 2 ** (31 - Math.clz32(size))
  return size === highest || size === highest * 1.5
}
