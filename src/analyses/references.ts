import { neighbours } from '../graph/reference-graph.ts'
import type { GraphSizes } from './graph-sizes.ts'

/** An owner that refers to another, or that another refers to. */
export interface ReferenceRow {
  /** Number in the graph. */
  readonly path: number
  readonly own: number
  readonly retained: number
  /** How many other owners refer to it. */
  readonly referrers: number
}

/** The references or the referrers of a path, largest first, without the path itself. */
export function referenceRows(sizes: GraphSizes, path: number, side: 'references' | 'referrers'): ReferenceRow[] {
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
