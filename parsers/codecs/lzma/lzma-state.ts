import type { LzmaProperties } from './properties.ts'

/** All that an LZMA decoder remembers between two symbols. */
export interface LzmaState {
  /**
   * As probabilities.ts lays them out, with room for the literals of `properties`. Out of date while the state is the
   * resident (resident.ts).
   */
  probabilities: Uint16Array
  properties: LzmaProperties
  /** 0 to 11, what the last symbols were: below 7 the very last was a literal. */
  state: number
  /** The last four distances, less one, latest first; as 32 bits, so those from 2^31 on are negative. */
  rep0: number
  rep1: number
  rep2: number
  rep3: number
  /** The range decoder: two numbers of 32 bits, kept signed. */
  range: number
  code: number
  inputPosition: number
  outputPosition: number
  /** Where in the output the dictionary begins: distances do not reach further back. */
  dictionaryStart: number
}

/**
 * Why decoding stopped: it came to the end of the output or of the input it was given ("paused"), to the end marker,
 * to a symbol that does not fit into the output, or to a distance that reaches behind the start of the dictionary.
 */
export type SymbolsEnd = 'paused' | 'end marker' | 'output full' | 'wrong distance'
