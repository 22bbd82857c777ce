import type { Reference, ReferenceGraph } from '../graph/reference-graph.ts'
import { referenceKey } from './named-reference.ts'
import { isSelectionKey } from './package-key.ts'
import type { Composition, ReferenceKind, ReferenceKinds } from './reference-kind.ts'

/**
 * The kinds of references between packages. A user can uninstall a package that was chosen, and can do without what
 * packages only recommend. What a package depends on is built in, and the system cannot do without an essential package.
 */
export function packageKinds(
  { keys }: ReferenceGraph,
  _begins: readonly number[],
  composition: Composition | undefined,
): ReferenceKinds {
  const weak = new Set((composition?.weak ?? []).map(referenceKey))
  const of = ({ from, to }: Reference): ReferenceKind => {
    const named = { from: keys[from]!, to: keys[to]! }
    if (isSelectionKey(named.from)) return composition?.roles.get(named.to) === 'essential' ? 'structural' : 'chosen'
    return weak.has(referenceKey(named)) ? 'chosen' : 'built in'
  }
  return { of, isGeneratedText: () => false }
}
