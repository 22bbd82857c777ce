import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { pathBuilder } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import type { OwnedEntry } from './owner.ts'

/**
 * The entries of an image in a file of an owner, without its root. Their paths lead on from that of the file.
 * @param path of the file in the owner; '' if the owner is the image itself
 */
export function* entriesInside(open: OpenImage, path: ByteString): Generator<OwnedEntry> {
  const { tree } = open.image
  const pathOf = pathBuilder(tree, path)
  for (let index = 1; index < tree.count; index += 1) {
    const below = pathOf(index)
    yield { open, entry: tree.entry(index), path: path === '' ? below.slice(1) : below }
  }
}
