import { isPackage } from '../../owners/names.ts'
import type { References } from '../../owners/references.ts'
import type { Referring } from '../../views/referring.ts'
import { imageJson, type NamedImage } from './image.ts'
import { jsonText } from './json-text.ts'
import { ownerJson, ownersJson } from './owner.ts'

/** The direct references or referrers of owners as JSON, sizes in bytes. */
export function referringJson(
  found: readonly Referring[],
  side: 'references' | 'referrers',
  image: NamedImage,
  references: References,
): string {
  const { keys } = references.graph
  const rowJson = (path: number): object => ownerJson(keys[path]!, references.directory)
  return `${jsonText({
    schema: `isoscope/${side === 'references' ? 'refs' : 'referrers'}@1`,
    image: imageJson(image),
    referencesFrom: references.origin,
    ...ownersJson(
      found,
      ({ path }) => keys[path]!,
      keys.some(isPackage),
      ({ path, rows }) => ({
        ...rowJson(path),
        [side === 'references' ? 'refersTo' : 'referredToBy']: rows.map(
          ({ path: other, own, retained, referrers }) => ({
            ...rowJson(other),
            own,
            retained,
            referrerCount: referrers,
          }),
        ),
      }),
    ),
  })}\n`
}
