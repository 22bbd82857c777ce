import type { LzmaState } from './lzma-state.ts'
import { literalsEnd } from './probabilities.ts'
import { sharedProbabilities } from './symbol-window.ts'

/**
 * The state that owns the shared probabilities now; its own array is out of date meanwhile. A caller may read several
 * streams in turns. We copy probabilities only when another stream takes over, not each time that a stream resumes. A
 * stream resumes every few hundred bytes, and for lc + lp = 12 the copy is 6 MiB.
 */
let resident: LzmaState | undefined

/** Makes the shared array hold the probabilities of `lzma`. */
export function moveIn(lzma: LzmaState): void {
  const shared = sharedProbabilities()
  if (lzma === resident || lzma.probabilities === shared) return
  moveOut()
  shared.set(lzma.probabilities.subarray(0, sizeOf(lzma)))
  resident = lzma
}

/** Copies the shared probabilities back to the state that owns them, so that another state can use the shared array. */
export function moveOut(): void {
  if (resident !== undefined) resident.probabilities.set(sharedProbabilities().subarray(0, sizeOf(resident)))
  resident = undefined
}

/** The caller must call this when it rewrites all probabilities of `lzma` in its own array. */
export function forgetResident(lzma: LzmaState): void {
  if (lzma === resident) resident = undefined
}

function sizeOf({ properties }: LzmaState): number {
  return literalsEnd(properties.literalContextBits + properties.literalPositionBits)
}
