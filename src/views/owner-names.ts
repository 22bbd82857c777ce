import { type ByteString, byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import { fullName, longNameOf, nameOf } from '../owners/names.ts'
import type { ContentName, ContentNames } from '../owners/owner.ts'
import { sharedNames, uniqueHashes } from '../owners/unique-hash.ts'
import { type NameCell, name } from './cell.ts'

/** What stands between the beginning of a hash and a name. */
const CUT = byteStringOfText('…-')

/** Names owners by their keys. */
export type OwnerNames = (key: ByteString) => NameCell

/**
 * Names owners as people do: "name", after as many characters of the hash as make it unique. What an owner is by its
 * content stands behind: "source (nixpkgs 26.05)".
 * @param keys of all owners
 * @param directory before a key in a full name
 */
export function ownerNames(
  keys: readonly ByteString[],
  directory: ByteString,
  contents: ContentNames | undefined,
): OwnerNames {
  const shortName = shortNames(keys, contents)
  return (key) => name(shortName(key), fullName(directory, key))
}

/** The same, without the full names. */
export function shortNames(keys: readonly ByteString[], contents?: ContentNames): (key: ByteString) => ByteString {
  const hashOf = uniqueHashes(keys)
  const isShared = sharedNames(keys)
  const nameIn = (key: ByteString): ByteString => {
    const hash = hashOf(key)
    if (hash !== '') return `${hash}${CUT}${nameOf(key)}`
    return isShared(key) ? longNameOf(key) : nameOf(key)
  }
  return (key) => `${nameIn(key)}${contentSuffix(contents?.get(key))}`
}

/** " (nixpkgs 26.05)"; '' for an owner whose content tells nothing. */
export function contentSuffix(content: ContentName | undefined): ByteString {
  if (content === undefined) return ''
  const { name: what, version } = content
  return byteStringOfText(` (${version === undefined ? what : `${what} ${version}`})`)
}
