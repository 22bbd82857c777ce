import type { ReferenceGraph } from '../graph/reference-graph.ts'
import { modelOfKind } from './models.ts'
import { BUILT_IN, type Composition, type ReferenceKinds } from './reference-kind.ts'
import type { Root } from './roots.ts'

/** The kinds of the references between owners of a kind. If their model tells none apart, all are built in. */
export function kindsOf(
  kind: string,
  graph: ReferenceGraph,
  roots: readonly Root[],
  composition: Composition | undefined,
): ReferenceKinds {
  const begins = roots.map(({ node }) => node)
  return modelOfKind(kind)?.kindsOf?.(graph, begins, composition) ?? BUILT_IN
}
