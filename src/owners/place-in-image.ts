import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { filesOf, pathBuilder } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import type { MentionPlace } from './mentions.ts'
import { ReferenceScanner, ReferenceStream } from './nix/reference-scanner.ts'
import { entriesOf, type Owner } from './owner.ts'

/**
 * Where a hash stands in an image that a file of an owner holds, such as an EROFS with the links of /etc: the path then
 * leads into the image. The place stays as it is if the file holds no image, or a compressed one, whose bytes say nothing
 * of its entries.
 * @param place in the owner
 */
export function placeInImage(owner: Owner, place: MentionPlace, hash: ByteString): MentionPlace {
  for (const { entry, path } of entriesOf(owner)) {
    if (path !== place.path) continue
    const nested = owner.open.nested(entry)
    const isStored = nested !== undefined && nested.image.source.origin.kind !== 'stream'
    return isStored ? (firstIn(nested, path, hash) ?? place) : place
  }
  return place
}

/** The first target with a hash, else the first content, else the first name. */
function firstIn(open: OpenImage, imagePath: ByteString, hash: ByteString): MentionPlace | undefined {
  const { tree } = open.image
  const inImage = pathBuilder(tree, imagePath)
  // An owner may be the image itself.
  const pathOf = (index: number): ByteString => (imagePath === '' ? inImage(index).slice(1) : inImage(index))
  const texts = (kind: 'target' | 'name'): MentionPlace | undefined => {
    for (let index = 1; index < tree.count; index += 1) {
      const text = kind === 'name' ? tree.nameOf(index) : (tree.entry(index).target ?? '')
      const offset = text.indexOf(hash)
      if (offset >= 0) return { path: pathOf(index), kind, offset }
    }
    return undefined
  }
  const found = texts('target')
  if (found !== undefined) return found
  const scanner = new ReferenceScanner([hash])
  for (const index of filesOf(tree)) {
    let first: number | undefined
    const stream = new ReferenceStream(scanner, (_, offset) => {
      first ??= offset
    })
    try {
      for (const chunk of open.reader.chunks(tree.entry(index))) {
        stream.push(chunk)
        if (first !== undefined) return { path: pathOf(index), kind: 'content', offset: first }
      }
    } catch (error) {
      // We know the place in the file, and look on.
      if (!(error instanceof FormatError)) throw error
    }
  }
  return texts('name')
}
