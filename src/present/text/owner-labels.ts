import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { hashOf, nameOf } from '../../owners/names.ts'
import { printable } from './printable.ts'

/**
 * Makes short labels of store paths: "name", after as many characters of the hash as make the label unique.
 * @param paths key names of all store paths
 */
export function ownerLabels(paths: readonly ByteString[]): (key: ByteString) => string {
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
    if (others.length < 2) return printable(name)
    const hash = hashOf(key)
    let length = 4
    while (length < 32 && others.some((other) => other !== hash && other.startsWith(hash.slice(0, length)))) length += 1
    return `${hash.slice(0, length)}…-${printable(name)}`
  }
}
