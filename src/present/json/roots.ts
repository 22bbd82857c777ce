import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { Root } from '../../owners/roots.ts'
import { printable } from '../text/printable.ts'
import { ownerJson } from './owner.ts'

/** A root of an image, and why it is one. */
export function rootJson(
  { reason, files }: Pick<Root, 'reason' | 'files'>,
  key: ByteString,
  directory: ByteString,
): object {
  return { ...ownerJson(key, directory), reason, configurations: files?.map(printable) }
}
