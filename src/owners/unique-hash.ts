import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { hashOf, nameOf } from './names.ts'

/** The fewest characters of a hash that we show. */
const MIN_LENGTH = 4

/**
 * For owners with one name, the beginning of the hash that tells them apart; '' for an owner whose name no other has.
 * @param keys of all owners, each once
 */
export function uniqueHashes(keys: Iterable<ByteString>): (key: ByteString) => ByteString {
  const hashes = new Map<ByteString, ByteString[]>()
  for (const key of keys) {
    const name = nameOf(key)
    const known = hashes.get(name)
    if (known === undefined) hashes.set(name, [hashOf(key)])
    else known.push(hashOf(key))
  }
  return (key) => {
    const others = hashes.get(nameOf(key)) ?? []
    if (others.length < 2) return ''
    const hash = hashOf(key)
    let length = MIN_LENGTH
    while (length < 32 && others.some((other) => other !== hash && other.startsWith(hash.slice(0, length)))) length += 1
    return hash.slice(0, length)
  }
}

/** Whether several owners have the name of an owner. */
export function sharedNames(keys: Iterable<ByteString>): (key: ByteString) => boolean {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(nameOf(key), (counts.get(nameOf(key)) ?? 0) + 1)
  return (key) => counts.get(nameOf(key))! > 1
}
