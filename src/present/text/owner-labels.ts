import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { ContentName, ContentNames } from '../../owners/owner.ts'
import { contentSuffix, shortNames } from '../../views/owner-names.ts'
import { printable } from './printable.ts'

/**
 * Makes short labels of store paths, safe to print: see `shortNames`.
 * @param paths keys of all store paths
 */
export function ownerLabels(paths: readonly ByteString[], contents?: ContentNames): (key: ByteString) => string {
  const nameOf = shortNames(paths, contents)
  return (key) => printable(nameOf(key))
}

/** " (nixpkgs 26.05)", safe to print; '' for an owner whose content tells nothing. */
export function contentText(content: ContentName | undefined): string {
  return printable(contentSuffix(content))
}
