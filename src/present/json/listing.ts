import { type ByteString, textOf } from '../../../parsers/bytes/byte-string.ts'
import type { ListedEntry } from '../../analyses/listing.ts'
import type { PlacedExtent } from '../../analyses/placed-extents.ts'
import { printable } from '../text/printable.ts'
import { base64 } from './base64.ts'
import { imageJson, type NamedImage } from './image.ts'
import { jsonText } from './json-text.ts'
import { named } from './named.ts'

/**
 * One entry of a listing as a line of JSON. Mode is octal, as for chmod; times are seconds since 1970.
 * @param extents where its content lies, if the line should include that
 */
export function listedEntryJson(listed: ListedEntry, extents?: readonly PlacedExtent[]): string {
  const { type, size, mode, uid, gid, mtime, target, device } = listed.entry
  // We set the keys one by one. To merge partial objects took a tenth of the time of a listing.
  const json: Record<string, unknown> = named('path', listed.path)
  json['type'] = type
  json['size'] = size
  json['stored'] = listed.stored()
  const below = listed.below()
  if (below !== undefined) json['below'] = below
  if (listed.entered !== undefined) json['imageFormat'] = listed.entered
  if (listed.imagePath !== '') Object.assign(json, named('imagePath', listed.imagePath))
  json['mode'] = mode.toString(8).padStart(4, '0')
  json['uid'] = uid
  json['gid'] = gid
  json['mtime'] = mtime
  const links = listed.links()
  if (links !== undefined) {
    json['links'] = links.length
    if (links[0] !== listed.index) Object.assign(json, named('linkTo', listed.pathOfLink(links[0]!)))
  }
  if (target !== undefined) {
    const text = textOf(target)
    json['target'] = text ?? printable(target)
    if (text === undefined) json['targetBase64'] = base64(target)
  }
  if (device !== undefined) json['device'] = device
  if (extents !== undefined) json['extents'] = extents.map(extentJson)
  return jsonText(json)
}

/** A listing as one JSON document, in pieces. */
export function* listingJson(
  image: NamedImage,
  path: ByteString,
  entries: Iterable<ListedEntry>,
  extentsOf: (listed: ListedEntry) => readonly PlacedExtent[] | undefined,
): Generator<string> {
  const head = { schema: 'isoscope/ls@1', image: imageJson(image), ...named('path', path === '' ? '/' : path) }
  let text = `${jsonText(head).slice(0, -1)},"entries":[`
  let isFirst = true
  for (const listed of entries) {
    text += `${isFirst ? '\n' : ',\n'}${listedEntryJson(listed, extentsOf(listed))}`
    isFirst = false
    if (text.length > 1 << 16) {
      yield text
      text = ''
    }
  }
  yield `${text}]}\n`
}

/** A place in bytes of the image file. Without a codec, these bytes are the content. */
function extentJson({ at, offset, length, unpacked, codec, skip, sector }: PlacedExtent): object {
  return {
    offset,
    length,
    ...(sector === undefined ? {} : { sector }),
    at,
    ...(codec === 'stored' ? {} : { codec }),
    ...(codec === 'stored' || skip !== undefined ? {} : { unpacked }),
    ...(skip === undefined ? {} : { fragment: { skip, length: unpacked } }),
  }
}
