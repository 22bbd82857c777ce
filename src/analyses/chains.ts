import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { numberOfKey } from '../graph/reference-graph.ts'
import { shortestSteps } from '../graph/shortest-steps.ts'
import type { Inventory } from '../inventory/take-inventory.ts'

/**
 * For each owner, keys on a shortest way from itself up to a root; only itself if we know no references.
 * @param most how many keys to return at most
 */
export function chainsIn(
  { references, roots }: Inventory,
  most: number = Number.POSITIVE_INFINITY,
): (key: ByteString) => readonly ByteString[] {
  if (references === undefined) return (key) => [key]
  const { graph } = references
  const begins = roots.map(({ node }) => node)
  const { before } = shortestSteps(graph.references, begins)
  return (key) => {
    const chain = [key]
    for (
      let node = numberOfKey(graph, key);
      node >= 0 && before[node]! >= 0 && chain.length < most;
      node = before[node]!
    ) {
      chain.push(graph.keys[before[node]!]!)
    }
    return chain
  }
}
