import { type DominatorTree, dominates, UNREACHABLE } from './dominator-tree.ts'
import { neighbours, reachableFrom, type StoreGraph } from './store-graph.ts'

/** One path refers to another; both by number. */
export interface Reference {
  readonly from: number
  readonly to: number
}

/** A reference that alone keeps something in the image. */
export interface Cut extends Reference {
  /** What goes away when this reference, and no other, is removed. */
  readonly bytes: number
}

/**
 * For each path the one that alone holds it: the path whose reference to it every route from the roots goes through;
 * -1 when there is none. To remove that reference frees what the path retains; to remove any other one frees nothing.
 *
 * These references are the bridges of the graph (Italiano, Laura and Santaroni, "Finding strong bridges and strong
 * articulation points in linear time", Theoretical Computer Science 447, 2012, section 2): u -> v is one when u is the
 * immediate dominator of v, and all else that refers to v is reached through v only. A root is held by itself.
 */
export function soleHolders({ referrers }: StoreGraph, tree: DominatorTree): Int32Array {
  return tree.parent.map((holder, path) => {
    if (holder < 0) return -1
    for (const referrer of neighbours(referrers, path)) {
      const isReached = tree.parent[referrer] !== UNREACHABLE
      if (referrer !== holder && isReached && !dominates(tree, path, referrer)) return -1
    }
    return holder
  })
}

/**
 * The single references whose removal frees most, largest first, of equal ones in the order of their names. What one
 * frees may be part of what another does: they are not to be summed.
 * @param retained of each path
 * @param count at most as many
 */
export function bestCuts(graph: StoreGraph, tree: DominatorTree, retained: Float64Array, count: number): Cut[] {
  const cuts: Cut[] = []
  for (const [to, from] of soleHolders(graph, tree).entries()) {
    const bytes = retained[to]!
    if (from >= 0 && bytes > 0) cuts.push({ from, to, bytes })
  }
  return cuts.sort((a, b) => b.bytes - a.bytes || a.from - b.from || a.to - b.to).slice(0, count)
}

/** The paths that are reached from the roots, and no more when some references are removed; ascending. */
export function freedBy(graph: StoreGraph, roots: readonly number[], removed: Iterable<Reference>): number[] {
  const { references, paths } = graph
  const isRemoved = new Uint8Array(references.list.length)
  for (const { from, to } of removed) {
    const index = neighbours(references, from).indexOf(to)
    if (index >= 0) isRemoved[references.start[from]! + index] = 1
  }
  const before = reachableFrom(references, roots)
  const after = new Uint8Array(paths.length)
  const stack: number[] = []
  const reach = (path: number): void => {
    if (after[path] === 0) stack.push(path)
    after[path] = 1
  }
  for (const root of roots) reach(root)
  for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
    for (let index = references.start[path]!; index < references.start[path + 1]!; index += 1) {
      if (isRemoved[index] === 0) reach(references.list[index]!)
    }
  }
  const freed: number[] = []
  for (let path = 0; path < paths.length; path += 1) if (before[path] === 1 && after[path] === 0) freed.push(path)
  return freed
}
