import type { ByteSource } from '../bytes/source.ts'

/** Bytes that we read at a time. */
const PIECE = 1 << 20

/** The sum of bytes, modulo 2^32 (cpio(5), New CRC Format). */
export function contentSum(source: ByteSource, offset: number, length: number): number {
  let sum = 0
  for (let done = 0; done < length; done += PIECE) {
    const bytes = source.read(offset + done, Math.min(PIECE, length - done))
    // A piece sums up to 2^28, so one conversion for each is enough.
    let pieceSum = 0
    for (let index = 0; index < bytes.length; index += 1) pieceSum += bytes[index]!
    sum = (sum + pieceSum) >>> 0
  }
  return sum
}
