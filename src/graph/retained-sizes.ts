import { type DominatorTree, lowestCommonDominator, ROOT } from './dominator-tree.ts'

/** Bytes stored once for several nodes: they go away only when all of these nodes do. */
export interface SharedBytes {
  /** Numbers of the nodes that use them, in any order. */
  readonly nodes: readonly number[]
  readonly bytes: number
}

/**
 * For each node, the bytes that go away if nothing refers to it any more: the bytes of the nodes that it dominates,
 * itself included, and the bytes that only these share. Whole numbers stay exact below 2^53.
 *
 * A node that no root reaches retains nothing: it goes away with no other node, and nothing keeps it. Its bytes are in
 * the image all the same. So bytes that it shares with other nodes count for none of them.
 *
 * @param own bytes of each node **without** those that it shares. The sizes of the ledger include a part of the shared
 * bytes, which we would count twice here.
 * @param shared all bytes of each group of users; a group of one is the same as own bytes
 */
export function retainedSizes(
  tree: DominatorTree,
  own: Float64Array,
  shared: Iterable<SharedBytes> = [],
): Float64Array {
  const { parent, order } = tree
  const retained = new Float64Array(own.length)
  for (const node of order) retained[node] = own[node]!
  for (const { nodes, bytes } of shared) {
    const dominator = lowestCommonDominator(tree, nodes)
    if (dominator >= 0) retained[dominator]! += bytes
  }
  for (let index = order.length - 1; index >= 0; index -= 1) {
    const node = order[index]!
    const above = parent[node]!
    if (above !== ROOT) retained[above]! += retained[node]!
  }
  return retained
}
