import { type Adjacency, neighbours } from './store-graph.ts'

/** Shortest ways through a graph: for each path the one before it, and how many steps it is from the beginning. */
export interface Steps {
  /** -1 where ways begin, and for what is not reached. */
  readonly before: Int32Array
  /** {@link UNREACHED} for what is not reached. */
  readonly distance: Uint32Array
}

/** More steps than any way has. */
export const UNREACHED = 0xffff_ffff

/**
 * Finds them, breadth first; of several shortest ways the one whose paths come first by name.
 * @param end where all ways end, and none goes on
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
