import type { Without } from '../../analyses/without.ts'
import { fullNameOf } from '../../owners/names.ts'
import type { References } from '../../owners/references.ts'
import { printable } from '../text/printable.ts'
import { imageJson, type NamedImage } from './image.ts'
import { jsonText } from './json-text.ts'
import { ownerJson } from './owner.ts'

export interface WithoutJsonOptions {
  readonly image: NamedImage
  readonly own: Float64Array
  readonly references: References
}

/** What goes and what stays, as JSON. Sizes are in bytes of this image; a rebuild packs what is left anew. */
export function withoutJson({ freed, gone, stays }: Without, { image, own, references }: WithoutJsonOptions): string {
  const nameOf = (path: number): string => printable(fullNameOf(references, path))
  const rowJson = (node: number): object => ownerJson(references.graph.keys[node]!, references.directory)
  return `${jsonText({
    schema: 'isoscope/without@2',
    image: imageJson(image),
    referencesFrom: references.origin,
    before: image.size,
    after: image.size - freed,
    freed,
    gone: gone.map(({ node, frees }) => ({ ...rowJson(node), own: own[node], frees })),
    stays: stays.map(({ node, heldBy }) => ({ ...rowJson(node), own: own[node], heldBy: heldBy.map(nameOf) })),
  })}\n`
}
