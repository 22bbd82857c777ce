import { locate } from '../../parsers/bytes/source.ts'
import type { Entry, StoredExtent } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'

/** Part of a file's content, and where it lies in the image file. */
export interface PlacedExtent extends StoredExtent {
  /** Of a file of the outermost ISO: the 2048-byte sector in which it begins. */
  readonly sector?: number
}

/**
 * Where the content of a regular file lies in the image file, in content order; undefined for what is no file, and in an
 * image that is compressed in the one around it, so that its bytes are nowhere as they are.
 * @throws {FormatError} where the block list cannot be read
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
    // Blocks of a disc may be smaller than its sectors.
    ...(isOutermost && sectorSize !== undefined && extent.offset % sectorSize === 0
      ? { sector: extent.offset / sectorSize }
      : {}),
  }))
}
