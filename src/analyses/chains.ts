import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { numberOfKey } from '../graph/reference-graph.ts'
import { shortestSteps } from '../graph/shortest-steps.ts'
import type { Inventory } from '../inventory/take-inventory.ts'

/** For each store path, base names on a shortest way from itself up to a root; only itself if we know no references. */
export function chainsIn({ references, roots }: Inventory): (base: ByteString) => readonly ByteString[] {
  if (references === undefined) return (base) => [base]
  const { graph } = references
  const begins = roots.map(({ path }) => path)
  const { before } = shortestSteps(graph.references, begins)
  return (base) => {
    const chain = [base]
    for (let path = numberOfKey(graph, base); path >= 0 && before[path]! >= 0; path = before[path]!) {
      chain.push(graph.keys[before[path]!]!)
    }
    return chain
  }
}
