import type { ByteString } from '../../parsers/bytes/byte-string.ts'

/** Lists of node numbers: the list of node i is `list[start[i] .. start[i + 1])`, ascending, each number once. */
export interface Adjacency {
  readonly start: Uint32Array
  readonly list: Uint32Array
}

/** One node refers to another, both by number. */
export interface Reference {
  readonly from: number
  readonly to: number
}

/** The references between owners. Each owner is a node; the algorithms know the nodes by number. */
export interface ReferenceGraph {
  /** The key of each node's owner, in byte order; the index of a key is the number of its node. */
  readonly keys: readonly ByteString[]
  /** The nodes that each node refers to; itself among them if it refers to itself. */
  readonly references: Adjacency
  /** The nodes that refer to each node. */
  readonly referrers: Adjacency
}

/** The neighbours of a node in one of its graph's lists. */
export function neighbours({ start, list }: Adjacency, node: number): Uint32Array {
  return list.subarray(start[node]!, start[node + 1]!)
}

/** The number of the node with a key; -1 if the graph does not have it. */
export function numberOfKey({ keys }: ReferenceGraph, key: ByteString): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return keys[low] === key ? low : -1
}

/**
 * Makes a graph.
 * @param keys in byte order, each once
 * @param edges pairs of numbers, referrer and reference, one after the other; a pair may repeat
 */
export function referenceGraph(keys: readonly ByteString[], edges: ArrayLike<number>): ReferenceGraph {
  const references = adjacency(keys.length, edges, 0)
  return { keys, references, referrers: transposed(references) }
}

/** 1 for each of some references, by its place in the list of references. */
export function marksOf(references: Adjacency, some: Iterable<Reference>): Uint8Array {
  const marks = new Uint8Array(references.list.length)
  for (const { from, to } of some) {
    const index = neighbours(references, from).indexOf(to)
    if (index >= 0) marks[references.start[from]! + index] = 1
  }
  return marks
}

/** The graph without some of its references. */
export function withoutReferences(graph: ReferenceGraph, removed: readonly Reference[]): ReferenceGraph {
  if (removed.length === 0) return graph
  const { start, list } = graph.references
  const isRemoved = marksOf(graph.references, removed)
  const edges: number[] = []
  for (let from = 0; from < graph.keys.length; from += 1) {
    for (let index = start[from]!; index < start[from + 1]!; index += 1) {
      if (isRemoved[index] === 0) edges.push(from, list[index]!)
    }
  }
  return referenceGraph(graph.keys, edges)
}

/** A function that says whether a reference is one of some. */
export function isAmong(some: readonly Reference[]): (reference: Reference) => boolean {
  const keys = new Set(some.map(({ from, to }) => `${from} ${to}`))
  return ({ from, to }) => keys.size > 0 && keys.has(`${from} ${to}`)
}

function adjacency(count: number, edges: ArrayLike<number>, from: 0 | 1): Adjacency {
  const start = new Uint32Array(count + 1)
  for (let index = 0; index < edges.length; index += 2) start[edges[index + from]! + 1]! += 1
  for (let node = 0; node < count; node += 1) start[node + 1]! += start[node]!
  const next = start.slice()
  const list = new Uint32Array(edges.length / 2)
  for (let index = 0; index < edges.length; index += 2) {
    const node = edges[index + from]!
    list[next[node]!] = edges[index + 1 - from]!
    next[node]! += 1
  }
  // Sorts each list and drops duplicates.
  const unique = new Uint32Array(count + 1)
  let length = 0
  for (let node = 0; node < count; node += 1) {
    const own = list.subarray(start[node]!, start[node + 1]!).sort()
    let previous = -1
    for (const target of own) {
      if (target !== previous) {
        list[length] = target
        length += 1
      }
      previous = target
    }
    unique[node + 1] = length
  }
  return { start: unique, list: list.slice(0, length) }
}

function transposed({ start, list }: Adjacency): Adjacency {
  const edges = new Uint32Array(list.length * 2)
  for (let node = 0; node + 1 < start.length; node += 1) {
    for (let index = start[node]!; index < start[node + 1]!; index += 1) {
      edges[2 * index] = node
      edges[2 * index + 1] = list[index]!
    }
  }
  return adjacency(start.length - 1, edges, 1)
}

/**
 * 1 for each node that can be reached from some given nodes, which count as reached.
 * @param reached nodes already known to be reached; we add to it and return it
 */
export function reachableFrom(
  adjacent: Adjacency,
  from: Iterable<number>,
  reached: Uint8Array = new Uint8Array(adjacent.start.length - 1),
): Uint8Array {
  const stack: number[] = []
  for (const node of from) {
    if (reached[node] === 0) stack.push(node)
    reached[node] = 1
  }
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (let index = adjacent.start[node]!; index < adjacent.start[node + 1]!; index += 1) {
      const next = adjacent.list[index]!
      if (reached[next] === 0) stack.push(next)
      reached[next] = 1
    }
  }
  return reached
}
