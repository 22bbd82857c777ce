import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { nameOf } from '../../owners/names.ts'
import type { ContentName, ContentNames } from '../../owners/owner.ts'
import { uniqueHashes } from '../../owners/unique-hash.ts'
import { printable, printableText } from './printable.ts'

/**
 * Makes short labels of store paths: "name", after as many characters of the hash as make the label unique. What a path is by
 * its content stands behind: "source (nixpkgs 26.05)".
 * @param paths key names of all store paths
 */
export function ownerLabels(paths: readonly ByteString[], contents?: ContentNames): (key: ByteString) => string {
  const hashOf = uniqueHashes(paths)
  return (key) => {
    const hash = hashOf(key)
    return `${hash === '' ? '' : `${hash}…-`}${printable(nameOf(key))}${contentText(contents?.get(key))}`
  }
}

/** " (nixpkgs 26.05)", safe to print; '' for an owner whose content tells nothing. */
export function contentText(content: ContentName | undefined): string {
  if (content === undefined) return ''
  const { name, version } = content
  return ` (${printableText(version === undefined ? name : `${name} ${version}`)})`
}
