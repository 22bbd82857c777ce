import type { OpenImage } from '../images/open-image.ts'
import { type Inside, insideOf } from './inside.ts'
import { findCopies, type PaidTwiceList } from './paid-twice.ts'

/** What is in the images inside, and which content is there twice. The copies have no bytes yet. */
export interface LookedInside {
  readonly inside: Inside
  readonly found: PaidTwiceList
}

export function lookInside(open: OpenImage): LookedInside {
  return { inside: insideOf(open), found: findCopies(open) }
}

/** A thread that looks inside while the main thread attributes sizes. */
export interface InsideThread {
  /** Undefined if the thread failed. The main thread then looks inside itself, and reports the cause. */
  readonly result: Promise<LookedInside | undefined>
  end(): void
}
