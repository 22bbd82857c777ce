import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { type NameCell, name } from './cell.ts'

/** A region, or the path of an image inside, without its first slash. */
export function regionName(its: ByteString): NameCell {
  return name(its.startsWith('/') && its.length > 1 ? its.slice(1) : its)
}
