import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { type Entry, pathBuilder } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import { charge } from '../ledger/charge.ts'
import { settle } from '../ledger/settle.ts'
import { belongsToOwner, ownersIn, treeOwners } from '../owners/owners-in.ts'
import type { PathMatcher, PathProgress } from '../owners/path-glob.ts'
import { bytesOfImage } from './stored-sizes.ts'

/** What we match globs over paths against. */
export interface EntryGlobs {
  /** Globs over paths of the image, in which an image inside is a folder. */
  readonly inImage: PathMatcher
  /** Globs over full names of owners and paths below them, wherever the image holds them; and their progress at an owner. */
  readonly inOwner: PathMatcher
  readonly atOwner: (key: ByteString) => PathProgress
}

/** An entry that matches, by itself or because its directory does. */
export interface MatchedEntry {
  /** Path in the outermost image. */
  readonly path: ByteString
  /** Its share of the image file, split over files: the rows of a rule count each byte once. */
  readonly own: number
  /** For an entry in an owner: the key, and the path inside it, '' for the owner itself. */
  readonly owner?: ByteString
  readonly below?: ByteString
}

/**
 * All entries that globs match. Files that share content split it. Names of a hard-linked file count as one file,
 * unless they lie in several owners. An entry of a squashfs also gets its part of the inode and directory tables.
 * If an image inside matches as a whole, it is one row with all its tables.
 */
export function matchedEntries(open: OpenImage, globs: EntryGlobs): readonly MatchedEntry[] {
  const { model } = ownersIn(open)
  const found: MatchedEntry[] = []
  const visit = (level: OpenImage, imagePath: ByteString, root: PathProgress): void => {
    const { image, reader } = level
    const { entries } = image.tree
    const owners = treeOwners(level, model)
    const { ownerOf, isOwner, keyOf } = owners
    const pathOf = pathBuilder(image.tree, imagePath)
    const inImage: PathProgress[] = [root]
    const inOwner: (PathProgress | undefined)[] = []
    const firstOfOwner = (entry: Entry): Entry | undefined =>
      isOwner[ownerOf[entry.index]!] === 1 ? entries[ownerOf[entry.index]!] : undefined
    const matched: Entry[] = []
    const inner: { readonly entry: Entry; readonly open: OpenImage; readonly path: ByteString }[] = []
    for (const entry of entries) {
      const { index, parent, name } = entry
      const first = firstOfOwner(entry)
      if (index > 0) inImage[index] = globs.inImage.below(inImage[parent]!, name)
      const above = inOwner[parent]
      if (first === entry) inOwner[index] = globs.atOwner(keyOf(entry))
      else if (above !== undefined) inOwner[index] = globs.inOwner.below(above, name)
      const isOwnerMatch = first !== undefined && inOwner[first.index]!.isMatch
      if (inImage[index]!.isMatch || isOwnerMatch || inOwner[index]?.isMatch === true) matched.push(entry)
      else if (!belongsToOwner(level, owners, index)) {
        // A glob may match an owner in the image inside, wherever that is.
        const nested = level.inside(entry)
        if (nested !== undefined) inner.push({ entry, open: nested, path: pathOf(entry) })
      }
    }
    if (matched.length > 0) {
      const accountOf = fileNumbers(entries, firstOfOwner)
      const map = new ExtentMap(image.source, image.tree.entries.length)
      level.claimContent(map)
      level.claimStructures(map)
      const { own } = charge(settle(map, accountOf, entries.length, reader.limits), bytesOfImage(level))
      const counted = new Set<number>()
      for (const entry of matched) {
        const account = accountOf[entry.index]!
        if (counted.has(account)) continue
        counted.add(account)
        const first = firstOfOwner(entry)
        const path = pathOf(entry)
        const inside = first === undefined ? {} : { owner: keyOf(first), below: path.slice(pathOf(first).length) }
        found.push({ path, own: own[account]!, ...inside })
      }
    }
    for (const { entry, open: nested, path } of inner) visit(nested, path, inImage[entry.index]!)
  }
  const { root } = globs.inImage
  if (root.isMatch) return [{ path: '/', own: open.file.size }]
  visit(open, '', root)
  return found
}

/** For each entry, the first entry that is the same file in the same owner, or has none. */
function fileNumbers(entries: readonly Entry[], firstOfOwner: (entry: Entry) => Entry | undefined): Uint32Array {
  const numbers = new Uint32Array(entries.length)
  const first = new Map<number, Map<number, number>>()
  for (const entry of entries) {
    const { index, type, identity } = entry
    if (type !== 'file') {
      numbers[index] = index
      continue
    }
    const place = firstOfOwner(entry)?.index ?? -1
    const places = first.get(identity) ?? new Map<number, number>()
    first.set(identity, places)
    const known = places.get(place)
    if (known === undefined) places.set(place, index)
    numbers[index] = known ?? index
  }
  return numbers
}
