import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { type Entry, pathBuilder } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import { entriesOf, type Owner } from '../owners/owner.ts'
import { imagesBeside, ownersIn, treeOwners } from '../owners/owners-in.ts'
import { type FileFacts, fileFacts, type OwnedFiles } from './file-facts.ts'
import type { MetadataReader } from './metadata-reader.ts'

/** An entry without an owner, in its image. */
export interface OutsideEntry {
  readonly open: OpenImage
  readonly entry: Entry
  /** Path in the outermost image. The root of an image inside has a "/" at the end. */
  readonly path: ByteString
  readonly holdsImage: boolean
}

/** The entries of each owner, by key. */
export function filesOfOwners(owners: ReadonlyMap<ByteString, Owner>, reader: MetadataReader): OwnedFiles {
  const stores = new Map<ByteString, FileFacts[]>()
  for (const [key, owner] of owners) {
    const files: FileFacts[] = []
    for (const { open, entry, path } of entriesOf(owner)) {
      files.push(fileFacts(entry, path, false, reader.metadataOf(open, entry)))
    }
    stores.set(key, files)
  }
  return stores
}

/** The entries without an owner, by their paths in the image. Paths in an image inside begin with its path. */
export function filesOutside(
  open: OpenImage,
  owners: ReadonlyMap<ByteString, Owner>,
  reader: MetadataReader,
): readonly FileFacts[] {
  return Array.from(outsideEntries(open, owners), ({ open: holder, entry, path, holdsImage }) =>
    fileFacts(entry, path, holdsImage, reader.metadataOf(holder, entry)),
  )
}

/** The entries without an owner, in tree order. They include those of images inside. */
export function* outsideEntries(open: OpenImage, owners: ReadonlyMap<ByteString, Owner>): Generator<OutsideEntry> {
  const { model } = ownersIn(open)
  /** The first entries of the owners in each image. An owner that is in two images belongs to one of them. */
  const firstEntries = new Map<OpenImage, Set<number>>()
  for (const owner of owners.values()) {
    for (const { open: holder, entry } of [owner, ...(owner.otherLayers ?? [])]) {
      const known = firstEntries.get(holder)
      if (known === undefined) firstEntries.set(holder, new Set([entry.index]))
      else known.add(entry.index)
    }
  }
  const inside: [OpenImage, ByteString][] = [[open, '']]
  const met = new Set<OpenImage>()
  for (let next = inside.pop(); next !== undefined; next = inside.pop()) {
    const [holder, imagePath] = next
    const { tree } = holder.image
    const firsts = firstEntries.get(holder)
    const { ownerOf } = treeOwners(holder, model)
    const images = imagesBeside(holder, model)
    const enter = (nested: OpenImage | undefined, path: ByteString): void => {
      if (nested === undefined || met.has(nested)) return
      met.add(nested)
      inside.push([nested, path])
    }
    const pathOf = pathBuilder(tree, imagePath)
    for (let index = 0; index < tree.count; index += 1) {
      const nested = images.size > 0 ? images.get(index) : undefined
      if (firsts?.has(ownerOf[index]!) === true) {
        if (nested !== undefined) enter(nested, pathOf(index))
        continue
      }
      const path = index === 0 ? `${imagePath}/` : pathOf(index)
      yield { open: holder, entry: tree.entry(index), path, holdsImage: nested !== undefined }
      enter(nested, path)
    }
  }
}
