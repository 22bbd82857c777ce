/** The largest prime below 2^16 (RFC 1950 8.2). */
const BASE = 65521
/** Bytes between two reductions modulo BASE. In between both sums stay below 2^31, so they fit in signed integers. */
const RUN_SIZE = 3776

/** Adler-32 of `bytes[start, end)`, unsigned: what zlib streams store (RFC 1950 8.2). */
export function adler32(bytes: Uint8Array, start: number, end: number): number {
  let sum = 1
  let sumOfSums = 0
  for (let position = start; position < end; ) {
    for (const runEnd = Math.min(position + RUN_SIZE, end); position < runEnd; position++) {
      sum += bytes[position]!
      sumOfSums += sum
    }
    sum %= BASE
    sumOfSums %= BASE
  }
  return ((sumOfSums << 16) | sum) >>> 0
}
