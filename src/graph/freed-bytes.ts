import type { SharedBytes } from './retained-sizes.ts'

/** Bytes that nodes share, and the part that counts for each of them; the parts add up to the bytes. */
export interface SplitBytes extends SharedBytes {
  readonly shares: readonly number[]
}

/**
 * The bytes that each of some nodes frees if they go away together. They add up to what all of them free: bytes that they
 * share with a node that stays count for none of them.
 * @param nodes numbers, each once
 * @param own bytes of each node without those that it shares
 * @returns by node
 */
export function bytesFreedByEach(
  nodes: readonly number[],
  own: Float64Array,
  shared: Iterable<SplitBytes> = [],
): ReadonlyMap<number, number> {
  const freed = new Map(nodes.map((node) => [node, own[node]!]))
  for (const { nodes: users, shares } of shared) {
    if (!users.every((node) => freed.has(node))) continue
    for (const [index, node] of users.entries()) freed.set(node, freed.get(node)! + shares[index]!)
  }
  return freed
}

/** The bytes that some nodes free if they go away together. @see bytesFreedByEach */
export function bytesFreed(nodes: readonly number[], own: Float64Array, shared: Iterable<SplitBytes> = []): number {
  let freed = 0
  for (const bytes of bytesFreedByEach(nodes, own, shared).values()) freed += bytes
  return freed
}
