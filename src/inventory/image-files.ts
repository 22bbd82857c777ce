import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { type Entry, pathBuilder } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import { entriesOf, type StoreObject } from '../owners/nix/store-objects.ts'
import type { MetadataReader } from './metadata-reader.ts'
import { type StoreFile, type StoreFiles, storeFile } from './store-files.ts'

/** An entry outside store paths, in its image. */
export interface OutsideEntry {
  readonly open: OpenImage
  readonly entry: Entry
  /** Path in the outermost image. The root of an image inside has a "/" at the end. */
  readonly path: ByteString
  readonly holdsImage: boolean
}

/** The entries of each store path, by base name. */
export function filesInStore(objects: ReadonlyMap<ByteString, StoreObject>, reader: MetadataReader): StoreFiles {
  const stores = new Map<ByteString, StoreFile[]>()
  for (const [base, object] of objects) {
    const files: StoreFile[] = []
    for (const { entry, path } of entriesOf(object)) {
      files.push(storeFile(entry, path, false, reader.metadataOf(object.open, entry)))
    }
    stores.set(base, files)
  }
  return stores
}

/** The entries outside store paths, by their paths in the image. Paths in an image inside begin with its path. */
export function filesOutside(
  open: OpenImage,
  objects: ReadonlyMap<ByteString, StoreObject>,
  reader: MetadataReader,
): readonly StoreFile[] {
  return Array.from(outsideEntries(open, objects), ({ open: holder, entry, path, holdsImage }) =>
    storeFile(entry, path, holdsImage, reader.metadataOf(holder, entry)),
  )
}

/** The entries outside the store paths, in tree order. They include those of images inside. */
export function* outsideEntries(
  open: OpenImage,
  objects: ReadonlyMap<ByteString, StoreObject>,
): Generator<OutsideEntry> {
  const tops = new Map<OpenImage, Set<number>>()
  for (const { open: holder, entry } of objects.values()) {
    const known = tops.get(holder)
    if (known === undefined) tops.set(holder, new Set([entry.index]))
    else known.add(entry.index)
  }
  const inside: [OpenImage, ByteString][] = [[open, '']]
  const met = new Set<OpenImage>()
  for (let next = inside.pop(); next !== undefined; next = inside.pop()) {
    const [holder, imagePath] = next
    const { tree } = holder.image
    const storePaths = tops.get(holder)
    const enter = (nested: OpenImage | undefined, path: ByteString): void => {
      if (nested === undefined || met.has(nested)) return
      met.add(nested)
      inside.push([nested, path])
    }
    const pathOf = pathBuilder(tree, imagePath)
    const isDisc = holder.image.format.looksInside === 'files'
    for (let index = 0; index < tree.entries.length; index += 1) {
      const entry = tree.entries[index]!
      if (storePaths?.has(index) === true) {
        // Depth first: the subtree ends at the first entry whose parent lies outside.
        for (; ; index += 1) {
          // Except on a disc, an image in a store path belongs to it.
          if (isDisc) enter(holder.inside(tree.entries[index]!), pathOf(tree.entries[index]!))
          const next = tree.entries[index + 1]
          if (next === undefined || next.parent < entry.index) break
        }
        continue
      }
      const nested = holder.inside(entry)
      const path = index === 0 ? `${imagePath}/` : pathOf(entry)
      yield { open: holder, entry, path, holdsImage: nested !== undefined }
      enter(nested, path)
    }
  }
}
