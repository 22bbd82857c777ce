import type { ByteSource } from '../../bytes/source.ts'
import { LZMA_START_SIZE, readLzmaHeader, UNKNOWN_SIZE } from './alone.ts'

/** Bytes; the largest size of an .lzma file that the xz tool accepts. */
const PLAUSIBLE_SIZE = 2 ** 38
const PROPERTIES_LIMIT = 224

/**
 * Whether a source may be an .lzma file. The format has no magic number. So we require valid properties and a
 * dictionary size of 2^n or 3 * 2^n bytes, as encoders choose it. The size must be unknown or plausible, and the range
 * coder's data must begin with a zero byte. The xz tool requires the same.
 */
export function startsLikeLzmaAlone(source: ByteSource): boolean {
  if (source.size < LZMA_START_SIZE) return false
  const start = source.read(0, LZMA_START_SIZE)
  if (start[0]! > PROPERTIES_LIMIT || start[LZMA_START_SIZE - 5] !== 0) return false
  const { dictionarySize, uncompressedSize } = readLzmaHeader(start)
  if (uncompressedSize !== UNKNOWN_SIZE && uncompressedSize >= PLAUSIBLE_SIZE) return false
  return dictionarySize === 2 ** 32 - 1 || isEncoderSize(dictionarySize)
}

/** Whether a size has one bit, or two adjacent bits, and is at least that of the smallest dictionary. */
function isEncoderSize(size: number): boolean {
  if (size < 4096) return false
  const highest = 2 ** (31 - Math.clz32(size))
  return size === highest || size === highest * 1.5
}
