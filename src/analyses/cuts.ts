import { dominates, UNREACHABLE } from '../graph/dominator-tree.ts'
import { isAmong, neighbours, type Reference } from '../graph/reference-graph.ts'
import type { GraphSizes } from './graph-sizes.ts'

/** More references than this are no cut that a user would make. */
export const MAX_CUT = 10

/** The references to an owner that the configuration chose, if these alone hold it. */
export interface ChosenCut {
  readonly to: number
  /** The owners that refer to it, ascending. */
  readonly from: readonly number[]
  /** The bytes that go away if all these references are removed. */
  readonly bytes: number
}

/**
 * The cuts that a user can make in the configuration, largest first: the owners that a few chosen references alone hold.
 * We leave out an owner that another cut frees, because its bytes are part of that cut.
 */
export function chosenCuts(sizes: GraphSizes): readonly ChosenCut[] {
  const { graph, tree, byChance, kinds, freed } = sizes.certain ?? sizes
  const isByChance = isAmong(byChance)
  const isCut = (reference: Reference): boolean => kinds.of(reference) === 'chosen' && !isByChance(reference)
  const isRoot = new Set(sizes.roots.map(({ node }) => node))
  const cuts = new Map<number, readonly number[]>()
  for (const to of graph.keys.keys()) {
    if (tree.parent[to] === UNREACHABLE || isRoot.has(to)) continue
    // A referrer that only this owner holds goes with it.
    const from = [...neighbours(graph.referrers, to)].filter(
      (other) => tree.parent[other] !== UNREACHABLE && !dominates(tree, to, other),
    )
    const isSmall = from.length > 0 && from.length <= MAX_CUT
    if (isSmall && from.every((other) => isCut({ from: other, to }))) cuts.set(to, from)
  }
  const isFreedByAnother = (to: number): boolean => {
    for (let above = tree.parent[to]!; above >= 0; above = tree.parent[above]!) if (cuts.has(above)) return true
    return false
  }
  return Array.from(cuts, ([to, from]) => ({ to, from, bytes: freed[to]! }))
    .filter(({ to, bytes }) => bytes > 0 && !isFreedByAnother(to))
    .sort((a, b) => b.bytes - a.bytes || a.to - b.to)
}
