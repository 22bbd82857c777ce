import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { hashOf, nameOf } from '../../owners/names.ts'
import type { ContentName, ContentNames } from '../../owners/owner.ts'
import { printable, printableText } from './printable.ts'

/**
 * Makes short labels of store paths: "name", after as many characters of the hash as make the label unique. What a path is by
 * its content stands behind: "source (nixpkgs 26.05)".
 * @param paths key names of all store paths
 */
export function ownerLabels(paths: readonly ByteString[], contents?: ContentNames): (key: ByteString) => string {
  const hashes = new Map<string, string[]>()
  for (const key of paths) {
    const name = nameOf(key)
    const known = hashes.get(name)
    if (known === undefined) hashes.set(name, [hashOf(key)])
    else known.push(hashOf(key))
  }
  return (key) => {
    const name = nameOf(key)
    const others = hashes.get(name) ?? []
    const label = printable(name) + contentText(contents?.get(key))
    if (others.length < 2) return label
    const hash = hashOf(key)
    let length = 4
    while (length < 32 && others.some((other) => other !== hash && other.startsWith(hash.slice(0, length)))) length += 1
    return `${hash.slice(0, length)}…-${label}`
  }
}

/** " (nixpkgs 26.05)", safe to print; '' for an owner whose content tells nothing. */
export function contentText(content: ContentName | undefined): string {
  if (content === undefined) return ''
  const { name, version } = content
  return ` (${printableText(version === undefined ? name : `${name} ${version}`)})`
}
