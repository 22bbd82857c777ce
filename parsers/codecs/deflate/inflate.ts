import type { Progress } from '../progress.ts'
import { readBlockHeader } from './block-header.ts'
import { useTables } from './huffman-tables.ts'
import type { InflateState } from './inflate-state.ts'
import { decodeSymbol } from './symbol.ts'
import { decodeSymbols } from './symbols.ts'

/** Decompresses DEFLATE data (RFC 1951) until they end, the input runs out, or the output is full. */
export function inflate(state: InflateState, progress: Progress): 'stream ends' | 'input is read' | 'output is full' {
  for (;;) {
    if (state.block === 'header') {
      if (state.isLast) {
        state.bits = 0
        state.bitCount = 0
        return 'stream ends'
      }
      if (!readBlockHeader(state, progress)) return 'input is read'
    }
    const end = state.block === 'stored' ? copyStored(state, progress) : decodeCompressed(state, progress)
    if (end !== 'block ends') return end
    state.block = 'header'
  }
}

/** RFC 1951 3.2.4. */
function copyStored(state: InflateState, progress: Progress): 'block ends' | 'input is read' | 'output is full' {
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
function decodeCompressed(state: InflateState, progress: Progress): 'block ends' | 'input is read' | 'output is full' {
  useTables(state.codeLengths)
  while (!decodeSymbols(state, progress)) {
    const end = decodeSymbol(state, progress)
    if (end !== 'symbol ends') return end
  }
  return 'block ends'
}
