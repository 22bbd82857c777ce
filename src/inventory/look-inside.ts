import type { OpenImage } from '../images/open-image.ts'
import type { Attribution } from './attribution.ts'
import { type Inside, insideOf } from './inside.ts'
import { findCopies, type PaidTwiceList } from './paid-twice.ts'

/** What is in the images inside, and which content is there twice. The copies have no bytes yet. */
export interface LookedInside {
  readonly inside: Inside
  readonly found: PaidTwiceList
}

/** @param attribution of that image, if it is needed */
export function lookInside(open: OpenImage, attribution: () => Attribution): LookedInside {
  return { inside: insideOf(open, attribution), found: findCopies(open) }
}

/** A thread that looks inside while the main thread attributes sizes. */
export interface InsideThread {
  /** Undefined if the thread failed. The main thread then looks inside itself, and reports the cause. */
  readonly result: Promise<LookedInside | undefined>
  end(): void
}
