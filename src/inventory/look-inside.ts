import { Worker } from 'node:worker_threads'
import type { Limits } from '../../parsers/bytes/limits.ts'
import type { NameTreeKind } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import { type Inside, insideOf } from './inside.ts'
import { partsOfJson, partsToJson } from './json.ts'
import { findCopies, type PaidTwiceList } from './paid-twice.ts'

/** What is in the images inside, and which content is there twice. The copies have no bytes yet. */
export interface LookedInside {
  readonly inside: Inside
  readonly found: PaidTwiceList
}

export function lookInside(open: OpenImage): LookedInside {
  return { inside: insideOf(open), found: findCopies(open) }
}

/** What a thread that looks inside has to know. */
export interface InsideStart {
  readonly path: string
  readonly offset: number
  readonly limits: Limits
  readonly nameTree?: NameTreeKind
}

/** A thread that looks inside while the main thread attributes sizes. */
export interface InsideThread {
  /** Undefined if the thread failed. The main thread then looks inside itself, and reports the cause. */
  readonly result: Promise<LookedInside | undefined>
  end(): void
}

/** The worker lies next to this file, both after tsc and in the bundle. */
const WORKER = new URL(import.meta.url.endsWith('.cjs') ? './inside-worker.cjs' : './inside-worker.js', import.meta.url)

export function startLookingInside(start: InsideStart): InsideThread {
  const worker = new Worker(WORKER, { workerData: start })
  const result = new Promise<LookedInside | undefined>((resolve) => {
    worker.on('message', (text: string) => {
      const { inside, twice } = partsOfJson(text)
      resolve(inside === undefined || twice === undefined ? undefined : { inside, found: twice })
    })
    worker.on('error', () => resolve(undefined))
    worker.on('exit', () => resolve(undefined))
  })
  return { result, end: () => void worker.terminate() }
}

/** What the thread sends: JSON, since errors cannot pass between threads. */
export function insideMessage({ inside, found }: LookedInside): string {
  return partsToJson({ inside, twice: found })
}
