/** What a code of a length or distance stands for: `base` and the number that `extraBits` bits say (RFC 1951 3.2.5). */
export interface LengthCode {
  readonly base: number
  readonly extraBits: number
}

/** RFC 1951 2: bytes. */
export const LONGEST_MATCH = 258

/** Of symbols 257 to 285. */
export const LENGTHS: readonly LengthCode[] = [
  // biome-ignore format: as in the RFC
  ...successive(3, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5]),
  // The last but one goes on to 258, which has a code of its own.
  { base: LONGEST_MATCH, extraBits: 0 },
]

// biome-ignore format: as in the RFC
/** Of symbols 0 to 29. */
export const DISTANCES: readonly LengthCode[] =
  successive(1, [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13])

/** Every code goes on where the one before it ends. */
function successive(first: number, extraBits: readonly number[]): LengthCode[] {
  let base = first
  return extraBits.map((bits) => {
    const code = { base, extraBits: bits }
    base += 2 ** bits
    return code
  })
}
