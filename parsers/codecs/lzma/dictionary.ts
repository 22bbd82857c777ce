import type { LzmaState } from './lzma-state.ts'

/**
 * Goes on where the output was moved by `count` bytes to the front, a multiple of 16: of a dictionary that began
 * before them, the part that is left begins within the first 16 bytes, so that positions in it stay the same modulo
 * 16, which is all that the contexts of symbols see of them.
 */
export function slideDictionary(lzma: LzmaState, count: number): void {
  const start = lzma.dictionaryStart - count
  lzma.dictionaryStart = start < 0 ? start & 15 : start
  lzma.outputPosition -= count
}
