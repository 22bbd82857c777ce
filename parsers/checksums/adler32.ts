/** The largest prime below 65536 (RFC 1950 8.2). */
const MODULUS = 65521

/**
 * So many bytes can be added before a remainder must be taken: from sums below the modulus, 5552 bytes of 255 keep
 * the second sum below 2^32, and so far below 2^53, where numbers stop being exact.
 */
const BYTES_PER_REMAINDER = 5552

/** Adler-32 of `bytes[start, end)`, unsigned: what ends a zlib stream (RFC 1950 2.2). */
export function adler32(bytes: Uint8Array, start: number, end: number): number {
  let sum = 1
  let sumOfSums = 0
  let position = start
  // Every position read is below stop, which is at most end.
  while (position < end) {
    const stop = Math.min(end, position + BYTES_PER_REMAINDER)
    for (; position < stop; position++) {
      sum += bytes[position]!
      sumOfSums += sum
    }
    sum %= MODULUS
    sumOfSums %= MODULUS
  }
  return sumOfSums * 65536 + sum
}
