import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { neighbours, numberOfKey, type ReferenceGraph } from '../graph/reference-graph.ts'
import { type Steps, shortestSteps } from '../graph/shortest-steps.ts'
import type { Inventory } from '../inventory/take-inventory.ts'

/** A reference by keys. */
export interface NamedEdge {
  readonly from: ByteString
  readonly to: ByteString
}

/** An image's references, and the shortest routes to its owners. */
export interface Routes {
  readonly graph: ReferenceGraph
  readonly steps: Steps
}

export function routesOf({ references, roots }: Inventory): Routes | undefined {
  if (references === undefined) return undefined
  const { graph } = references
  const begins = roots.map(({ node }) => node)
  return { graph, steps: shortestSteps(graph.references, begins) }
}

/** The first reference on the shortest route to a path that the other image lacks between the counterparts. */
export function firstMissing(
  routes: Routes | undefined,
  key: ByteString,
  counterpartOf: ReadonlyMap<ByteString, ByteString>,
  other: Routes | undefined,
): NamedEdge | undefined {
  if (routes === undefined || other === undefined) return undefined
  const { graph, steps } = routes
  const nameOf = (path: number): ByteString => graph.keys[path]!
  let missing: NamedEdge | undefined
  for (let path = numberOfKey(graph, key); path >= 0 && steps.before[path]! >= 0; path = steps.before[path]!) {
    const edge = { from: nameOf(steps.before[path]!), to: nameOf(path) }
    const [from, to] = [edge.from, edge.to].map((name) => numberOfKey(other.graph, counterpartOf.get(name) ?? ''))
    if (from! < 0 || to! < 0 || !neighbours(other.graph.references, from!).includes(to!)) missing = edge
  }
  return missing
}
