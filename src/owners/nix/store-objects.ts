import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import type { Entry } from '../../../parsers/image.ts'
import type { OpenImage } from '../../images/open-image.ts'
import { findOwners } from './owners.ts'

/** A store path as it lies in an image: a directory, a file or a symlink with all that is below it. */
export interface StoreObject {
  /** Base name "hash-name". */
  readonly path: ByteString
  readonly open: OpenImage
  readonly entry: Entry
}

/** The outermost image and those inside it, each before those in its own files, in the order of their entries. */
export function imagesIn(open: OpenImage): readonly OpenImage[] {
  const found = new Set([open])
  // Those that are added while it goes on are visited too.
  for (const holder of found) {
    for (const entry of holder.image.tree.entries) {
      const nested = holder.inside(entry)
      if (nested !== undefined) found.add(nested)
    }
  }
  return [...found]
}

/**
 * The store paths of an image and of the images in it, by base name and in their order. One that is there twice, like
 * a kernel that lies in the ISO too, is taken from the squashfs: the ISO has of it only what the boot loader reads.
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

/** Everything in a store object, depth first, the names of each directory in byte order: the order of a NAR. */
export function* entriesOf({ open, entry }: StoreObject): Generator<ObjectEntry> {
  const { entries } = open.image.tree
  const children = new Map<number, Entry[]>()
  // The subtree is one range of entries: it ends with the first whose parent lies outside.
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
    // Sorted already in a squashfs.
    below.sort((a, b) => (a.name < b.name ? -1 : 1))
    const prefix = at.path === '' ? '' : `${at.path}/`
    for (let last = below.length - 1; last >= 0; last -= 1) {
      stack.push({ entry: below[last]!, path: prefix + below[last]!.name })
    }
  }
}

/** What is wrong with an entry of a store object, with the entry named. */
export function notReadInFull(
  { path: base }: StoreObject,
  path: ByteString,
  { code, detail, facts }: FormatError,
): FormatError {
  const inside = path === '' ? base : `${base}/${path}`
  return new FormatError(code, `${inside} cannot be read in full: ${detail}`, facts)
}
