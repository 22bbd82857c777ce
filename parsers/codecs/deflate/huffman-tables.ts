import { DISTANCES, LENGTHS, type LengthCode } from './length-codes.ts'

// The tables of the block that is being decoded are constants of this module: V8 compiles their addresses and lengths
// into the loop that reads them.

/** Bits of input that a table is looked up by; the rest of longer codes is looked up in a table behind it. */
export const LITERAL_BITS = 11
export const DISTANCE_BITS = 9
/** RFC 1951 3.2.7. */
const LONGEST_CODE = 15
/** Literals and lengths, 0 to 287, then distances, 0 to 31 (RFC 1951 3.2.6: some of both are in fixed codes only). */
export const LITERAL_CODES = 288
export const DISTANCE_CODES = 32
/** RFC 1951 3.2.5. */
const END_OF_BLOCK = 256

// A complete code has at least two codes behind every start of LITERAL_BITS bits that is not one itself, so there are no
// more further tables than half as many as codes, each for what is left of the longest code.
const literalTable = new Int32Array(2 ** LITERAL_BITS + (LITERAL_CODES / 2) * 2 ** (LONGEST_CODE - LITERAL_BITS))
const distanceTable = new Int32Array(2 ** DISTANCE_BITS + (DISTANCE_CODES / 2) * 2 ** (LONGEST_CODE - DISTANCE_BITS))

/**
 * By the next LITERAL_BITS bits: what they begin with.
 *
 * Not negative: one or two literals.
 *     bits 0-4: of input   5-6: how many literals   8-15: the first   16-23: the second
 * Negative, without OTHER: a length.
 *     bits 0-4: of input, extra bits too   8-12: without the extra bits   16-24: the length that the extra bits add to
 * With OTHER and FURTHER_TABLE:
 *     bits 0-4: how many bits it is looked up by   8-23: where it begins
 * With OTHER and END: the end of the block.
 *     bits 0-4: of input
 * With OTHER alone: no code.
 *     bits 0-4: of input
 */
export const literalEntries: Int32Array = literalTable

/** By the next DISTANCE_BITS bits: not negative, and as a length; with a base of 15 bits; or negative, and as above. */
export const distanceEntries: Int32Array = distanceTable

const NEGATIVE = 1 << 31
export const OTHER: number = 1 << 30
export const FURTHER_TABLE: number = 1 << 29
export const END: number = 1 << 28
const NO_CODE = NEGATIVE | OTHER
/** Where there is but one code, of one bit, the other bit is none. */
const OTHER_BIT = NO_CODE | 1

/** Code lengths, by symbol: the first LITERAL_CODES are of literals and lengths, then come those of distances. */
export type CodeLengths = Uint8Array

/** Whose tables they are. */
let built: CodeLengths | undefined

/** Makes the tables those of `lengths`, which must be possible; the same array is built once. */
export function useTables(lengths: CodeLengths): void {
  if (lengths === built) return
  buildTable(literalTable, LITERAL_BITS, lengths, 0, LITERAL_CODES, literalEntry)
  buildTable(distanceTable, DISTANCE_BITS, lengths, LITERAL_CODES, DISTANCE_CODES, distanceEntry)
  pairLiterals()
  built = lengths
}

/** To be called where an array of lengths is written anew. */
export function forgetTables(lengths: CodeLengths): void {
  if (built === lengths) built = undefined
}

/** Whether every bit of input leads to a code, or, of one code of one bit, half of it does (RFC 1951 3.2.7); or none. */
export function isPossible(lengths: CodeLengths, start: number, count: number): boolean {
  let used = 0
  let longest = 0
  for (let symbol = start; symbol < start + count; symbol++) {
    const length = lengths[symbol]!
    if (length > 0) used += 1 << (LONGEST_CODE - length)
    if (length > longest) longest = length
  }
  return used === 1 << LONGEST_CODE || (used < 1 << LONGEST_CODE && longest <= 1)
}

const counts = new Uint16Array(LONGEST_CODE + 1)
const nextCodes = new Uint16Array(LONGEST_CODE + 2)

/** RFC 1951 3.2.2; codes are read from their first bit on, the lowest of the input, so they are looked up reversed. */
function buildTable(
  table: Int32Array,
  tableBits: number,
  lengths: CodeLengths,
  start: number,
  count: number,
  entryOf: (symbol: number, length: number) => number,
): void {
  counts.fill(0)
  let longest = 0
  for (let symbol = 0; symbol < count; symbol++) {
    const length = lengths[start + symbol]!
    counts[length]!++
    if (length > longest) longest = length
  }
  counts[0] = 0
  let code = 0
  for (let length = 1; length <= LONGEST_CODE; length++) {
    code = (code + counts[length - 1]!) << 1
    nextCodes[length] = code
  }
  const tableSize = 1 << tableBits
  const furtherBits = longest - tableBits
  let furtherEnd = tableSize
  table.fill(OTHER_BIT, 0, tableSize)
  for (let symbol = 0; symbol < count; symbol++) {
    const length = lengths[start + symbol]!
    if (length === 0) continue
    const entry = entryOf(symbol, length)
    const reversed = reverse(nextCodes[length]!++, length)
    if (length <= tableBits) {
      for (let index = reversed; index < tableSize; index += 1 << length) table[index] = entry
      continue
    }
    const first = reversed & (tableSize - 1)
    if (table[first] === OTHER_BIT) {
      table[first] = NEGATIVE | OTHER | FURTHER_TABLE | (furtherEnd << 8) | furtherBits
      furtherEnd += 1 << furtherBits
    }
    const further = (table[first]! >>> 8) & 0xffff
    const step = 1 << (length - tableBits)
    for (let index = reversed >>> tableBits; index < 1 << furtherBits; index += step) table[further + index] = entry
  }
}

/** Where two literals are sure, an entry has both. Those that an entry leads to are before it, and not changed yet. */
function pairLiterals(): void {
  for (let index = 2 ** LITERAL_BITS - 1; index >= 0; index--) {
    const first = literalTable[index]!
    if (first < 0) continue
    const firstLength = first & 31
    const second = literalTable[index >>> firstLength]!
    const length = firstLength + (second & 31)
    if (second < 0 || length > LITERAL_BITS) continue
    literalTable[index] = length | (2 << 5) | (first & 0xff00) | ((second & 0xff00) << 8)
  }
}

function literalEntry(symbol: number, length: number): number {
  if (symbol < END_OF_BLOCK) return length | (1 << 5) | (symbol << 8)
  if (symbol === END_OF_BLOCK) return NEGATIVE | OTHER | END | length
  const code = LENGTHS[symbol - END_OF_BLOCK - 1]
  return code === undefined ? NO_CODE | length : NEGATIVE | entryWithExtraBits(code, length)
}

function distanceEntry(symbol: number, length: number): number {
  const code = DISTANCES[symbol]
  return code === undefined ? NO_CODE | length : entryWithExtraBits(code, length)
}

function entryWithExtraBits({ base, extraBits }: LengthCode, length: number): number {
  return (length + extraBits) | (length << 8) | (base << 16)
}

function reverse(code: number, length: number): number {
  let bits = ((code & 0x5555) << 1) | ((code >>> 1) & 0x5555)
  bits = ((bits & 0x3333) << 2) | ((bits >>> 2) & 0x3333)
  bits = ((bits & 0x0f0f) << 4) | ((bits >>> 4) & 0x0f0f)
  bits = ((bits & 0x00ff) << 8) | (bits >>> 8)
  return bits >>> (16 - length)
}
