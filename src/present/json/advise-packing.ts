import type { PackingAdvice } from '../../analyses/advise/packing-advice.ts'
import { mksquashfsWords } from '../../analyses/advise/packing-choices.ts'
import { imageJson, type NamedImage } from './image.ts'
import { jsonText } from './json-text.ts'
import { named } from './named.ts'

/** What other ways to pack a squashfs would bring, as JSON; sizes in bytes. All of `estimates` are estimates. */
export function packingJson({ images, missing }: PackingAdvice, image: NamedImage): string {
  return `${jsonText({
    schema: 'isoscope/advise-packing@1',
    image: imageJson(image),
    images: images.map(({ path, now, stored, raw, sample, estimates }) => ({
      ...named('path', path),
      compressor: now.compressor,
      compressorOptions: now.options,
      blockSize: now.blockSize,
      data: Math.round(stored) + raw,
      incompressible: raw,
      sample: {
        placeCount: sample.units,
        allPlaceCount: sample.allUnits,
        blocks: sample.blocks,
        bytes: sample.length,
        stored: Math.round(sample.stored),
        share: stored === 0 ? 1 : sample.stored / stored,
      },
      estimates: estimates.map(({ settings, bytes, delta, error, isNow, by }) => ({
        compressor: settings.compressor,
        compressorOptions: settings.options === '' ? null : settings.options,
        blockSize: settings.blockSize,
        mksquashfs: mksquashfsWords(settings),
        bytes,
        delta,
        errorBytes: Number.isFinite(error) ? error : null,
        now: isNow,
        by,
      })),
    })),
    missing,
  })}\n`
}
