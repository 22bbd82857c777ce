import type { LzmaState, SymbolDecoder, SymbolsEnd } from './lzma-state.ts'
import {
  DISTANCE_ALIGN,
  DISTANCE_SLOT,
  DISTANCE_SPECIAL,
  EVEN_PROBABILITY,
  IS_LONG_REP0,
  IS_MATCH,
  IS_NOT_REP0,
  IS_NOT_REP1,
  IS_NOT_REP2,
  IS_REP,
  LENGTH_CHOICE,
  LENGTH_CHOICE_2,
  LENGTH_HIGH,
  LENGTH_LOW,
  LENGTH_MIDDLE,
  LITERAL,
  LITERAL_SIZE,
  literalsEnd,
  MATCH_LENGTH,
  POSITION_STATES,
  REP_LENGTH,
} from './probabilities.ts'

/**
 * The most bytes of input that a symbol takes: one for each of its bits. The longest symbol is a match. It has bits for
 * its kind (2), its length (2 + 8), and its distance by slot (6), direct (26) and aligned bits (4).
 */
export const SYMBOL_INPUT_SIZE = 2 + 10 + 36

/** lc + lp in all LZMA2 data, and in the output of the usual encoders. */
const USUAL_LITERAL_BITS = 4
/** lc and lp are at most 8 and 4. */
const LITERAL_BITS_LIMIT = 12

/** When the range is below this, the decoder shifts in the next byte of input. */
const LOWEST_RANGE = 2 ** 24
/** A distance of this many bytes, less one, is the end marker. As a signed number. */
const END_MARKER = -1

/** Decodes in TypeScript, by the LZMA specification, one function a step. */
export function createSymbolDecoder(): SymbolDecoder {
  let probabilities = new Uint16Array(literalsEnd(USUAL_LITERAL_BITS))
  return {
    literalBitsLimit: LITERAL_BITS_LIMIT,
    readsPastInput: false,
    reset({ literalContextBits, literalPositionBits }) {
      const size = literalsEnd(literalContextBits + literalPositionBits)
      if (probabilities.length < size) probabilities = new Uint16Array(size)
      probabilities.fill(EVEN_PROBABILITY, 0, size)
    },
    run(lzma, input, inputLimit, output, outputEnd) {
      const { range, code, inputPosition } = lzma
      const bits = { range, code, inputPosition, input, probabilities }
      let end: SymbolsEnd | undefined
      do {
        end = decodeSymbol(lzma, bits, output, outputEnd)
      } while (end === undefined && lzma.outputPosition < outputEnd && bits.inputPosition <= inputLimit)
      lzma.range = bits.range
      lzma.code = bits.code
      lzma.inputPosition = bits.inputPosition
      return end ?? 'paused'
    },
  }
}

/** LZMA specification, "Range Decoder". `range` and `code` are 32-bit numbers, kept signed. */
interface RangeDecoder {
  range: number
  code: number
  inputPosition: number
  readonly input: Uint8Array
  readonly probabilities: Uint16Array
}

/** Decodes one symbol; undefined if another may follow it. */
function decodeSymbol(
  lzma: LzmaState,
  bits: RangeDecoder,
  output: Uint8Array,
  outputEnd: number,
): SymbolsEnd | undefined {
  const { state, outputPosition, properties } = lzma
  const position = outputPosition - lzma.dictionaryStart
  const positionState = position & ((1 << properties.positionBits) - 1)
  const byPosition = state * POSITION_STATES + positionState
  if (decodeBit(bits, IS_MATCH + byPosition) === 0) {
    if (outputPosition >= outputEnd) return 'output full'
    output[outputPosition] = decodeLiteral(lzma, bits, output, position)
    lzma.outputPosition = outputPosition + 1
    lzma.state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6
    return undefined
  }
  let length = 1
  if (decodeBit(bits, IS_REP + state) === 0) {
    lzma.rep3 = lzma.rep2
    lzma.rep2 = lzma.rep1
    lzma.rep1 = lzma.rep0
    lzma.state = state < 7 ? 7 : 10
    length = decodeLength(bits, MATCH_LENGTH, positionState)
    lzma.rep0 = decodeDistance(bits, length)
    if (lzma.rep0 === END_MARKER) return 'end marker'
  } else if (selectRepeated(lzma, bits, byPosition)) {
    length = decodeLength(bits, REP_LENGTH, positionState)
    lzma.state = state < 7 ? 8 : 11
  } else {
    lzma.state = state < 7 ? 9 : 11
  }
  const distance = (lzma.rep0 >>> 0) + 1
  if (distance > position) return 'wrong distance'
  const end = outputPosition + length
  if (end > outputEnd) return 'output full'
  for (let to = outputPosition; to < end; to++) output[to] = output[to - distance]!
  lzma.outputPosition = end
  return undefined
}

/** Moves one of the last four distances to the front; false if the match is one of a single byte. */
function selectRepeated(lzma: LzmaState, bits: RangeDecoder, byPosition: number): boolean {
  if (decodeBit(bits, IS_NOT_REP0 + lzma.state) === 0) return decodeBit(bits, IS_LONG_REP0 + byPosition) === 1
  let repeated = lzma.rep1
  if (decodeBit(bits, IS_NOT_REP1 + lzma.state) === 1) {
    repeated = lzma.rep2
    if (decodeBit(bits, IS_NOT_REP2 + lzma.state) === 1) {
      repeated = lzma.rep3
      lzma.rep3 = lzma.rep2
    }
    lzma.rep2 = lzma.rep1
  }
  lzma.rep1 = lzma.rep0
  lzma.rep0 = repeated
  return true
}

function decodeLiteral(lzma: LzmaState, bits: RangeDecoder, output: Uint8Array, position: number): number {
  const { literalContextBits, literalPositionBits } = lzma.properties
  const previousByte = position === 0 ? 0 : output[lzma.outputPosition - 1]!
  const literalState =
    ((position & ((1 << literalPositionBits) - 1)) << literalContextBits) + (previousByte >> (8 - literalContextBits))
  const base = LITERAL + LITERAL_SIZE * literalState
  let symbol = 1
  if (lzma.state >= 7) {
    // After a match the byte at rep0 is a guess. As long as its bits are right, they choose one of two more trees.
    const guess = output[lzma.outputPosition - (lzma.rep0 >>> 0) - 1]!
    for (let place = 7; place >= 0; place--) {
      const guessedBit = (guess >> place) & 1
      const bit = decodeBit(bits, base + 0x100 * (1 + guessedBit) + symbol)
      symbol = 2 * symbol + bit
      if (bit !== guessedBit) break
    }
  }
  while (symbol < 0x100) symbol = 2 * symbol + decodeBit(bits, base + symbol)
  return symbol - 0x100
}

function decodeLength(bits: RangeDecoder, base: number, positionState: number): number {
  if (decodeBit(bits, base + LENGTH_CHOICE) === 0) {
    return 2 + decodeTree(bits, base + LENGTH_LOW + 8 * positionState, 3)
  }
  if (decodeBit(bits, base + LENGTH_CHOICE_2) === 0) {
    return 10 + decodeTree(bits, base + LENGTH_MIDDLE + 8 * positionState, 3)
  }
  return 18 + decodeTree(bits, base + LENGTH_HIGH, 8)
}

/** Less one, as a signed number. */
function decodeDistance(bits: RangeDecoder, length: number): number {
  const slot = decodeTree(bits, DISTANCE_SLOT + 64 * Math.min(length - 2, 3), 6)
  if (slot < 4) return slot
  // The slot gives the two highest bits, and the number of bits below them.
  const lowBits = (slot >>> 1) - 1
  const high = (2 | (slot & 1)) << lowBits
  if (slot < 14) return high + decodeReverseTree(bits, DISTANCE_SPECIAL + high - slot, lowBits)
  let direct = 0
  for (let bit = 4; bit < lowBits; bit++) direct = 2 * direct + decodeDirectBit(bits)
  return (high + (direct << 4) + decodeReverseTree(bits, DISTANCE_ALIGN, 4)) | 0
}

function decodeTree(bits: RangeDecoder, base: number, depth: number): number {
  let symbol = 1
  for (let level = 0; level < depth; level++) symbol = 2 * symbol + decodeBit(bits, base + symbol)
  return symbol - (1 << depth)
}

/** Lowest bit first. */
function decodeReverseTree(bits: RangeDecoder, base: number, depth: number): number {
  let symbol = 1
  let value = 0
  for (let level = 0; level < depth; level++) {
    const bit = decodeBit(bits, base + symbol)
    symbol = 2 * symbol + bit
    value |= bit << level
  }
  return value
}

/**
 * LZMA specification, "Range Decoder": divides the range in the proportion of the bit's probability. The code shows
 * which part the bit selects. Then the probability moves towards the bit, by a 32nd of its distance.
 */
function decodeBit(bits: RangeDecoder, index: number): number {
  const { probabilities } = bits
  let { range, code } = bits
  if (range >>> 0 < LOWEST_RANGE) {
    range <<= 8
    code = (code << 8) | bits.input[bits.inputPosition++]!
  }
  const probability = probabilities[index]!
  const bound = Math.imul(range >>> 11, probability)
  if (code >>> 0 < bound >>> 0) {
    bits.range = bound
    bits.code = code
    probabilities[index] = probability + ((2048 - probability) >>> 5)
    return 0
  }
  bits.range = (range - bound) | 0
  bits.code = (code - bound) | 0
  probabilities[index] = probability - (probability >>> 5)
  return 1
}

/** A bit without a probability: it halves the range. */
function decodeDirectBit(bits: RangeDecoder): number {
  if (bits.range >>> 0 < LOWEST_RANGE) {
    bits.range <<= 8
    bits.code = (bits.code << 8) | bits.input[bits.inputPosition++]!
  }
  bits.range >>>= 1
  if (bits.code >>> 0 < bits.range) return 0
  bits.code = (bits.code - bits.range) | 0
  return 1
}
