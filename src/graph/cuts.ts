import { type DominatorTree, dominates, UNREACHABLE } from './dominator-tree.ts'
import { neighbours, reachableFrom, type StoreGraph } from './store-graph.ts'

/** One path refers to another, both by number. */
export interface Reference {
  readonly from: number
  readonly to: number
}

/** A reference that alone keeps a path in the image. */
export interface Cut extends Reference {
  /** The bytes that go away if we remove only this reference. */
  readonly bytes: number
}

/**
 * For each path, its sole holder: every route from the roots ends with the holder's reference to the path; -1 if it has
 * none. If we remove that reference, we free what the path retains. If we remove any other, we free nothing.
 *
 * These references are the bridges of the graph (Italiano, Laura and Santaroni, "Finding strong bridges and strong
 * articulation points in linear time", Theoretical Computer Science 447, 2012, section 2). The reference u -> v is a
 * bridge if u is the immediate dominator of v, and v dominates all its other reached referrers. A root has
 * no sole holder.
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
 * The single references whose removal frees most, largest first, equal ones in the order of their names. Do not add up
 * their bytes: one may free a part of what another frees.
 * @param retained retained size of each path
 * @param count how many references to return at most
 */
export function bestCuts(graph: StoreGraph, tree: DominatorTree, retained: Float64Array, count: number): Cut[] {
  const cuts: Cut[] = []
  for (const [to, from] of soleHolders(graph, tree).entries()) {
    const bytes = retained[to]!
    if (from >= 0 && bytes > 0) cuts.push({ from, to, bytes })
  }
  return cuts.sort((a, b) => b.bytes - a.bytes || a.from - b.from || a.to - b.to).slice(0, count)
}

/** The paths that the roots reach now but no longer reach without some references; ascending. */
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
