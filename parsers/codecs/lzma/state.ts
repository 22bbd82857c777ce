import type { LzmaState } from './lzma-state.ts'
import { EVEN_PROBABILITY, literalsEnd } from './probabilities.ts'
import type { LzmaProperties } from './properties.ts'
import { forgetResident, moveOut } from './resident.ts'
import { sharedProbabilities } from './symbol-window.ts'

/** lc + lp in all LZMA2 data, and in the output of the usual encoders. */
const USUAL_LITERAL_BITS = 4

/**
 * The first call makes it and all share it, because decoding is synchronous. A program that meets no LZMA makes none.
 */
let shared: LzmaState | undefined

/**
 * A state with unknown content. The caller must reset dictionary, state and range decoder before the first symbol, and
 * must not use the state after another decoder has borrowed it.
 */
export function borrowLzmaState(): LzmaState {
  moveOut()
  shared ??= stateWith(sharedProbabilities())
  return shared
}

/** A state of one's own, unlike `borrowLzmaState`: for decoding that others may interrupt. */
export function createLzmaState(): LzmaState {
  return stateWith(new Uint16Array(literalsEnd(USUAL_LITERAL_BITS)))
}

function stateWith(probabilities: Uint16Array): LzmaState {
  return {
    probabilities,
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

/**
 * The caller must call `resetLzmaState` next. It allocates room for more literals than usual: at most 6 MiB (lc + lp =
 * 12).
 */
export function setLzmaProperties(lzma: LzmaState, properties: LzmaProperties): void {
  const size = literalsEnd(properties.literalContextBits + properties.literalPositionBits)
  if (lzma.probabilities.length < size) lzma.probabilities = new Uint16Array(size)
  lzma.properties = properties
}

/** Resets to the start of a stream: no matches yet, nothing learnt. */
export function resetLzmaState(lzma: LzmaState): void {
  const { literalContextBits, literalPositionBits } = lzma.properties
  forgetResident(lzma)
  lzma.probabilities.fill(EVEN_PROBABILITY, 0, literalsEnd(literalContextBits + literalPositionBits))
  lzma.state = 0
  lzma.rep0 = 0
  lzma.rep1 = 0
  lzma.rep2 = 0
  lzma.rep3 = 0
}
