import { type DominatorTree, dominates, UNREACHABLE } from './dominator-tree.ts'
import { marksOf, neighbours, type Reference, type ReferenceGraph, reachableFrom } from './reference-graph.ts'

/** A reference that alone keeps a node in the image. */
export interface Cut extends Reference {
  /** The bytes that go away if we remove only this reference. */
  readonly bytes: number
}

/**
 * For each node, its sole holder: every route from the roots ends with the holder's reference to the node; -1 if it has
 * none. If we remove that reference, we free what the node retains. If we remove any other, we free nothing.
 *
 * These references are the bridges of the graph (Italiano, Laura and Santaroni, "Finding strong bridges and strong
 * articulation points in linear time", Theoretical Computer Science 447, 2012, section 2). The reference u -> v is a
 * bridge if u is the immediate dominator of v, and v dominates all its other reached referrers. A root has
 * no sole holder.
 */
export function soleHolders({ referrers }: ReferenceGraph, tree: DominatorTree): Int32Array {
  return tree.parent.map((holder, node) => {
    if (holder < 0) return -1
    for (const referrer of neighbours(referrers, node)) {
      const isReached = tree.parent[referrer] !== UNREACHABLE
      if (referrer !== holder && isReached && !dominates(tree, node, referrer)) return -1
    }
    return holder
  })
}

/**
 * The nodes that the roots reach now but no longer reach without some references; ascending.
 * @param left the roots that are left, if some of them are removed too
 */
export function freedBy(
  graph: ReferenceGraph,
  roots: readonly number[],
  removed: Iterable<Reference>,
  left: readonly number[] = roots,
): number[] {
  const { references, keys } = graph
  const isRemoved = marksOf(references, removed)
  const before = reachableFrom(references, roots)
  const after = new Uint8Array(keys.length)
  const stack: number[] = []
  const reach = (node: number): void => {
    if (after[node] === 0) stack.push(node)
    after[node] = 1
  }
  for (const root of left) reach(root)
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (let index = references.start[node]!; index < references.start[node + 1]!; index += 1) {
      if (isRemoved[index] === 0) reach(references.list[index]!)
    }
  }
  const freed: number[] = []
  for (let node = 0; node < keys.length; node += 1) if (before[node] === 1 && after[node] === 0) freed.push(node)
  return freed
}
