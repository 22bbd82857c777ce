import type { ListedEntry } from './listing.ts'

/** The orders of a listing: names by their bytes, sizes from the largest, times from the newest. */
export const LIST_ORDERS = ['name', 'size', 'stored', 'time'] as const

export type ListOrder = (typeof LIST_ORDERS)[number]

/**
 * Sorts a listing. Entries that are equal stay in their order.
 * @param sums whether a directory counts as everything below it. Without, it counts nothing: a listing that has the
 * entries below as well would count them twice.
 */
export function sortedListing(entries: Iterable<ListedEntry>, order: ListOrder, sums: boolean): ListedEntry[] {
  const list = [...entries]
  if (order === 'name') {
    const keys = list.map(({ path }) => nameKey(path))
    // Most directories are in order already.
    if (keys.every((key, index) => index === 0 || keys[index - 1]! <= key)) return list
    return ordered(list, keys, (a, b) => (a < b ? -1 : a > b ? 1 : 0))
  }
  const numbers = list.map((listed) => (order === 'time' ? listed.entry.mtime : bytesOf(listed, order, sums)))
  return ordered(list, numbers, (a, b) => b - a)
}

/** A slash sorts before any other character, so that a directory comes right before its content. */
function nameKey(path: string): string {
  return path.replaceAll('/', '\0')
}

/** The bytes that an entry counts for. @param sums whether a directory counts as everything below it, or as nothing */
export function bytesOf(listed: ListedEntry, order: 'size' | 'stored', sums: boolean): number {
  const below = listed.below()
  if (below !== undefined) return sums ? below[order] : 0
  const { type, size } = listed.entry
  if (order === 'size') return size
  return type === 'file' ? listed.stored() : 0
}

/** Sorts a list by keys that we compute once for each item. */
function ordered<T, Key>(list: readonly T[], keys: readonly Key[], compare: (a: Key, b: Key) => number): T[] {
  return Array.from(list.keys())
    .sort((a, b) => compare(keys[a]!, keys[b]!))
    .map((index) => list[index]!)
}
