import { DISTANCES, LENGTHS, type LengthCode } from './length-codes.ts'

// All calls share the tables. They are those of the current block.

/** The number of input bits that index a table. A longer code continues in a further table after it. */
export const LITERAL_BITS = 11
export const DISTANCE_BITS = 9
/** RFC 1951 3.2.7. */
const LONGEST_CODE = 15
/** Literals and lengths, 0 to 287, then distances, 0 to 31. Only the fixed codes have all of them (RFC 1951 3.2.6). */
export const LITERAL_CODES = 288
export const DISTANCE_CODES = 32
/** RFC 1951 3.2.5. */
const END_OF_BLOCK = 256

// In a complete code, a prefix of LITERAL_BITS bits that is not a code itself begins at least two codes. So there are at
// most half as many further tables as codes. Each is large enough for the remaining bits of the longest code.
const literalTable = new Int32Array(2 ** LITERAL_BITS + (LITERAL_CODES / 2) * 2 ** (LONGEST_CODE - LITERAL_BITS))
const distanceTable = new Int32Array(2 ** DISTANCE_BITS + (DISTANCE_CODES / 2) * 2 ** (LONGEST_CODE - DISTANCE_BITS))

/**
 * Indexed by the next LITERAL_BITS bits of the input. An entry describes the symbol that they begin with.
 *
 * Not negative: a literal.
 *     bits 0-4: bits of input   8-15: the literal
 * Negative, without OTHER: a length.
 *     bits 0-4: bits of input, with the extra bits   8-12: without them   16-24: the base, to which the extra bits add
 * With OTHER and FURTHER_TABLE: the code continues in a further table.
 *     bits 0-4: number of bits that index it   8-23: where it begins
 * With OTHER and END: the end of the block.
 *     bits 0-4: bits of input
 * With OTHER alone: no code.
 *     bits 0-4: bits of input
 */
export const literalEntries: Int32Array = literalTable

/**
 * Indexed by the next DISTANCE_BITS bits. A distance is not negative, laid out like a length, with a base of 15 bits.
 * Negative entries are as above.
 */
export const distanceEntries: Int32Array = distanceTable

const NEGATIVE = 1 << 31
export const OTHER: number = 1 << 30
export const FURTHER_TABLE: number = 1 << 29
export const END: number = 1 << 28
const NO_CODE = NEGATIVE | OTHER
/** If there is only one code, of one bit, the other bit is not a code. */
const OTHER_BIT = NO_CODE | 1

/** Code lengths, by symbol: first LITERAL_CODES of literals and lengths, then those of distances. */
export type CodeLengths = Uint8Array

/** The code lengths that the tables are built from. */
let built: CodeLengths | undefined

/** Builds the tables for `lengths`, which must be valid. It builds the same array only once. */
export function useTables(lengths: CodeLengths): void {
  if (lengths === built) return
  buildTable(literalTable, LITERAL_BITS, lengths, 0, LITERAL_CODES, literalEntry)
  buildTable(distanceTable, DISTANCE_BITS, lengths, LITERAL_CODES, DISTANCE_CODES, distanceEntry)
  built = lengths
}

/** The caller must call this when it rewrites an array of lengths. */
export function forgetTables(lengths: CodeLengths): void {
  if (built === lengths) built = undefined
}

/** Whether the lengths form a complete code, a single code of one bit (RFC 1951 3.2.7), or no code. */
export function isValidCode(lengths: CodeLengths, start: number, count: number): boolean {
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

/**
 * RFC 1951 3.2.2. The first bit of a code is the lowest bit of the input, so the code is the index with its bits
 * reversed.
 */
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

function literalEntry(symbol: number, length: number): number {
  if (symbol < END_OF_BLOCK) return length | (symbol << 8)
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
