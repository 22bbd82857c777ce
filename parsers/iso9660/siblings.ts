import type { ByteString } from '../bytes/byte-string.ts'

interface Named {
  name: ByteString
}

/**
 * Sorts the entries of one directory by the bytes of their names, and makes the names unique. Of equal names, the first
 * record keeps its name, because ECMA-119 9.3 puts the highest version first. The others get their version back, or a
 * number if that is not unique either.
 */
export function sortSiblings(siblings: Named[], versions: ReadonlyMap<object, ByteString>): void {
  // Most directories are already sorted and have no duplicates.
  if (isAscending(siblings)) return
  siblings.sort(byName)
  if (isAscending(siblings)) return
  const taken = new Set(siblings.map((entry) => entry.name))
  const copies = new Map<ByteString, number>()
  let previous: ByteString | undefined
  for (const entry of siblings) {
    if (entry.name !== previous) {
      previous = entry.name
      continue
    }
    const version = versions.get(entry)
    const withVersion = version === undefined ? entry.name : entry.name + version
    let name = withVersion
    for (let copy = copies.get(withVersion) ?? 2; taken.has(name); copy += 1) {
      name = `${withVersion};duplicate-${copy}`
      // Where the search for the next one starts. Thousands of equal names must not make this quadratic.
      copies.set(withVersion, copy + 1)
    }
    taken.add(name)
    entry.name = name
  }
  siblings.sort(byName)
}

function isAscending(siblings: readonly Named[]): boolean {
  for (let index = 1; index < siblings.length; index += 1) {
    if (siblings[index - 1]!.name >= siblings[index]!.name) return false
  }
  return true
}

function byName(one: Named, other: Named): number {
  if (one.name === other.name) return 0
  return one.name < other.name ? -1 : 1
}
