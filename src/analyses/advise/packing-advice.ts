import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { PackingEstimate } from './packing.ts'

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
  /** Smallest first. */
  readonly estimates: readonly (PackingEstimate & { readonly isNow: boolean; readonly by: string })[]
}

/** The same for all squashfs images of an image. */
export interface PackingAdvice {
  readonly images: readonly PackingAdviceImage[]
  /** Compressors that could not be used. */
  readonly missing: readonly string[]
}
