import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { entriesInside } from './entries-inside.ts'
import { firstMentionsIn, type MentionPlace } from './mentions.ts'
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
    if (nested === undefined || nested.image.source.origin.kind === 'stream') return place
    // Of a content that we cannot read, we know the place in the file.
    const found = firstMentionsIn(entriesInside(nested, path), nested.reader, [hash], () => {})
    return found.get(hash) ?? place
  }
  return place
}
