import type { ByteSource } from '../bytes/source.ts'

/** Bytes that we read first, because most often there is no zero, and at a time after them. */
const FIRST_PIECE = 64
const PIECE = 1 << 16

/** The offset of the first byte in [start, end) that is not zero; `end` if all are. */
export function afterZeros(source: ByteSource, start: number, end: number): number {
  for (let at = start, size = FIRST_PIECE; at < end; at += size, size = PIECE) {
    const bytes = source.read(at, Math.min(size, end - at))
    for (let index = 0; index < bytes.length; index += 1) if (bytes[index] !== 0) return at + index
  }
  return end
}
