import type { LzmaState, SymbolsEnd } from './lzma-state.ts'
import { moveIn } from './resident.ts'
import { runWindow, symbolWindow } from './symbol-window.ts'

/**
 * How many bytes of input a symbol takes at most: one for each of its bits. The longest is a match: whether it is one
 * and whether it is repeated (2), its length (2 + 8), its distance by slot (6), direct (26) and aligned bits (4).
 */
export const SYMBOL_INPUT_SIZE = 2 + 10 + 36

/**
 * Decodes symbols into `output`: at least one, and further ones as long as the output is not at `outputEnd` and the
 * input not behind `inputLimit`. The caller sees to it that SYMBOL_INPUT_SIZE bytes follow `inputLimit`, and the
 * position of the first symbol. Up to three bytes before `outputEnd` may be written of which nothing is decoded yet.
 *
 * The input is copied into a window first, 16 KiB at a time: it takes a hundredth of the time that it saves there.
 */
export function runSymbols(
  lzma: LzmaState,
  input: Uint8Array,
  inputLimit: number,
  output: Uint8Array,
  outputEnd: number,
): SymbolsEnd {
  // A literal behind a match reads at rep0. That was checked with the match, but a dictionary that slides may since have
  // lost it: of a distance above the dictionary size.
  if (lzma.state >= 7 && lzma.rep0 >>> 0 >= lzma.outputPosition - lzma.dictionaryStart) return 'wrong distance'
  moveIn(lzma)
  const window = symbolWindow()
  const outputView = new DataView(output.buffer, output.byteOffset, output.byteLength)
  let end: SymbolsEnd
  do {
    const windowStart = lzma.inputPosition
    // Below 0 where the first symbol is to be the only one.
    const windowLimit = Math.min(inputLimit - windowStart, window.length - SYMBOL_INPUT_SIZE)
    window.set(input.subarray(windowStart, windowStart + Math.max(windowLimit, 0) + SYMBOL_INPUT_SIZE))
    lzma.inputPosition = 0
    end = runWindow(lzma, windowLimit, output, outputView, outputEnd)
    lzma.inputPosition += windowStart
  } while (end === 'paused' && lzma.outputPosition < outputEnd && lzma.inputPosition <= inputLimit)
  return end
}
