import type { Entry } from '../image.ts'

/** The names of each inode that has more than one: entry indexes by inode reference, in tree order. */
export type HardLinks = ReadonlyMap<number, readonly number[]>

/** Finds the inodes with several names. What their link counts say is not relied on. */
export function findHardLinks(entries: readonly Entry[]): HardLinks {
  const links = new Map<number, number[]>()
  // Sorting all references costs a third of keeping them in a map, and few are there twice.
  const references = new Float64Array(entries.length)
  for (let index = 0; index < entries.length; index += 1) references[index] = entries[index]!.identity
  references.sort()
  for (let index = 1; index < references.length; index += 1) {
    if (references[index] === references[index - 1]) links.set(references[index]!, [])
  }
  if (links.size > 0) for (const entry of entries) links.get(entry.identity)?.push(entry.index)
  return links
}
