import { neighbours, type ReferenceGraph } from '../../graph/reference-graph.ts'

/** The distance of a path that does not reach the target. */
export const UNREACHED = 0xffffffff

/**
 * How far each path is from a target, as the number of references between them, as `nix why-depends` computes it.
 *
 * Nix means to take the nearest path next, but its heap orders nodes by their addresses (Nix: src/nix/why-depends.cc, a
 * priority_queue of pointers). It creates the nodes in the order of their names, so the path with the greatest name
 * comes next. Nix visits each path once and does not pass on a shorter distance that it finds later. Some distances
 * come out too large, and Nix's answers follow from them.
 * @param within 1 for the paths that take part: the closure of the path that the question starts from
 */
export function nixDistances(graph: ReferenceGraph, target: number, within: Uint8Array): Uint32Array {
  const distances = new Uint32Array(graph.keys.length).fill(UNREACHED)
  const queued = new Uint8Array(graph.keys.length)
  const heap = new GreatestFirst()
  distances[target] = 0
  // Nix does not mark the target as queued, but nothing is nearer than 0, so it does not come back.
  heap.push(target)
  for (let path = heap.pop(); path !== undefined; path = heap.pop()) {
    const distance = distances[path]! + 1
    for (const referrer of neighbours(graph.referrers, path)) {
      if (within[referrer] === 0 || distance >= distances[referrer]!) continue
      distances[referrer] = distance
      if (queued[referrer] === 0) heap.push(referrer)
      queued[referrer] = 1
    }
  }
  return distances
}

/** A binary heap of numbers, the greatest on top. */
class GreatestFirst {
  readonly #items: number[] = []

  push(item: number): void {
    const items = this.#items
    let at = items.length
    for (;;) {
      const parent = (at - 1) >> 1
      if (at === 0 || items[parent]! >= item) break
      items[at] = items[parent]!
      at = parent
    }
    items[at] = item
  }

  pop(): number | undefined {
    const items = this.#items
    const [top] = items
    const last = items.pop()
    if (last === undefined || items.length === 0) return top
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child + 1 < items.length && items[child + 1]! > items[child]!) child += 1
      if (child >= items.length || items[child]! <= last) break
      items[at] = items[child]!
      at = child
    }
    items[at] = last
    return top
  }
}
