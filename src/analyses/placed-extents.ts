import { locate } from '../../parsers/bytes/source.ts'
import type { Entry, StoredExtent } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'

/** A part of a file's content, and its place in the image file. */
export interface PlacedExtent extends StoredExtent {
  /** For a file of the outermost ISO: the 2048-byte sector in which it begins. */
  readonly sector?: number
}

/**
 * Where the content of a regular file lies in the image file, in content order. Undefined for other entries, and inside
 * a compressed image, whose bytes the file does not contain.
 * @throws {FormatError} if we cannot read the block list
 */
export function placedExtents(open: OpenImage, entry: Entry): readonly PlacedExtent[] | undefined {
  if (entry.type !== 'file') return undefined
  let outermost = open
  while (outermost.outer !== undefined) outermost = outermost.outer.open
  const { source, offset } = locate(open.image.source, 0)
  if (source !== outermost.file) return undefined
  const { sectorSize } = open.image.format
  const isOutermost = open === outermost
  return Array.from(open.image.extents(entry), (extent) => ({
    ...extent,
    offset: offset + extent.offset,
    // The blocks of a disc may be smaller than its sectors.
    ...(isOutermost && sectorSize !== undefined && extent.offset % sectorSize === 0
      ? { sector: extent.offset / sectorSize }
      : {}),
  }))
}
