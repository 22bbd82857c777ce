import type { PackingAdvice } from '../../analyses/advise/packing-advice.ts'
import { mksquashfsWords } from '../../analyses/advise/packing-choices.ts'
import { jsonText } from './json-text.ts'
import { named } from './named.ts'

/** What other ways to pack a squashfs would bring, as JSON; sizes in bytes. All of `estimates` are estimates. */
export function packingJson({ images, missing }: PackingAdvice, image: string, size: number): string {
  return `${jsonText({
    schema: 'isoscope/advise-packing@1',
    image,
    size,
    images: images.map(({ path, now, stored, raw, sample, estimates }) => ({
      ...named('path', path),
      ...now,
      data: Math.round(stored) + raw,
      incompressible: raw,
      sample: {
        places: sample.units,
        allPlaces: sample.allUnits,
        blocks: sample.blocks,
        bytes: sample.length,
        stored: Math.round(sample.stored),
        share: stored === 0 ? 1 : sample.stored / stored,
      },
      estimates: estimates.map(({ settings, bytes, delta, error, isNow, by }) => ({
        ...settings,
        mksquashfs: mksquashfsWords(settings),
        bytes,
        delta,
        error: Number.isFinite(error) ? error : null,
        now: isNow,
        by,
      })),
    })),
    missing,
  })}\n`
}
