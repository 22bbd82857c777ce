import type { LzmaState } from './lzma-state.ts'

/**
 * Adjusts the state after the output moved `count` bytes to the front, a multiple of 16. If the dictionary began before
 * them, the rest of it begins within the first 16 bytes. So positions in it stay the same modulo 16, and the contexts
 * of symbols use no more of them.
 */
export function slideDictionary(lzma: LzmaState, count: number): void {
  const start = lzma.dictionaryStart - count
  lzma.dictionaryStart = start < 0 ? start & 15 : start
  lzma.outputPosition -= count
}
