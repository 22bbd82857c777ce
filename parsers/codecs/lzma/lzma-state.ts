import type { LzmaProperties } from './properties.ts'

/** Everything that an LZMA decoder remembers between two symbols. */
export interface LzmaState {
  /**
   * The layout of probabilities.ts, with room for the literals of `properties`. It is out of date while this state is
   * the resident (resident.ts).
   */
  probabilities: Uint16Array
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
