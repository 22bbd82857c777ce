import { Worker } from 'node:worker_threads'
import type { Limits } from '../../parsers/bytes/limits.ts'
import type { NameTreeKind } from '../../parsers/image.ts'
import { partsOfJson, partsToJson } from './json.ts'
import type { InsideThread, LookedInside } from './look-inside.ts'

/** What a thread that looks inside has to know. */
export interface InsideStart {
  readonly path: string
  readonly offset: number
  readonly limits: Limits
  readonly nameTree?: NameTreeKind
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
