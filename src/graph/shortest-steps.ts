import { type Adjacency, neighbours } from './store-graph.ts'

/** Shortest ways through a graph: for each path the one before it, and its number of steps from the beginning. */
export interface Steps {
  /** -1 where a way begins, and for paths that are not reached. */
  readonly before: Int32Array
  /** {@link UNREACHED} for paths that are not reached. */
  readonly distance: Uint32Array
}

/** More steps than any way has. */
export const UNREACHED = 0xffff_ffff

/**
 * Finds them breadth first. Of several shortest ways it takes the one whose paths come first by name.
 * @param end where ways end; none goes beyond it
 */
export function shortestSteps(adjacent: Adjacency, begins: readonly number[], end?: number): Steps {
  const size = adjacent.start.length - 1
  const before = new Int32Array(size).fill(-1)
  const distance = new Uint32Array(size).fill(UNREACHED)
  const queue = [...new Set(begins)]
  for (const path of queue) distance[path] = 0
  for (let head = 0; head < queue.length; head += 1) {
    const path = queue[head]!
    if (path === end) continue
    for (const next of neighbours(adjacent, path)) {
      if (distance[next] !== UNREACHED) continue
      distance[next] = distance[path]! + 1
      before[next] = path
      queue.push(next)
    }
  }
  return { before, distance }
}
