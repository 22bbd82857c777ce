import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Removal } from '../analyses/without.ts'
import { neighbours, type Reference } from '../graph/reference-graph.ts'
import { isGlob } from '../owners/glob.ts'
import { fullName } from '../owners/names.ts'
import { choicesOf } from './choices.ts'
import { UsageError } from './exit-codes.ts'
import { matchesOf } from './one-path.ts'
import { noPathNamed, type OpenStore, pathsNamed } from './open-store.ts'

/** No name of a store path has a comma. */
const LIST_HINT = '; put spaces between names, not commas'

const ARROW = /\s*(?:->|→)\s*/

/**
 * What the user wants to remove: names of store paths, and references as "FROM -> TO".
 * @returns also a sentence for each that the image does not have
 * @throws {UsageError} with the choices if one that is no glob matches several
 */
export function removalNamed(
  store: OpenStore,
  removed: readonly string[],
): { readonly removal: Removal; readonly missing: readonly string[] } {
  const references: Reference[] = []
  const owners: number[] = []
  const missing: string[] = []
  for (const text of removed) {
    const ends = text.split(ARROW)
    if (ends.length > 2 || ends.includes('')) throw new UsageError(`'${text}' is not a reference; write 'FROM -> TO'`)
    if (ends.length === 2) {
      const found = referencesNamed(store, text, ends[0]!, ends[1]!)
      references.push(...found)
      if (found.length === 0) missing.push(noReference(store, ends[0]!, ends[1]!))
      continue
    }
    const found = pathsNamed(store, text)
    owners.push(...found)
    if (found.length === 0) missing.push(noPathNamed(store, text) + (text.includes(',') ? LIST_HINT : ''))
  }
  return { removal: { references, owners }, missing }
}

/** A name may match several store paths if only one of the references exists. */
function referencesNamed(store: OpenStore, text: string, from: string, to: string): readonly Reference[] {
  const { graph, directory } = store.references
  const tos = new Set(nodesNamed(store, to))
  const found = nodesNamed(store, from).flatMap((referrer) =>
    [...neighbours(graph.references, referrer)]
      .filter((target) => target !== referrer && tos.has(target))
      .map((target) => ({ from: referrer, to: target })),
  )
  if (found.length <= 1 || isGlob(from) || isGlob(to)) return found
  const nameOf = (node: number): ByteString => fullName(directory, graph.keys[node]!)
  const choices = choicesOf(found.map((one) => `${nameOf(one.from)} -> ${nameOf(one.to)}`))
  throw new UsageError(`${store.name}: '${text}' is ambiguous: ${found.length} references match:`, choices)
}

function noReference(store: OpenStore, from: string, to: string): string {
  const missing = [from, to].find((end) => nodesNamed(store, end).length === 0)
  if (missing !== undefined) return noPathNamed(store, missing)
  return `'${from}' does not refer to '${to}' in ${store.name}`
}

function nodesNamed({ survey, references }: OpenStore, name: string): readonly number[] {
  return matchesOf({ keys: references.graph.keys, contentNames: survey.contentNames }, name)
}
