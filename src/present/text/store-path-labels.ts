import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { hashOfBase, nameOfBase } from '../../owners/nix/store-path.ts'
import { printable } from './printable.ts'

/**
 * Makes short labels of store paths: "name", after as many characters of the hash as make the label unique.
 * @param paths base names of all store paths
 */
export function storePathLabels(paths: readonly ByteString[]): (base: ByteString) => string {
  const hashes = new Map<string, string[]>()
  for (const base of paths) {
    const name = nameOfBase(base)
    const known = hashes.get(name)
    if (known === undefined) hashes.set(name, [hashOfBase(base)])
    else known.push(hashOfBase(base))
  }
  return (base) => {
    const name = nameOfBase(base)
    const others = hashes.get(name) ?? []
    if (others.length < 2) return printable(name)
    const hash = hashOfBase(base)
    let length = 4
    while (length < 32 && others.some((other) => other !== hash && other.startsWith(hash.slice(0, length)))) length += 1
    return `${hash.slice(0, length)}…-${printable(name)}`
  }
}
