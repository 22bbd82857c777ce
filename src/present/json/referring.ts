import { fullNameOf } from '../../owners/names.ts'
import type { References } from '../../owners/references.ts'
import type { Referring } from '../../views/referring.ts'
import { printable } from '../text/printable.ts'
import { imageJson, type NamedImage } from './image.ts'
import { jsonText } from './json-text.ts'

/** The direct references or referrers of store paths as JSON, sizes in bytes. */
export function referringJson(
  found: readonly Referring[],
  side: 'references' | 'referrers',
  image: NamedImage,
  references: References,
): string {
  const nameOf = (path: number): string => printable(fullNameOf(references, path))
  return `${jsonText({
    schema: `isoscope/${side === 'references' ? 'refs' : 'referrers'}@1`,
    image: imageJson(image),
    referencesFrom: references.origin,
    storePaths: found.map(({ path, rows }) => ({
      path: nameOf(path),
      [side === 'references' ? 'refersTo' : 'referredToBy']: rows.map(({ path: other, own, retained, referrers }) => ({
        path: nameOf(other),
        own,
        retained,
        referrerCount: referrers,
      })),
    })),
  })}\n`
}
