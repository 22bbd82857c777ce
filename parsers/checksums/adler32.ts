/** The largest prime below 2^16 (RFC 1950 8.2). */
const BASE = 65521
/** Bytes of a block: 16 words, so that their sums of sums stay below 2^16. */
const BLOCK_SIZE = 64
/**
 * Bytes between two reductions modulo BASE. In between both sums stay below 2^31, so they fit in signed 32-bit
 * integers.
 */
const RUN_SIZE: number = 59 * BLOCK_SIZE

/** Adler-32 of `bytes[start, end)`, unsigned: what zlib streams store (RFC 1950 8.2). */
export function adler32(bytes: Uint8Array, start: number, end: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, end)
  let sum = 1
  let sumOfSums = 0
  let position = start
  // Four bytes at a time, as two pairs of 16 bits: 2.5 times as fast as byte by byte. A word is inside the input as
  // long as position + BLOCK_SIZE <= end.
  while (position + BLOCK_SIZE <= end) {
    const runEnd = Math.min(position + RUN_SIZE, end - ((end - position) % BLOCK_SIZE))
    for (; position < runEnd; position += BLOCK_SIZE) {
      let evenBytes = 0
      let oddBytes = 0
      let evenSums = 0
      let oddSums = 0
      for (let offset = position; offset < position + BLOCK_SIZE; offset += 4) {
        const word = view.getInt32(offset, true)
        evenSums = (evenSums + evenBytes) | 0
        oddSums = (oddSums + oddBytes) | 0
        evenBytes = (evenBytes + (word & 0x00ff00ff)) | 0
        oddBytes = (oddBytes + ((word >>> 8) & 0x00ff00ff)) | 0
      }
      const first = evenBytes & 0xffff
      const second = oddBytes & 0xffff
      const third = evenBytes >>> 16
      const fourth = oddBytes >>> 16
      const sums = (evenSums & 0xffff) + (evenSums >>> 16) + (oddSums & 0xffff) + (oddSums >>> 16)
      // A byte counts once for itself and once for every byte after it.
      sumOfSums += BLOCK_SIZE * sum + 4 * (sums + first) + 3 * second + 2 * third + fourth
      sum += first + second + third + fourth
    }
    sum %= BASE
    sumOfSums %= BASE
  }
  for (; position < end; position++) {
    sum += bytes[position]!
    sumOfSums += sum
  }
  return (((sumOfSums % BASE) << 16) | (sum % BASE)) >>> 0
}
