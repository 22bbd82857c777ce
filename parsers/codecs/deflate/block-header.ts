import type { Progress } from '../progress.ts'
import { dropBits, giveBack, holdBits, takeBits } from './bits.ts'
import { malformed } from './failure.ts'
import { DISTANCE_CODES, forgetTables, isValidCode, LITERAL_CODES } from './huffman-tables.ts'
import type { InflateState } from './inflate-state.ts'

// RFC 1951 3.2.3
const STORED = 0
const FIXED = 1
const DYNAMIC = 2

/** RFC 1951 3.2.7. HLIT and HDIST could express more. */
const LITERALS_LIMIT = 286
const DISTANCES_LIMIT = 30
const END_OF_BLOCK = 256
const COPY_PREVIOUS = 16
const ZEROS = 17
/** The longest code in the code of code lengths. */
const LENGTH_BITS = 7
/** The order in which a header lists the lengths of the code of code lengths. */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/** RFC 1951 3.2.6. */
const fixedLengths = Uint8Array.from({ length: LITERAL_CODES + DISTANCE_CODES }, (_, symbol) =>
  symbol >= LITERAL_CODES ? 5 : symbol < 144 || symbol >= 280 ? 8 : symbol < 256 ? 9 : 7,
)

const lengthLengths = new Uint8Array(LENGTH_ORDER.length)
/** Indexed by the next LENGTH_BITS bits: length of code | symbol << 4; 0 if no code begins with them. */
const lengthTable = new Uint16Array(2 ** LENGTH_BITS)

/** The most bytes of a header: 17 bits, 19 lengths of 3 bits, and 316 codes of 7 bits. */
export const BLOCK_HEADER_SIZE_LIMIT: number = 288

/**
 * Reads the header of a block: RFC 1951 3.2.3, for stored blocks 3.2.4, for dynamic codes 3.2.7.
 * @returns whether the input has all of it; if not, it takes nothing
 */
export function readBlockHeader(state: InflateState, progress: Progress): boolean {
  const { bits, bitCount } = state
  const { inputPosition } = progress
  const isLast = takeBits(state, progress, 1) === 1
  const problem = readBlock(state, progress)
  if (!giveBack(state, progress)) {
    state.bits = bits
    state.bitCount = bitCount
    state.block = 'header'
    progress.inputPosition = inputPosition
    return false
  }
  if (problem !== undefined) throw malformed(state.structure, inputPosition, problem)
  state.isLast = isLast
  return true
}

/** Reads the header after its first bit, and returns what is wrong with it, if anything. */
function readBlock(state: InflateState, progress: Progress): string | undefined {
  const type = takeBits(state, progress, 2)
  state.block = type === STORED ? 'stored' : 'compressed'
  if (type === FIXED) state.codeLengths = fixedLengths
  if (type === STORED) return readStoredLength(state, progress)
  if (type === DYNAMIC) return readCodeLengths(state, progress)
  return type === FIXED ? undefined : 'has a block of the reserved type'
}

function readStoredLength(state: InflateState, progress: Progress): string | undefined {
  dropBits(state, state.bitCount & 7)
  state.storedLeft = takeBits(state, progress, 16)
  const complement = takeBits(state, progress, 16)
  return (state.storedLeft ^ complement) === 0xffff ? undefined : 'has a stored block whose LEN and NLEN do not agree'
}

function readCodeLengths(state: InflateState, progress: Progress): string | undefined {
  const literalCount = takeBits(state, progress, 5) + 257
  const distanceCount = takeBits(state, progress, 5) + 1
  const lengthCount = takeBits(state, progress, 4) + 4
  if (literalCount > LITERALS_LIMIT || distanceCount > DISTANCES_LIMIT) return 'has a block with too many codes'
  lengthLengths.fill(0)
  for (let index = 0; index < lengthCount; index++) {
    lengthLengths[LENGTH_ORDER[index]!] = takeBits(state, progress, 3)
  }
  if (!buildLengthTable()) return 'has a block with an invalid code length code'

  const lengths = state.describedLengths
  forgetTables(lengths)
  state.codeLengths = lengths
  lengths.fill(0)
  // The lengths of distance codes directly follow those of literal codes, even within one repetition.
  const count = literalCount + distanceCount
  let previous = 0
  for (let index = 0; index < count; ) {
    holdBits(state, progress, LENGTH_BITS)
    const cell = lengthTable[state.bits & (2 ** LENGTH_BITS - 1)]!
    dropBits(state, cell & 15)
    const symbol = cell >>> 4
    let times = 1
    if (symbol < COPY_PREVIOUS) {
      previous = symbol
    } else if (symbol === COPY_PREVIOUS) {
      if (index === 0) return 'has a block whose first code length repeats a previous one'
      times = 3 + takeBits(state, progress, 2)
    } else {
      times = symbol === ZEROS ? 3 + takeBits(state, progress, 3) : 11 + takeBits(state, progress, 7)
      previous = 0
    }
    if (index + times > count) return 'has a block with more code lengths than codes'
    for (const end = index + times; index < end; index++) {
      lengths[index < literalCount ? index : LITERAL_CODES + index - literalCount] = previous
    }
  }
  if (lengths[END_OF_BLOCK] === 0) return 'has a block without an end-of-block code'
  if (!isValidCode(lengths, 0, LITERAL_CODES)) return 'has a block with an invalid literal/length code'
  if (!isValidCode(lengths, LITERAL_CODES, DISTANCE_CODES)) return 'has a block with an invalid distance code'
  return undefined
}

/** @returns false unless every input of LENGTH_BITS bits is one code; DEFLATE allows no exception here */
function buildLengthTable(): boolean {
  let code = 0
  for (let length = 1; length <= LENGTH_BITS; length++) {
    for (let symbol = 0; symbol < lengthLengths.length; symbol++) {
      if (lengthLengths[symbol] !== length) continue
      if (code >= 2 ** LENGTH_BITS) return false
      // The stream holds a code from its first bit on, and the first bit is the lowest bit of the input.
      let reversed = 0
      for (let bit = 0; bit < LENGTH_BITS; bit++) reversed |= ((code >>> bit) & 1) << (LENGTH_BITS - 1 - bit)
      for (let index = reversed; index < 2 ** LENGTH_BITS; index += 1 << length) {
        lengthTable[index] = length | (symbol << 4)
      }
      code += 2 ** (LENGTH_BITS - length)
    }
  }
  return code === 2 ** LENGTH_BITS
}
