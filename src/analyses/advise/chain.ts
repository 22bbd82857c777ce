import { shortestSteps, UNREACHED } from '../../graph/shortest-steps.ts'
import type { GraphSizes } from '../graph-sizes.ts'
import type { Removed } from './removed.ts'

/** For what is removed, the nodes on a shortest way from a root over its first reference; none without references. */
export function chainsOver({ graph, roots }: GraphSizes): (removed: Removed) => readonly number[] {
  const begins = roots.map(({ node }) => node)
  const { before, distance } = shortestSteps(graph.references, begins)
  return ({ references }) => {
    const first = references.find(({ from }) => distance[from] !== UNREACHED)
    if (first === undefined) return []
    const chain = [first.to]
    for (let at = first.from; at >= 0; at = before[at]!) chain.unshift(at)
    return chain
  }
}
