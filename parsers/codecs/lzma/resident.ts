import type { LzmaState } from './lzma-state.ts'
import { literalsEnd } from './probabilities.ts'
import { sharedProbabilities } from './symbol-window.ts'

/**
 * The state whose probabilities the shared ones are, while its own array is out of date. Several streams may be read in
 * turns: each copies its probabilities when it comes after another, and not each time that it goes on, for a stream
 * goes on every few hundred bytes, and of lc + lp = 12 there are 6 MiB.
 */
let resident: LzmaState | undefined

/** Makes the probabilities of `lzma` the shared ones. */
export function moveIn(lzma: LzmaState): void {
  const shared = sharedProbabilities()
  if (lzma === resident || lzma.probabilities === shared) return
  moveOut()
  shared.set(lzma.probabilities.subarray(0, sizeOf(lzma)))
  resident = lzma
}

/** Gives the shared probabilities back to the state that they belong to, so that they can become another's. */
export function moveOut(): void {
  if (resident !== undefined) resident.probabilities.set(sharedProbabilities().subarray(0, sizeOf(resident)))
  resident = undefined
}

/** To be called where all probabilities of `lzma` are written anew, to its own array. */
export function forgetResident(lzma: LzmaState): void {
  if (lzma === resident) resident = undefined
}

function sizeOf({ properties }: LzmaState): number {
  return literalsEnd(properties.literalContextBits + properties.literalPositionBits)
}
