import type { LzmaState, SymbolsEnd } from '../../../../parsers/codecs/lzma/lzma-state.ts'
import {
  DISTANCE_ALIGN,
  DISTANCE_SLOT,
  DISTANCE_SPECIAL,
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
  MATCH_LENGTH,
  POSITION_STATES,
  REP_LENGTH,
} from '../../../../parsers/codecs/lzma/probabilities.ts'

/** The ordinary twin of `runSymbols`, by the LZMA specification, one function a step, with no thought of speed. */
export function runSymbolsPlainly(
  lzma: LzmaState,
  input: Uint8Array,
  inputLimit: number,
  output: Uint8Array,
  outputEnd: number,
): SymbolsEnd {
  let end: SymbolsEnd
  do {
    end = decodeSymbol({ lzma, input, output, outputEnd })
  } while (end === 'paused' && lzma.outputPosition < outputEnd && lzma.inputPosition <= inputLimit)
  return end
}

interface Decoding {
  readonly lzma: LzmaState
  readonly input: Uint8Array
  readonly output: Uint8Array
  readonly outputEnd: number
}

function decodeSymbol(decoding: Decoding): SymbolsEnd {
  const { lzma, output, outputEnd } = decoding
  const position = lzma.outputPosition - lzma.dictionaryStart
  const positionState = position % 2 ** lzma.properties.positionBits
  const byPosition = lzma.state * POSITION_STATES + positionState
  const { state } = lzma
  if (decodeBit(decoding, IS_MATCH + byPosition) === 0) {
    if (lzma.outputPosition >= outputEnd) return 'output full'
    output[lzma.outputPosition] = decodeLiteral(decoding, position)
    lzma.outputPosition++
    lzma.state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6
    return 'paused'
  }
  let length: number
  if (decodeBit(decoding, IS_REP + state) === 0) {
    lzma.rep3 = lzma.rep2
    lzma.rep2 = lzma.rep1
    lzma.rep1 = lzma.rep0
    lzma.state = state < 7 ? 7 : 10
    length = decodeLength(decoding, MATCH_LENGTH, positionState)
    const distance = decodeDistance(decoding, length)
    lzma.rep0 = distance | 0
    if (distance === 2 ** 32 - 1) return 'end marker'
  } else if (!selectRepeated(decoding, byPosition)) {
    lzma.state = state < 7 ? 9 : 11
    length = 1
  } else {
    length = decodeLength(decoding, REP_LENGTH, positionState)
    lzma.state = state < 7 ? 8 : 11
  }
  const distance = (lzma.rep0 >>> 0) + 1
  if (distance > position) return 'wrong distance'
  if (lzma.outputPosition + length > outputEnd) return 'output full'
  for (let count = 0; count < length; count++) {
    output[lzma.outputPosition] = output[lzma.outputPosition - distance]!
    lzma.outputPosition++
  }
  return 'paused'
}

/** Moves one of the last four distances to the front; false if the match is one of a single byte. */
function selectRepeated(decoding: Decoding, byPosition: number): boolean {
  const { lzma } = decoding
  if (decodeBit(decoding, IS_NOT_REP0 + lzma.state) === 0) return decodeBit(decoding, IS_LONG_REP0 + byPosition) === 1
  let repeated = lzma.rep1
  if (decodeBit(decoding, IS_NOT_REP1 + lzma.state) === 1) {
    repeated = lzma.rep2
    if (decodeBit(decoding, IS_NOT_REP2 + lzma.state) === 1) {
      repeated = lzma.rep3
      lzma.rep3 = lzma.rep2
    }
    lzma.rep2 = lzma.rep1
  }
  lzma.rep1 = lzma.rep0
  lzma.rep0 = repeated
  return true
}

function decodeLiteral(decoding: Decoding, position: number): number {
  const { lzma, output } = decoding
  const { literalContextBits, literalPositionBits } = lzma.properties
  const previousByte = position === 0 ? 0 : output[lzma.outputPosition - 1]!
  const literalState =
    (position % 2 ** literalPositionBits) * 2 ** literalContextBits + (previousByte >> (8 - literalContextBits))
  const base = LITERAL + LITERAL_SIZE * literalState
  let symbol = 1
  if (lzma.state >= 7) {
    const matchByte = output[lzma.outputPosition - lzma.rep0 - 1]!
    for (let place = 7; place >= 0; place--) {
      const matchBit = (matchByte >> place) & 1
      const bit = decodeBit(decoding, base + 0x100 * (1 + matchBit) + symbol)
      symbol = 2 * symbol + bit
      if (bit !== matchBit) break
    }
  }
  while (symbol < 0x100) symbol = 2 * symbol + decodeBit(decoding, base + symbol)
  return symbol - 0x100
}

function decodeLength(decoding: Decoding, base: number, positionState: number): number {
  if (decodeBit(decoding, base + LENGTH_CHOICE) === 0) {
    return 2 + decodeTree(decoding, base + LENGTH_LOW + 8 * positionState, 3)
  }
  if (decodeBit(decoding, base + LENGTH_CHOICE_2) === 0) {
    return 10 + decodeTree(decoding, base + LENGTH_MIDDLE + 8 * positionState, 3)
  }
  return 18 + decodeTree(decoding, base + LENGTH_HIGH, 8)
}

/** Less one. */
function decodeDistance(decoding: Decoding, length: number): number {
  const slot = decodeTree(decoding, DISTANCE_SLOT + 64 * Math.min(length - 2, 3), 6)
  if (slot < 4) return slot
  const lowBits = Math.floor(slot / 2) - 1
  const high = (2 + (slot % 2)) * 2 ** lowBits
  if (slot < 14) return high + decodeReverseTree(decoding, DISTANCE_SPECIAL + high - slot, lowBits)
  let direct = 0
  for (let bit = 4; bit < lowBits; bit++) direct = 2 * direct + decodeDirectBit(decoding)
  return high + 16 * direct + decodeReverseTree(decoding, DISTANCE_ALIGN, 4)
}

function decodeTree(decoding: Decoding, base: number, depth: number): number {
  let symbol = 1
  for (let level = 0; level < depth; level++) symbol = 2 * symbol + decodeBit(decoding, base + symbol)
  return symbol - 2 ** depth
}

/** Lowest bit first. */
function decodeReverseTree(decoding: Decoding, base: number, depth: number): number {
  let symbol = 1
  let value = 0
  for (let level = 0; level < depth; level++) {
    const bit = decodeBit(decoding, base + symbol)
    symbol = 2 * symbol + bit
    value += bit * 2 ** level
  }
  return value
}

function decodeBit(decoding: Decoding, index: number): number {
  const { lzma } = decoding
  normalize(decoding)
  const probability = lzma.probabilities[index]!
  const range = lzma.range >>> 0
  const code = lzma.code >>> 0
  const bound = Math.floor(range / 2048) * probability
  const bit = code < bound ? 0 : 1
  lzma.range = (bit === 0 ? bound : range - bound) | 0
  lzma.code = (bit === 0 ? code : code - bound) | 0
  lzma.probabilities[index] =
    bit === 0 ? probability + Math.floor((2048 - probability) / 32) : probability - Math.floor(probability / 32)
  return bit
}

function decodeDirectBit(decoding: Decoding): number {
  const { lzma } = decoding
  normalize(decoding)
  const half = lzma.range >>> 1
  const code = lzma.code >>> 0
  lzma.range = half
  lzma.code = (code < half ? code : code - half) | 0
  return code < half ? 0 : 1
}

function normalize({ lzma, input }: Decoding): void {
  if (lzma.range >>> 0 >= 2 ** 24) return
  lzma.range <<= 8
  lzma.code = (lzma.code << 8) | input[lzma.inputPosition]!
  lzma.inputPosition++
}
