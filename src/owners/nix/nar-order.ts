import type { Entry } from '../../../parsers/image.ts'
import type { OwnedEntry, Owner } from '../owner.ts'

/** Everything in a store path, depth first, with the names of each directory in byte order: the order of a NAR. */
export function* inNarOrder({ open, entry }: Owner): Generator<OwnedEntry> {
  const { tree } = open.image
  const children = new Map<number, Entry[]>()
  // The subtree is one range of entries: it ends at the first entry whose parent lies outside.
  for (let index = entry.index + 1; index < tree.count; index += 1) {
    if (tree.parents[index]! < entry.index) break
    const below = tree.entry(index)
    const siblings = children.get(below.parent)
    if (siblings === undefined) children.set(below.parent, [below])
    else siblings.push(below)
  }
  const stack: OwnedEntry[] = [{ open, entry, path: '' }]
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    yield at
    const below = children.get(at.entry.index)
    if (below === undefined) continue
    // A squashfs has already sorted them.
    below.sort((a, b) => (a.name < b.name ? -1 : 1))
    const prefix = at.path === '' ? '' : `${at.path}/`
    for (let last = below.length - 1; last >= 0; last -= 1) {
      stack.push({ open, entry: below[last]!, path: prefix + below[last]!.name })
    }
  }
}
