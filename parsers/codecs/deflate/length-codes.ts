/** The lengths or distances of a code: `base` plus a number of `extraBits` bits (RFC 1951 3.2.5). */
export interface LengthCode {
  readonly base: number
  readonly extraBits: number
}

/** The longest match in bytes (RFC 1951 2). */
export const LONGEST_MATCH = 258

/** Symbols 257 to 285. */
export const LENGTHS: readonly LengthCode[] = [
  // biome-ignore format: as in the RFC
  ...successive(3, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5]),
  // The code before this one would reach 258 too, but 258 has a code of its own.
  { base: LONGEST_MATCH, extraBits: 0 },
]

// biome-ignore format: as in the RFC
/** Symbols 0 to 29. */
export const DISTANCES: readonly LengthCode[] =
  successive(1, [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13])

/** Each code begins where the one before it ends. */
function successive(first: number, extraBits: readonly number[]): LengthCode[] {
  let base = first
  return extraBits.map((bits) => {
    const code = { base, extraBits: bits }
    base += 2 ** bits
    return code
  })
}
