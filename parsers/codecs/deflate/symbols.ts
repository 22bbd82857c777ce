import { copyMatch } from '../copy-match.ts'
import type { Progress } from '../progress.ts'
import { giveBack } from './bits.ts'
import { noCode, tooFarBack } from './failure.ts'
import {
  DISTANCE_BITS,
  distanceEntries,
  END,
  FURTHER_TABLE,
  LITERAL_BITS,
  literalEntries,
  OTHER,
} from './huffman-tables.ts'
import type { InflateState } from './inflate-state.ts'

export type SymbolsEnd = 'block ends' | 'input is read' | 'output is full'

// A symbol has more bits than we can hold, so we take it in up to three parts (RFC 1951 3.2.5 and 3.2.7).
/** The most bits of a literal, an end of block, or a length with its extra bits. */
const LENGTH_BITS = 15 + 5
/** The most bits of the code of a distance, and of its extra bits. */
const DISTANCE_CODE_BITS = 15
const DISTANCE_EXTRA_BITS = 13

/**
 * Decodes literals and matches (RFC 1951 3.2.3) until the block ends. If the input or the output ends inside a symbol,
 * it takes nothing of this symbol.
 */
export function decodeSymbols(state: InflateState, progress: Progress): SymbolsEnd {
  const end = takeSymbols(state, progress)
  giveBack(state, progress)
  return end
}

/** Only when a symbol is complete, `state` and `progress` move past it. Bits after the end of the input are 0. */
function takeSymbols(state: InflateState, progress: Progress): SymbolsEnd {
  const { input, output, outputView } = progress
  const { outputStart, structure } = state
  const inputEnd = input.length
  const outputEnd = output.length
  const literals = literalEntries
  const distances = distanceEntries
  let { bits, bitCount } = state
  let { inputPosition, outputPosition: position } = progress
  let blockEnds = false
  while (!blockEnds) {
    for (; bitCount < LENGTH_BITS; bitCount += 8, inputPosition++) {
      if (inputPosition < inputEnd) bits |= input[inputPosition]! << bitCount
    }
    const symbolStart = inputPosition - (bitCount >>> 3)
    const entry = entryOf(literals, LITERAL_BITS, bits)
    const entryBits = bits
    bits >>>= entry & 31
    bitCount -= entry & 31
    let symbolEnd = inputPosition - (bitCount >>> 3)
    if (entry >= 0) {
      if (symbolEnd > inputEnd) return 'input is read'
      if (position >= outputEnd) return 'output is full'
      output[position++] = entry >>> 8
    } else if ((entry & OTHER) !== 0) {
      if (symbolEnd > inputEnd) return 'input is read'
      if ((entry & END) === 0) throw noCode(structure, symbolStart, 'literal/length')
      blockEnds = true
    } else {
      const length = ((entry >>> 16) & 511) + extraOf(entry, entryBits)
      const lengthEnd = symbolEnd
      for (; bitCount < DISTANCE_CODE_BITS; bitCount += 8, inputPosition++) {
        if (inputPosition < inputEnd) bits |= input[inputPosition]! << bitCount
      }
      const code = entryOf(distances, DISTANCE_BITS, bits)
      const codeBits = code < 0 ? code & 31 : (code >>> 8) & 31
      bits >>>= codeBits
      bitCount -= codeBits
      for (; bitCount < DISTANCE_EXTRA_BITS; bitCount += 8, inputPosition++) {
        if (inputPosition < inputEnd) bits |= input[inputPosition]! << bitCount
      }
      const extraBits = code < 0 ? 0 : (code & 31) - codeBits
      const distance = (code >>> 16) + (bits & ((1 << extraBits) - 1))
      bits >>>= extraBits
      bitCount -= extraBits
      symbolEnd = inputPosition - (bitCount >>> 3)
      if (symbolEnd > inputEnd) return 'input is read'
      if (code < 0) throw noCode(structure, lengthEnd, 'distance')
      if (distance > position - outputStart) throw tooFarBack(structure, symbolEnd)
      if (length > outputEnd - position) return 'output is full'
      copyMatch(output, outputView, position, distance, length)
      position += length
    }
    state.bits = bits
    state.bitCount = bitCount
    progress.inputPosition = inputPosition
    progress.outputPosition = position
  }
  return 'block ends'
}

/** The entry for the code that the bits begin with. */
function entryOf(table: Int32Array, tableBits: number, bits: number): number {
  const entry = table[bits & ((1 << tableBits) - 1)]!
  if (entry >= 0 || (entry & FURTHER_TABLE) === 0) return entry
  return table[((entry >>> 8) & 0xffff) + ((bits >>> tableBits) & ((1 << entry) - 1))]!
}

/** The extra bits of a length. */
function extraOf(entry: number, bits: number): number {
  return (bits & ((1 << entry) - 1)) >>> (entry >>> 8)
}
