import type { LzmaState, SymbolsEnd } from './lzma-state.ts'
import { moveIn } from './resident.ts'
import { runWindow, symbolWindow } from './symbol-window.ts'

/**
 * The most bytes of input that a symbol takes: one for each of its bits. The longest symbol is a match. It has bits for
 * its kind (2), its length (2 + 8), and its distance by slot (6), direct (26) and aligned bits (4).
 */
export const SYMBOL_INPUT_SIZE = 2 + 10 + 36

/**
 * Decodes symbols into `output`: at least one, and more until the output reaches `outputEnd` or the input passes
 * `inputLimit`. The caller makes sure that SYMBOL_INPUT_SIZE bytes follow `inputLimit` and the position of the first
 * symbol. It may write up to three bytes before `outputEnd` that are not decoded yet.
 *
 * It first copies the input into a window, 16 KiB at a time. The copy takes a hundredth of the time that the window
 * saves.
 */
export function runSymbols(
  lzma: LzmaState,
  input: Uint8Array,
  inputLimit: number,
  output: Uint8Array,
  outputEnd: number,
): SymbolsEnd {
  // A literal after a match reads at rep0. We checked that distance with the match. But a dictionary that slides may
  // have lost the byte since, if the distance is larger than the dictionary.
  if (lzma.state >= 7 && lzma.rep0 >>> 0 >= lzma.outputPosition - lzma.dictionaryStart) return 'wrong distance'
  moveIn(lzma)
  const window = symbolWindow()
  const outputView = new DataView(output.buffer, output.byteOffset, output.byteLength)
  let end: SymbolsEnd
  do {
    const windowStart = lzma.inputPosition
    // Below 0 if the first symbol is to be the only one.
    const windowLimit = Math.min(inputLimit - windowStart, window.length - SYMBOL_INPUT_SIZE)
    window.set(input.subarray(windowStart, windowStart + Math.max(windowLimit, 0) + SYMBOL_INPUT_SIZE))
    lzma.inputPosition = 0
    end = runWindow(lzma, windowLimit, output, outputView, outputEnd)
    lzma.inputPosition += windowStart
  } while (end === 'paused' && lzma.outputPosition < outputEnd && lzma.inputPosition <= inputLimit)
  return end
}
