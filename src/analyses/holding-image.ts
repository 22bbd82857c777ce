import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { traitsOf } from '../../parsers/formats.ts'
import type { Inventory } from '../inventory/take-inventory.ts'

/** Finds the innermost image of some that a region is, or lies in; undefined if it lies in none. */
export type HoldingImage = (region: ByteString) => ByteString | undefined

/** The squashfs images with accounts in a report, by their paths. One may hold a file system of another format. */
export function holdingSquashfs({ image }: Pick<Inventory, 'image'>): HoldingImage {
  return holdingImage(new Set(image.squashfs.map(({ path }) => path)))
}

/** The same for all file systems: all images but discs, disks and boot partitions, in which files are looked into. */
export function holdingFileSystem({ image, attribution }: Pick<Inventory, 'image' | 'attribution'>): HoldingImage {
  const images = [{ path: '/', format: image.format }, ...attribution.images]
  const found = images.filter(({ format }) => traitsOf(format).looksInside !== 'files').map(({ path }) => path)
  // A report that was saved without what is inside names only these.
  return holdingImage(new Set([...found, ...image.squashfs.map(({ path }) => path)]))
}

/** @param images paths of images */
function holdingImage(images: ReadonlySet<ByteString>): HoldingImage {
  return (region) => {
    // A region without a slash lies beside the tree.
    if (!region.startsWith('/')) return undefined
    for (let at = region; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) if (images.has(at)) return at
    return images.has('/') ? '/' : undefined
  }
}
