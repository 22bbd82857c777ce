import { failure } from './failure.ts'
import type { LzmaState, SymbolDecoder, SymbolsEnd } from './lzma-state.ts'
import type { LzmaProperties } from './properties.ts'
import { createSymbolDecoder } from './symbols.ts'

/** A state with unknown content. The caller must reset dictionary, state and range decoder before the first symbol. */
export function createLzmaState(symbols: SymbolDecoder = createSymbolDecoder()): LzmaState {
  return {
    symbols,
    properties: { literalContextBits: 0, literalPositionBits: 0, positionBits: 0 },
    state: 0,
    rep0: 0,
    rep1: 0,
    rep2: 0,
    rep3: 0,
    range: 0,
    code: 0,
    inputPosition: 0,
    outputPosition: 0,
    dictionaryStart: 0,
  }
}

/** The caller must call `resetLzmaState` next. */
export function setLzmaProperties(lzma: LzmaState, properties: LzmaProperties): void {
  if (properties.literalContextBits + properties.literalPositionBits > lzma.symbols.literalBitsLimit) {
    throw failure('UNSUPPORTED', 'LZMA properties', 0, 'have too many literal bits for this decoder')
  }
  lzma.properties = properties
}

/** Resets to the start of a stream: no matches yet, nothing learnt. */
export function resetLzmaState(lzma: LzmaState): void {
  lzma.symbols.reset(lzma.properties)
  lzma.state = 0
  lzma.rep0 = 0
  lzma.rep1 = 0
  lzma.rep2 = 0
  lzma.rep3 = 0
}

/** Decodes symbols as `SymbolDecoder.run` does. */
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
  return lzma.symbols.run(lzma, input, inputLimit, output, outputEnd)
}
