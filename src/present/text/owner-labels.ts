import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { ContentNames } from '../../owners/owner.ts'
import { shortNames } from '../../views/owner-names.ts'
import { printable } from './printable.ts'

/**
 * Makes short labels of store paths, safe to print: see `shortNames`.
 * @param paths keys of all store paths
 */
export function ownerLabels(paths: readonly ByteString[], contents?: ContentNames): (key: ByteString) => string {
  const nameOf = shortNames(paths, contents)
  return (key) => printable(nameOf(key))
}
