import type { LzmaState, SymbolsEnd } from './lzma-state.ts'
import { rangeDecoderIsFinished } from './range-decoder.ts'
import { runSymbols } from './state.ts'
import { SYMBOL_INPUT_SIZE } from './symbols.ts'

/** A copy of the end of the input, with room for one more symbol. */
const tail = new Uint8Array(2 * SYMBOL_INPUT_SIZE)

/**
 * Decodes at least one symbol. It continues until the output reaches `outputEnd` ("paused"), until a reason of
 * SymbolsEnd, or until the input ends inside a symbol.
 * @param stopsWhenFinished whether to stop ("paused") also when all input is read and the encoder may have ended
 */
export function decodeSymbols(
  lzma: LzmaState,
  input: Uint8Array,
  inputEnd: number,
  output: Uint8Array,
  outputEnd: number,
  stopsWhenFinished = false,
): SymbolsEnd | 'input ends' {
  const safeLimit = inputEnd - SYMBOL_INPUT_SIZE
  if (lzma.inputPosition <= safeLimit) {
    const end = runSymbols(lzma, input, safeLimit, output, outputEnd)
    if (end !== 'paused' || lzma.outputPosition === outputEnd) return end
  }
  // Now fewer than SYMBOL_INPUT_SIZE bytes are left. In a copy of them a symbol can run past the end. The bytes there
  // do not matter, because we do not use what such a symbol decodes to.
  const copies = !lzma.symbols.readsPastInput
  const tailStart = copies ? lzma.inputPosition : 0
  const tailLength = inputEnd - tailStart
  if (copies) tail.set(input.subarray(tailStart, inputEnd))
  const rest = copies ? tail : input
  lzma.inputPosition -= tailStart
  // A limit of -1 decodes one symbol at a time.
  const limit = stopsWhenFinished ? -1 : tailLength
  let end: SymbolsEnd
  let isFinished = false
  do {
    end = runSymbols(lzma, rest, limit, output, outputEnd)
    isFinished = stopsWhenFinished && rangeDecoderIsFinished(lzma, rest, tailLength)
  } while (end === 'paused' && !isFinished && lzma.outputPosition < outputEnd && lzma.inputPosition <= tailLength)
  const ranOver = lzma.inputPosition > tailLength
  lzma.inputPosition += tailStart
  return ranOver ? 'input ends' : end
}
