import type { ChosenCut } from '../../analyses/cuts.ts'
import { fullNameOf } from '../../owners/names.ts'
import type { References } from '../../owners/references.ts'
import { printable } from '../text/printable.ts'
import { imageJson, type NamedImage } from './image.ts'
import { jsonText } from './json-text.ts'

/** The cuts as JSON. Sizes are in bytes of this image. */
export function cutsJson(
  cuts: readonly ChosenCut[],
  { image, references }: { readonly image: NamedImage; readonly references: References },
): string {
  const nameOf = (path: number): string => printable(fullNameOf(references, path))
  return `${jsonText({
    schema: 'isoscope/cuts@2',
    image: imageJson(image),
    referencesFrom: references.origin,
    cuts: cuts.map(({ from, to, bytes }) => ({
      to: nameOf(to),
      removes: from.map((referrer) => ({ from: nameOf(referrer), to: nameOf(to) })),
      frees: bytes,
    })),
  })}\n`
}
