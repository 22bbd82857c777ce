import type { LzmaProperties } from './properties.ts'

/** Everything that an LZMA decoder remembers between two symbols. */
export interface LzmaState {
  /** The code for symbols, with the probabilities. */
  readonly symbols: SymbolDecoder
  properties: LzmaProperties
  /** 0 to 11: the kinds of the last symbols. Below 7 the last one was a literal. */
  state: number
  /**
   * The last four distances, less one, latest first. They are signed 32-bit numbers, so those from 2^31 on are
   * negative.
   */
  rep0: number
  rep1: number
  rep2: number
  rep3: number
  /** The range decoder: two 32-bit numbers, kept signed. */
  range: number
  code: number
  inputPosition: number
  outputPosition: number
  /** Where the dictionary begins in the output. Distances may not reach further back. */
  dictionaryStart: number
}

/**
 * Why decoding stopped. "paused": at the end of the output or of its input. "end marker": at the end marker.
 * "output full": at a symbol that does not fit into the output. "wrong distance": at a distance that reaches before the
 * start of the dictionary.
 */
export type SymbolsEnd = 'paused' | 'end marker' | 'output full' | 'wrong distance'

/**
 * The inner part of a decoder: it decodes symbols, and keeps their probabilities. There are two, in TypeScript and in
 * WebAssembly. Headers, chunks and their errors are the same code for both.
 */
export interface SymbolDecoder {
  /** The largest lc + lp that it has room for. */
  readonly literalBitsLimit: number
  /** Whether a symbol may run past the end of the input. Then what it decodes to does not matter. */
  readonly readsPastInput: boolean
  /** Resets all probabilities to one half. */
  reset(properties: LzmaProperties): void
  /**
   * Decodes symbols into `output`: at least one, and more until the output reaches `outputEnd` or the input passes
   * `inputLimit`. Unless it reads past the input, SYMBOL_INPUT_SIZE bytes must follow `inputLimit` and the position of
   * the first symbol.
   */
  run(lzma: LzmaState, input: Uint8Array, inputLimit: number, output: Uint8Array, outputEnd: number): SymbolsEnd
}
