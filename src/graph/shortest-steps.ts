import { type Adjacency, neighbours } from './reference-graph.ts'

/** Shortest ways through a graph: for each node the one before it, and its number of steps from the beginning. */
export interface Steps {
  /** -1 where a way begins, and for nodes that are not reached. */
  readonly before: Int32Array
  /** {@link UNREACHED} for nodes that are not reached. */
  readonly distance: Uint32Array
}

/** More steps than any way has. */
export const UNREACHED = 0xffff_ffff

/**
 * Finds them breadth first. Of several shortest ways it takes the one whose nodes come first by name.
 * @param end where ways end; none goes beyond it
 */
export function shortestSteps(adjacent: Adjacency, begins: readonly number[], end?: number): Steps {
  const size = adjacent.start.length - 1
  const before = new Int32Array(size).fill(-1)
  const distance = new Uint32Array(size).fill(UNREACHED)
  const queue = [...new Set(begins)]
  for (const node of queue) distance[node] = 0
  for (let head = 0; head < queue.length; head += 1) {
    const node = queue[head]!
    if (node === end) continue
    for (const next of neighbours(adjacent, node)) {
      if (distance[next] !== UNREACHED) continue
      distance[next] = distance[node]! + 1
      before[next] = node
      queue.push(next)
    }
  }
  return { before, distance }
}
