import type { Progress } from '../progress.ts'
import type { InflateState } from './inflate-state.ts'

/**
 * Takes the next `count` bits, at most 16 (RFC 1951 3.1.1). After the end of the input they are 0. The caller must not
 * use them then; `giveBack` says whether this happened.
 */
export function takeBits(state: InflateState, progress: Progress, count: number): number {
  holdBits(state, progress, count)
  const value = state.bits & ((1 << count) - 1)
  dropBits(state, count)
  return value
}

/** Holds at least `count` bits, at most 24. */
export function holdBits(state: InflateState, progress: Progress, count: number): void {
  const { input } = progress
  for (; state.bitCount < count; state.bitCount += 8) {
    const position = progress.inputPosition++
    if (position < input.length) state.bits |= input[position]! << state.bitCount
  }
}

export function dropBits(state: InflateState, count: number): void {
  state.bits >>>= count
  state.bitCount -= count
}

/**
 * Gives back the whole bytes among the held bits.
 * @returns whether the input really had all the bits that were taken
 */
export function giveBack(state: InflateState, progress: Progress): boolean {
  progress.inputPosition -= state.bitCount >>> 3
  state.bitCount &= 7
  state.bits &= (1 << state.bitCount) - 1
  return progress.inputPosition <= progress.input.length
}
