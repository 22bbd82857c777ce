import type { ByteString } from '../../parsers/bytes/byte-string.ts'

/** Lists of store path numbers: the list of path i is `list[start[i] .. start[i + 1])`, ascending, each number once. */
export interface Adjacency {
  readonly start: Uint32Array
  readonly list: Uint32Array
}

export interface StoreGraph {
  /** Base names "hash-name" in byte order; the index of a path here is its number. */
  readonly paths: readonly ByteString[]
  /** The paths that each path refers to; itself among them if it refers to itself. */
  readonly references: Adjacency
  /** The paths that refer to each path. */
  readonly referrers: Adjacency
}

/** The neighbours of a path in one of its graph's lists. */
export function neighbours({ start, list }: Adjacency, path: number): Uint32Array {
  return list.subarray(start[path]!, start[path + 1]!)
}

/** The number of a path in a graph; -1 if the graph does not have it. */
export function numberOfPath({ paths }: StoreGraph, base: ByteString): number {
  let low = 0
  let high = paths.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (paths[middle]! < base) low = middle + 1
    else high = middle
  }
  return paths[low] === base ? low : -1
}

/**
 * Makes a graph.
 * @param paths base names in byte order, each once
 * @param edges pairs of numbers, referrer and reference, one after the other; a pair may repeat
 */
export function storeGraph(paths: readonly ByteString[], edges: ArrayLike<number>): StoreGraph {
  const references = adjacency(paths.length, edges, 0)
  return { paths, references, referrers: transposed(references) }
}

function adjacency(count: number, edges: ArrayLike<number>, from: 0 | 1): Adjacency {
  const start = new Uint32Array(count + 1)
  for (let index = 0; index < edges.length; index += 2) start[edges[index + from]! + 1]! += 1
  for (let path = 0; path < count; path += 1) start[path + 1]! += start[path]!
  const next = start.slice()
  const list = new Uint32Array(edges.length / 2)
  for (let index = 0; index < edges.length; index += 2) {
    const path = edges[index + from]!
    list[next[path]!] = edges[index + 1 - from]!
    next[path]! += 1
  }
  // Sorts each list and drops duplicates.
  const unique = new Uint32Array(count + 1)
  let length = 0
  for (let path = 0; path < count; path += 1) {
    const own = list.subarray(start[path]!, start[path + 1]!).sort()
    let previous = -1
    for (const target of own) {
      if (target !== previous) {
        list[length] = target
        length += 1
      }
      previous = target
    }
    unique[path + 1] = length
  }
  return { start: unique, list: list.slice(0, length) }
}

function transposed({ start, list }: Adjacency): Adjacency {
  const edges = new Uint32Array(list.length * 2)
  for (let path = 0; path + 1 < start.length; path += 1) {
    for (let index = start[path]!; index < start[path + 1]!; index += 1) {
      edges[2 * index] = path
      edges[2 * index + 1] = list[index]!
    }
  }
  return adjacency(start.length - 1, edges, 1)
}

/**
 * 1 for each path that can be reached from some given paths, which count as reached.
 * @param reached paths already known to be reached; we add to it and return it
 */
export function reachableFrom(
  adjacent: Adjacency,
  from: Iterable<number>,
  reached: Uint8Array = new Uint8Array(adjacent.start.length - 1),
): Uint8Array {
  const stack: number[] = []
  for (const path of from) {
    if (reached[path] === 0) stack.push(path)
    reached[path] = 1
  }
  for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
    for (let index = adjacent.start[path]!; index < adjacent.start[path + 1]!; index += 1) {
      const next = adjacent.list[index]!
      if (reached[next] === 0) stack.push(next)
      reached[next] = 1
    }
  }
  return reached
}
