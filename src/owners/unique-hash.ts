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
  const beginnings = new Map<ByteString, ReadonlyMap<ByteString, ByteString>>()
  return (key) => {
    const name = nameOf(key)
    const its = hashes.get(name) ?? []
    if (its.length < 2) return ''
    const known = beginnings.get(name) ?? beginningsOf(its)
    beginnings.set(name, known)
    return known.get(hashOf(key)) ?? ''
  }
}

/** The shortest beginning of each hash that no other has, at least four characters. In order, only neighbours matter. */
function beginningsOf(hashes: readonly ByteString[]): ReadonlyMap<ByteString, ByteString> {
  const sorted = [...new Set(hashes)].sort()
  return new Map(
    sorted.map((hash, at) => {
      const alike = Math.max(commonLength(hash, sorted[at - 1] ?? ''), commonLength(hash, sorted[at + 1] ?? ''))
      return [hash, hash.slice(0, Math.max(MIN_LENGTH, alike + 1))]
    }),
  )
}

function commonLength(one: ByteString, other: ByteString): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length += 1
  return length
}

/** Whether several owners have the name of an owner. */
export function sharedNames(keys: Iterable<ByteString>): (key: ByteString) => boolean {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(nameOf(key), (counts.get(nameOf(key)) ?? 0) + 1)
  return (key) => counts.get(nameOf(key))! > 1
}
