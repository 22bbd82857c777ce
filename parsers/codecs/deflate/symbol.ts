import type { Progress } from '../progress.ts'
import { dropBits, giveBack, holdBits, takeBits } from './bits.ts'
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

export type SymbolEnd = 'symbol ends' | 'block ends' | 'input is read' | 'output is full'

/**
 * Decodes one or two literals, a match, or the end of the block (RFC 1951 3.2.3). It can use the last bit of the input
 * and the last byte of the output. If the input or the output ends inside, it takes nothing.
 */
export function decodeSymbol(state: InflateState, progress: Progress): SymbolEnd {
  const { bits, bitCount } = state
  const { inputPosition } = progress
  const end = takeSymbol(state, progress)
  if (end === 'input is read' || end === 'output is full') {
    state.bits = bits
    state.bitCount = bitCount
    progress.inputPosition = inputPosition
  }
  return end
}

function takeSymbol(state: InflateState, progress: Progress): SymbolEnd {
  const { inputPosition: start, output, outputPosition: position } = progress
  // A length takes at most 20 bits.
  holdBits(state, progress, 20)
  const entry = entryOf(literalEntries, LITERAL_BITS, state.bits)
  const isLength = entry < 0 && (entry & OTHER) === 0
  const length = isLength ? ((entry >>> 16) & 511) + extraOf(entry, state.bits) : 0
  dropBits(state, entry & 31)
  if (isLength) return takeDistance(state, progress, length, start)
  if (!giveBack(state, progress)) return 'input is read'
  if (entry < 0) {
    if ((entry & END) !== 0) return 'block ends'
    throw noCode(state.structure, start, 'literal/length')
  }
  const count = (entry >>> 5) & 3
  if (position + count > output.length) return 'output is full'
  output[position] = entry >>> 8
  if (count === 2) output[position + 1] = entry >>> 16
  progress.outputPosition = position + count
  return 'symbol ends'
}

function takeDistance(state: InflateState, progress: Progress, length: number, start: number): SymbolEnd {
  const { output, outputPosition: position } = progress
  holdBits(state, progress, 15)
  const entry = entryOf(distanceEntries, DISTANCE_BITS, state.bits)
  const isCode = entry >= 0
  // We cannot hold all bits of a distance at once.
  const codeBits = isCode ? (entry >>> 8) & 31 : entry & 31
  dropBits(state, codeBits)
  const distance = isCode ? (entry >>> 16) + takeBits(state, progress, (entry & 31) - codeBits) : 0
  if (!giveBack(state, progress)) return 'input is read'
  if (!isCode) throw noCode(state.structure, start, 'distance')
  if (position - distance < state.outputStart) throw tooFarBack(state.structure, start)
  if (position + length > output.length) return 'output is full'
  for (let to = position; to < position + length; to++) output[to] = output[to - distance]!
  progress.outputPosition = position + length
  return 'symbol ends'
}

function entryOf(table: Int32Array, tableBits: number, bits: number): number {
  const entry = table[bits & ((1 << tableBits) - 1)]!
  if (entry >= 0 || (entry & FURTHER_TABLE) === 0) return entry
  return table[((entry >>> 8) & 0xffff) + ((bits >>> tableBits) & ((1 << entry) - 1))]!
}

/** The extra bits of a length. */
function extraOf(entry: number, bits: number): number {
  return (bits & ((1 << entry) - 1)) >>> (entry >>> 8)
}
