import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { ImageSummary } from '../inventory/image-summary.ts'

export type Compression = Omit<ImageSummary['squashfs'][number], 'path'>

/** A squashfs with a new compression. */
export interface CompressionChange {
  /** Its path in the new image; "/" for the image itself. */
  readonly path: ByteString
  readonly before: Compression
  readonly after: Compression
}

/**
 * The squashfs images of two images whose compression differs. It pairs them by path, or if each image has only one.
 */
export function compressionChanges(old: ImageSummary, now: ImageSummary): readonly CompressionChange[] {
  const only = old.squashfs.length === 1 && now.squashfs.length === 1 ? old.squashfs[0] : undefined
  return now.squashfs.flatMap(({ path, ...after }) => {
    const found = old.squashfs.find((squashfs) => squashfs.path === path) ?? only
    if (found === undefined) return []
    const { path: _, ...before } = found
    const isSame =
      before.compressor === after.compressor &&
      before.compressorOptions === after.compressorOptions &&
      before.blockSize === after.blockSize
    return isSame ? [] : [{ path, before, after }]
  })
}
