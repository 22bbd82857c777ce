import type { Progress } from '../progress.ts'
import type { InflateState } from './inflate-state.ts'

/**
 * Takes the next `count` bits, at most 16 (RFC 1951 3.1.1). Behind the end of the input they are 0: what is made of them
 * is not to be used, which `giveBack` tells.
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
 * Gives back the whole bytes that are held.
 * @returns whether the input has all the bits that were taken
 */
export function giveBack(state: InflateState, progress: Progress): boolean {
  progress.inputPosition -= state.bitCount >>> 3
  state.bitCount &= 7
  state.bits &= (1 << state.bitCount) - 1
  return progress.inputPosition <= progress.input.length
}
