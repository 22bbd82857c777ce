import type { ByteString } from '../bytes/byte-string.ts'

interface Named {
  name: ByteString
}

/**
 * Sorts the entries of one directory by the bytes of their names and makes the names different. Of equal ones the first
 * record keeps its name (ECMA-119 9.3 puts the highest version first), the others get their version back or, where that
 * does not tell them apart, a number.
 */
export function sortSiblings(siblings: Named[], versions: ReadonlyMap<object, ByteString>): void {
  // Most directories come sorted and without doubles.
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
      // Where the next one starts to look: thousands of one name must not make this quadratic.
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
