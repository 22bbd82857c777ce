import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { neighbours } from '../graph/reference-graph.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { kindsOf } from '../owners/kinds-of.ts'
import { fullName } from '../owners/names.ts'
import type { ReferenceKind } from '../owners/reference-kind.ts'

/** A reference between two owners, by their full names. */
export interface ReferenceEdge {
  readonly from: ByteString
  readonly to: ByteString
  readonly kind: ReferenceKind
}

/** All references of an image, by referrer; none without references. */
export function* referenceEdges(inventory: Inventory): Generator<ReferenceEdge> {
  const { references, kind, roots, composition } = inventory
  if (references === undefined) return
  const { graph, directory } = references
  const kinds = kindsOf(kind, graph, roots, composition)
  const full = (node: number): ByteString => fullName(directory, graph.keys[node]!)
  for (let from = 0; from < graph.keys.length; from += 1) {
    for (const to of neighbours(graph.references, from)) {
      yield { from: full(from), to: full(to), kind: kinds.of({ from, to }) }
    }
  }
}
