import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../../parsers/bytes/errors.ts'
import type { SampledPacking } from '../../inventory/packing-sample.ts'
import { estimatePacking, type PackingEstimate } from './packing.ts'
import type { KnownCompressor, PackingChoice } from './packing-choices.ts'

/** What was sampled of a squashfs. */
export interface PackingSample {
  /** Places in the image, and how many there are. */
  readonly units: number
  readonly allUnits: number
  /** Blocks of the image's own size. */
  readonly blocks: number
  /** Bytes of content, and what they take in the image. */
  readonly length: number
  readonly stored: number
}

/** What other ways to pack a squashfs would bring. */
export interface PackingAdviceImage {
  /** Its path in the image; '/' for the image itself. */
  readonly path: ByteString
  readonly now: { readonly compressor: string; readonly options: string | null; readonly blockSize: number }
  /** Stored bytes of compressed data, and of blocks that are stored as they are. */
  readonly stored: number
  readonly raw: number
  readonly sample: PackingSample
  /** Why places are not in the sample. */
  readonly warnings: readonly FormatError[]
  /** Smallest first. */
  readonly estimates: readonly (PackingEstimate & { readonly isNow: boolean; readonly by: string })[]
}

/** How a squashfs is packed. */
export type PackingNow = PackingAdviceImage['now']

/** What the choices would bring, by a sample that was packed with each of them. */
export function packingAdvice(
  path: ByteString,
  now: PackingNow,
  choices: readonly PackingChoice<KnownCompressor & { readonly by: string }>[],
  { units, allUnits, blocks, length, stored, raw, warnings }: SampledPacking,
): PackingAdviceImage {
  const settings = choices.map((choice) => choice.settings)
  const estimates = estimatePacking(settings, units, { stored, raw, count: allUnits })
  const taken = units.reduce((sum, unit) => sum + unit.stored, 0)
  return {
    path,
    now,
    stored,
    raw,
    warnings,
    sample: { units: units.length, allUnits, blocks, length, stored: taken },
    estimates: estimates
      .map((estimate, at) => ({ ...estimate, isNow: choices[at]!.isNow, by: choices[at]!.compressor.by }))
      .sort((a, b) => a.bytes - b.bytes),
  }
}

/** The same for all squashfs images of an image. */
export interface PackingAdvice {
  readonly images: readonly PackingAdviceImage[]
  /** Compressors that could not be used. */
  readonly missing: readonly string[]
}
