import type { Progress } from '../progress.ts'
import { readBlockHeader } from './block-header.ts'
import { useTables } from './huffman-tables.ts'
import type { InflateEnd, InflateState } from './inflate-state.ts'
import { decodeSymbols } from './symbols.ts'

/** Decompresses DEFLATE data (RFC 1951) to the end of a block, or until the input is read or the output is full. */
export function inflate(state: InflateState, progress: Progress): InflateEnd {
  if (state.block === 'header' && !readBlockHeader(state, progress)) return 'input is read'
  const end = state.block === 'stored' ? copyStored(state, progress) : decodeCompressed(state, progress)
  if (end !== 'block ends') return end
  state.block = 'header'
  if (!state.isLast) return end
  // The data end with whole bytes.
  state.bits = 0
  state.bitCount = 0
  return 'stream ends'
}

/** RFC 1951 3.2.4. */
function copyStored(state: InflateState, progress: Progress): InflateEnd {
  const { input, inputPosition, output, outputPosition } = progress
  const inputLeft = input.length - inputPosition
  const room = output.length - outputPosition
  const length = Math.min(state.storedLeft, inputLeft, room)
  output.set(input.subarray(inputPosition, inputPosition + length), outputPosition)
  progress.inputPosition += length
  progress.outputPosition += length
  state.storedLeft -= length
  if (state.storedLeft === 0) return 'block ends'
  return length === inputLeft ? 'input is read' : 'output is full'
}

/** RFC 1951 3.2.3. */
function decodeCompressed(state: InflateState, progress: Progress): InflateEnd {
  useTables(state.codeLengths)
  return decodeSymbols(state, progress)
}
