// Huffman codes of DEFLATE blocks (RFC 1951 3.2).
import { DISTANCE_TABLE, LENGTH_COUNTS, LENGTH_TABLE, LITERAL_TABLE, NEXT_CODES } from '../memory'

/** The number of input bits that index a table. A longer code continues in a further table after it. */
export const LITERAL_BITS: u32 = 11
export const DISTANCE_BITS: u32 = 9
export const LENGTH_BITS: u32 = 7

// A cell is one of these. Its bits 0 to 5 are the bits of input that it takes.
//   a literal             IS_LITERAL, the byte in bits 16 to 23
//   a length or distance  its base in bits 16 to 30; bits 8 to 11 are the bits of its code, without its extra bits
//   the end of the block  SPECIAL and END
//   a further table       SPECIAL and FURTHER, its first cell in bits 16 to 30, the bits that index it in 8 to 11
//   no code               SPECIAL
export const IS_LITERAL: u32 = 0x80000000
export const SPECIAL: u32 = 0x8000
export const FURTHER: u32 = 0x4000
export const END: u32 = 0x2000

// RFC 1951 3.2.5: base | extra bits << 16
// biome-ignore format: as in the RFC
const LENGTHS = memory.data<u32>([
  3, 4, 5, 6, 7, 8, 9, 10, 11 | 1 << 16, 13 | 1 << 16, 15 | 1 << 16, 17 | 1 << 16, 19 | 2 << 16, 23 | 2 << 16,
  27 | 2 << 16, 31 | 2 << 16, 35 | 3 << 16, 43 | 3 << 16, 51 | 3 << 16, 59 | 3 << 16, 67 | 4 << 16, 83 | 4 << 16,
  99 | 4 << 16, 115 | 4 << 16, 131 | 5 << 16, 163 | 5 << 16, 195 | 5 << 16, 227 | 5 << 16, 258,
])
// biome-ignore format: as above
const DISTANCES = memory.data<u32>([
  1, 2, 3, 4, 5 | 1 << 16, 7 | 1 << 16, 9 | 2 << 16, 13 | 2 << 16, 17 | 3 << 16, 25 | 3 << 16, 33 | 4 << 16,
  49 | 4 << 16, 65 | 5 << 16, 97 | 5 << 16, 129 | 6 << 16, 193 | 6 << 16, 257 | 7 << 16, 385 | 7 << 16, 513 | 8 << 16,
  769 | 8 << 16, 1025 | 9 << 16, 1537 | 9 << 16, 2049 | 10 << 16, 3073 | 10 << 16, 4097 | 11 << 16, 6145 | 11 << 16,
  8193 | 12 << 16, 12289 | 12 << 16, 16385 | 13 << 16, 24577 | 13 << 16,
])

/** Builds the table of literals and lengths; false if the codes are invalid. */
export function buildLiterals(lengths: usize, count: u32): bool {
  return build(LITERAL_TABLE, LITERAL_BITS, lengths, count)
}

/** Builds the table of distances; false if the codes are invalid. */
export function buildDistances(lengths: usize, count: u32): bool {
  return build(DISTANCE_TABLE, DISTANCE_BITS, lengths, count)
}

/** Builds the table of the codes of code lengths. DEFLATE allows no exception here: every input must be a code. */
export function buildLengths(lengths: usize): bool {
  return build(LENGTH_TABLE, LENGTH_BITS, lengths, 19)
}

function cellOf(table: usize, symbol: u32, length: u32): u32 {
  if (table === LENGTH_TABLE) return (symbol << 16) | length
  const code = (length << 8) | length
  if (table === LITERAL_TABLE) {
    if (symbol < 256) return IS_LITERAL | (symbol << 16) | code
    if (symbol === 256) return SPECIAL | END | code
    if (symbol > 285) return SPECIAL | code
    const base = load<u32>(LENGTHS + ((symbol - 257) << 2))
    return ((base & 0xffff) << 16) | (code + (base >>> 16))
  }
  if (symbol > 29) return SPECIAL | code
  const base = load<u32>(DISTANCES + (symbol << 2))
  return ((base & 0xffff) << 16) | (code + (base >>> 16))
}

/**
 * RFC 1951 3.2.2. The first bit of a code is the lowest bit of the input, so a code is the index with its bits reversed.
 * In a complete code, a prefix that is not a code itself begins at least two codes, so there are at most half as many
 * further tables as codes.
 * @returns false unless the code is complete, or one code of one bit, or no code (RFC 1951 3.2.7)
 */
function build(table: usize, tableBits: u32, lengths: usize, count: u32): bool {
  memory.fill(LENGTH_COUNTS, 0, 4 * 16)
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const at = LENGTH_COUNTS + (<usize>load<u8>(lengths + symbol) << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
  store<u32>(LENGTH_COUNTS, 0)
  let code: u32 = 0
  let used: u32 = 0
  let longest: u32 = 0
  for (let length: u32 = 1; length <= 15; length++) {
    code = (code + load<u32>(LENGTH_COUNTS + ((length - 1) << 2))) << 1
    store<u32>(NEXT_CODES + (length << 2), code)
    const codes = load<u32>(LENGTH_COUNTS + (length << 2))
    used += codes << (15 - length)
    if (codes !== 0) longest = length
  }
  const size: u32 = 1 << tableBits
  if (used !== 1 << 15) {
    if (table === LENGTH_TABLE || used > 1 << 15 || longest > 1) return false
    fillCells(table, 0, 1, size, SPECIAL | 1)
  } else if (longest > tableBits) {
    // Cells without a further table must not look as if they had one.
    memory.fill(table, 0, <usize>size << 2)
  }
  let furtherEnd = size
  const furtherBits = longest - tableBits
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const length = <u32>load<u8>(lengths + symbol)
    if (length === 0) continue
    const cell = cellOf(table, symbol, length)
    const index = nextIndex(length)
    if (length <= tableBits) {
      fillCells(table, index, 1 << length, size, cell)
      continue
    }
    const first = table + (<usize>(index & (size - 1)) << 2)
    let further = load<u32>(first)
    if ((further & FURTHER) === 0) {
      further = SPECIAL | FURTHER | (furtherEnd << 16) | (furtherBits << 8) | tableBits
      store<u32>(first, further)
      furtherEnd += 1 << furtherBits
    }
    const cells = table + (<usize>((further >>> 16) & 0x7fff) << 2)
    // The further table's cells take what is left of the code.
    fillCells(cells, index >>> tableBits, 1 << (length - tableBits), 1 << furtherBits, cell - (tableBits | (tableBits << 8)))
  }
  return true
}

/** The next code of this length, with its bits reversed. */
function nextIndex(length: u32): u32 {
  const at = NEXT_CODES + (<usize>length << 2)
  const code = load<u32>(at)
  store<u32>(at, code + 1)
  let bits = ((code & 0x5555) << 1) | ((code >>> 1) & 0x5555)
  bits = ((bits & 0x3333) << 2) | ((bits >>> 2) & 0x3333)
  bits = ((bits & 0x0f0f) << 4) | ((bits >>> 4) & 0x0f0f)
  bits = ((bits & 0x00ff) << 8) | (bits >>> 8)
  return bits >>> (16 - length)
}

/** Writes a cell to every index from `first` on that is `step` further, below `size`. */
function fillCells(table: usize, first: u32, step: u32, size: u32, cell: u32): void {
  const end = table + (<usize>size << 2)
  for (let at = table + (<usize>first << 2); at < end; at += <usize>step << 2) store<u32>(at, cell)
}
