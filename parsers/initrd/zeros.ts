import type { ByteSource } from '../bytes/source.ts'

/** Bytes that we read at a time. */
const PIECE = 1 << 16

/** The offset of the first byte in [start, end) that is not zero; `end` if all are. */
export function afterZeros(source: ByteSource, start: number, end: number): number {
  for (let at = start; at < end; at += PIECE) {
    const bytes = source.read(at, Math.min(PIECE, end - at))
    for (let index = 0; index < bytes.length; index += 1) if (bytes[index] !== 0) return at + index
  }
  return end
}
