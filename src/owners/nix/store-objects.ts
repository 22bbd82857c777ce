import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import type { Entry } from '../../../parsers/image.ts'
import type { OpenImage } from '../../images/open-image.ts'
import { findOwners } from './owners.ts'

/** A store path in an image: a directory, a file or a symlink, with everything below it. */
export interface StoreObject {
  /** Base name "hash-name". */
  readonly path: ByteString
  readonly open: OpenImage
  readonly entry: Entry
}

/** The outermost image and all images inside it. Each comes before the images in its own files, in entry order. */
export function imagesIn(open: OpenImage): readonly OpenImage[] {
  const found = new Set([open])
  // The loop visits those that it adds, too.
  for (const holder of found) {
    const { ownerOf, isStorePath } = findOwners(holder.image)
    const isDisc = holder.image.format.looksInside === 'files'
    for (const entry of holder.image.tree.entries) {
      // Except on a disc, an image in a store path belongs to it.
      if (!isDisc && isStorePath[ownerOf[entry.index]!] === 1) continue
      const nested = holder.inside(entry)
      if (nested !== undefined) found.add(nested)
    }
  }
  return [...found]
}

/**
 * The store paths of an image and of the images in it, in their order, by base name. If a path is there twice, we take
 * it from the squashfs. The ISO may hold a kernel too, but only the part of it that the boot loader reads.
 */
export function storeObjects(open: OpenImage): ReadonlyMap<ByteString, StoreObject> {
  const found = new Map<ByteString, StoreObject>()
  for (const holder of imagesIn(open)) {
    const { image } = holder
    const { isStorePath } = findOwners(image)
    for (const entry of image.tree.entries) {
      if (isStorePath[entry.index] === 0) continue
      const known = found.get(entry.name)
      if (known === undefined || known.open.image.format.looksInside === 'files') {
        found.set(entry.name, { path: entry.name, open: holder, entry })
      }
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** An entry of a store object, and its path inside: '' for the object itself. */
export interface ObjectEntry {
  readonly entry: Entry
  readonly path: ByteString
}

/** Everything in a store object, depth first, with the names of each directory in byte order: the order of a NAR. */
export function* entriesOf({ open, entry }: StoreObject): Generator<ObjectEntry> {
  const { entries } = open.image.tree
  const children = new Map<number, Entry[]>()
  // The subtree is one range of entries: it ends at the first entry whose parent lies outside.
  for (let index = entry.index + 1; index < entries.length; index += 1) {
    const below = entries[index]!
    if (below.parent < entry.index) break
    const siblings = children.get(below.parent)
    if (siblings === undefined) children.set(below.parent, [below])
    else siblings.push(below)
  }
  const stack: ObjectEntry[] = [{ entry, path: '' }]
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    yield at
    const below = children.get(at.entry.index)
    if (below === undefined) continue
    // A squashfs has already sorted them.
    below.sort((a, b) => (a.name < b.name ? -1 : 1))
    const prefix = at.path === '' ? '' : `${at.path}/`
    for (let last = below.length - 1; last >= 0; last -= 1) {
      stack.push({ entry: below[last]!, path: prefix + below[last]!.name })
    }
  }
}

/** A problem with an entry of a store object, with the entry's name. */
export function notReadInFull(
  { path: base }: StoreObject,
  path: ByteString,
  { code, detail, facts }: FormatError,
): FormatError {
  const inside = path === '' ? base : `${base}/${path}`
  return new FormatError(code, `${inside} cannot be read in full: ${detail}`, facts)
}
