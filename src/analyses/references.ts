import { neighbours } from '../graph/store-graph.ts'
import type { StoreSizes } from './store-sizes.ts'

/** A store path next to another. */
export interface ReferenceRow {
  /** Number in the graph. */
  readonly path: number
  readonly own: number
  readonly retained: number
  /** How many store paths refer to it, itself not counted. */
  readonly referrers: number
}

/** What a path refers to, or what refers to it, the largest first; itself is left out. */
export function referenceRows(sizes: StoreSizes, path: number, side: 'references' | 'referrers'): ReferenceRow[] {
  const { graph, own, retained } = sizes
  return [...neighbours(graph[side], path)]
    .filter((other) => other !== path)
    .map((other) => ({
      path: other,
      own: own[other]!,
      retained: retained[other]!,
      referrers: neighbours(graph.referrers, other).filter((referrer) => referrer !== other).length,
    }))
    .sort((a, b) => b.retained - a.retained || b.own - a.own || a.path - b.path)
}
