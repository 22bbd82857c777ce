import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Owner } from '../owners/owner.ts'

/** The keys of owners by the hash that contents name them by. It is empty if contents do not name the owners. */
export function keysByHash(owners: Iterable<Owner>): ReadonlyMap<ByteString, readonly ByteString[]> {
  const keys = new Map<ByteString, ByteString[]>()
  for (const { key, model } of owners) {
    const hash = model.hashOf?.(key)
    if (hash === undefined) continue
    const known = keys.get(hash)
    if (known === undefined) keys.set(hash, [key])
    else known.push(key)
  }
  return keys
}
