import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { nameOf, splitKey } from '../owners/names.ts'
import { nearNames } from './nearest-name.ts'

/** How many characters more than the nearest name another one may differ in. */
const MAX_FURTHER = 1

/**
 * The owners that a name without matches probably meant, by key, nearest first. It compares names with the version and without:
 * "systemd" is near "systemd-252".
 * @param glob a name, or a glob over names
 */
export function nearestOwners(glob: string, keys: Iterable<ByteString>): readonly ByteString[] {
  const byName = new Map<ByteString, ByteString[]>()
  const add = (name: ByteString, key: ByteString): void => {
    const known = byName.get(name)
    if (known === undefined) byName.set(name, [key])
    else known.push(key)
  }
  for (const key of keys) {
    const [name, { pname }] = [nameOf(key), splitKey(key)]
    add(name, key)
    if (pname !== name) add(pname, key)
  }
  const near = nearNames(glob, byName.keys())
  const most = (near[0]?.distance ?? 0) + MAX_FURTHER
  const found = near
    .filter(({ distance }) => distance <= most)
    .flatMap(({ name }) =>
      byName.get(name)!.sort((a, b) => nameOf(a).length - nameOf(b).length || (nameOf(a) < nameOf(b) ? -1 : 1)),
    )
  return [...new Set(found)]
}
