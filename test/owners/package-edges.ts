import { neighbours } from '../../src/graph/reference-graph.ts'
import type { OpenImage } from '../../src/images/open-image.ts'
import { takeInventoryOf } from '../../src/inventory/take-inventory.ts'
import { kindsOf } from '../../src/owners/kinds-of.ts'
import { packageOf } from '../../src/owners/names.ts'
import { isSelectionKey } from '../../src/owners/package-key.ts'

/** The references between the packages of an image, by their names: "a -> b (structural)"; "*" is the selection, and "medium" the medium. */
export async function edgesOf(open: OpenImage): Promise<readonly string[]> {
  const { references, roots, kind, composition } = await takeInventoryOf(open)
  if (references === undefined) return []
  const { graph } = references
  const kinds = kindsOf(kind, graph, roots, composition)
  const name = (node: number): string => {
    const key = graph.keys[node]!
    return isSelectionKey(key) ? key.slice(key.indexOf(':') + 1) : packageOf(key).name
  }
  return graph.keys
    .flatMap((_, from) =>
      Array.from(
        neighbours(graph.references, from),
        (to) => `${name(from)} -> ${name(to)} (${kinds.of({ from, to })})`,
      ),
    )
    .sort()
}
