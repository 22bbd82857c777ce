import { type DominatorTree, lowestCommonDominator, ROOT } from './dominator-tree.ts'

/** Bytes stored once for several paths: they go away only when all of these paths do. */
export interface SharedBytes {
  /** Numbers of the paths that use them, in any order. */
  readonly paths: readonly number[]
  readonly bytes: number
}

/**
 * For each path, the bytes that go away if nothing refers to it any more: the bytes of the paths that it dominates,
 * itself included, and the bytes that only these share. Whole numbers stay exact below 2^53.
 *
 * A path that no root reaches retains nothing: it goes away with no other path, and nothing keeps it. Its bytes are in
 * the image all the same. So bytes that it shares with other paths count for none of them.
 *
 * @param own bytes of each path **without** those that it shares. The sizes of the ledger include a part of the shared
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
  for (const path of order) retained[path] = own[path]!
  for (const { paths, bytes } of shared) {
    const dominator = lowestCommonDominator(tree, paths)
    if (dominator >= 0) retained[dominator]! += bytes
  }
  for (let index = order.length - 1; index >= 0; index -= 1) {
    const path = order[index]!
    const above = parent[path]!
    if (above !== ROOT) retained[above]! += retained[path]!
  }
  return retained
}

/**
 * The bytes freed if some paths go away together. For a path and all that it dominates, this is its retained size.
 * @param paths numbers, each once
 * @param own, shared as for {@link retainedSizes}
 */
export function bytesFreed(paths: Iterable<number>, own: Float64Array, shared: Iterable<SharedBytes> = []): number {
  const isFreed = new Uint8Array(own.length)
  let freed = 0
  for (const path of paths) {
    isFreed[path] = 1
    freed += own[path]!
  }
  for (const { paths: users, bytes } of shared) {
    if (users.length > 0 && users.every((path) => isFreed[path] === 1)) freed += bytes
  }
  return freed
}
