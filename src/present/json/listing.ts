import { textOf } from '../../../parsers/bytes/byte-string.ts'
import type { ListedEntry } from '../../analyses/listing.ts'
import { printable } from '../text/printable.ts'
import { jsonText } from './json-text.ts'
import { base64, named } from './named.ts'

/** One entry of a listing as a line of JSON. Mode is octal, as chmod takes it; times are seconds since 1970. */
export function listedEntryJson(listed: ListedEntry): string {
  const { type, size, mode, uid, gid, mtime, target, device } = listed.entry
  return jsonText({
    ...named('path', listed.path),
    type,
    size,
    stored: listed.stored(),
    mode: mode.toString(8).padStart(4, '0'),
    uid,
    gid,
    mtime,
    ...(target === undefined ? {} : { target: textOf(target) ?? printable(target) }),
    ...(target === undefined || textOf(target) !== undefined ? {} : { targetBase64: base64(target) }),
    ...(device === undefined ? {} : { device }),
  })
}
