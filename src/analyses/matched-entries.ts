import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { type FileTree, pathBuilder } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import { charge } from '../ledger/charge.ts'
import { costsIn, partOfFile } from '../ledger/costs-in.ts'
import { settle } from '../ledger/settle.ts'
import { isPackage } from '../owners/names.ts'
import { imagesBeside, ownersIn, treeOwners } from '../owners/owners-in.ts'
import { type PathMatcher, type PathProgress, united } from '../owners/path-glob.ts'

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
  const visit = (level: OpenImage, imagePath: ByteString, root: PathProgress, stored: number): void => {
    const { tree } = level.image
    const { ownerOf, isOwner, keyOf } = treeOwners(level, model)
    const pathOf = pathBuilder(tree, imagePath)
    const firstOfOwner = (index: number): number | undefined =>
      isOwner[ownerOf[index]!] === 1 ? ownerOf[index] : undefined
    const keyAt = (index: number): ByteString => keyOf(tree.entry(index))
    const { matched, progress } = matchEntries(tree, globs, root, firstOfOwner, keyAt)
    const fileOf = fileNumbers(tree, firstOfOwner)
    const counted = new Set(matched.map((index) => fileOf[index]!))
    const inner = imagesNotCounted(imagesBeside(level, model), fileOf, counted, progress)
    if (counted.size === 0 && inner.size === 0) return
    const own = bytesOfFiles(level, fileOf, stored)
    const listed = new Set<number>()
    for (const index of matched) {
      const file = fileOf[index]!
      if (listed.has(file)) continue
      listed.add(file)
      const first = firstOfOwner(index)
      const path = pathOf(index)
      const key = first === undefined ? undefined : keyAt(first)
      // The paths of a package begin at the root of its file system.
      const top = key !== undefined && isPackage(key) ? imagePath : first === undefined ? '' : pathOf(first)
      const inside = key === undefined ? {} : { owner: key, below: path.slice(top.length) }
      found.push({ path, own: own[file]!, ...inside })
    }
    for (const [file, { index, image, progress: at }] of inner) visit(image, pathOf(index), at, own[file]!)
  }
  const { root } = globs.inImage
  if (root.isMatch) return [{ path: '/', own: open.file.size }]
  visit(open, '', root, partOfFile(open).size)
  return found
}

/** The entries of an image that match, by their indexes, and the progress of the globs at each entry. */
function matchEntries(
  tree: FileTree,
  globs: EntryGlobs,
  root: PathProgress,
  firstOfOwner: (index: number) => number | undefined,
  keyAt: (index: number) => ByteString,
): { readonly matched: readonly number[]; readonly progress: readonly PathProgress[] } {
  const progress: PathProgress[] = [root]
  const inOwner: (PathProgress | undefined)[] = []
  const matched: number[] = []
  for (let index = 0; index < tree.count; index += 1) {
    const parent = tree.parents[index]!
    const name = tree.nameOf(index)
    const first = firstOfOwner(index)
    if (index > 0) progress[index] = globs.inImage.below(progress[parent]!, name)
    const above = inOwner[parent]
    if (first === index) inOwner[index] = globs.atOwner(keyAt(index))
    else if (above !== undefined) inOwner[index] = globs.inOwner.below(above, name)
    const isOwnerMatch = first !== undefined && inOwner[first]!.isMatch
    if (progress[index]!.isMatch || isOwnerMatch || inOwner[index]?.isMatch === true) matched.push(index)
  }
  return { matched, progress }
}

/** An image inside, the index of the first name of its file, and the progress of the globs at all names. */
interface InnerImage {
  readonly index: number
  readonly image: OpenImage
  readonly progress: PathProgress
}

/** The images inside, by file, except those that are counted as a whole. A glob may match an owner in any of them. */
function imagesNotCounted(
  images: ReadonlyMap<number, OpenImage>,
  fileOf: Uint32Array,
  counted: ReadonlySet<number>,
  progress: readonly PathProgress[],
): ReadonlyMap<number, InnerImage> {
  const inner = new Map<number, InnerImage>()
  for (const [index, image] of images) {
    const file = fileOf[index]!
    if (counted.has(file)) continue
    const known = inner.get(file)
    const at = progress[index]!
    if (known === undefined) inner.set(file, { index, image, progress: at })
    else inner.set(file, { ...known, progress: united(known.progress, at) })
  }
  return inner
}

/** The bytes of each file in the image file, split over files that share content. */
function bytesOfFiles(level: OpenImage, fileOf: Uint32Array, stored: number): ArrayLike<number> {
  const { image, reader } = level
  const map = new ExtentMap(image.source, image.tree.count)
  level.claimContent(map)
  level.claimStructures(map)
  return charge(settle(map, fileOf, image.tree.count, reader.limits, costsIn(level)), stored).own
}

/** For each entry, the first entry that is the same file in the same owner, or has none. */
function fileNumbers(tree: FileTree, firstOfOwner: (index: number) => number | undefined): Uint32Array {
  const numbers = new Uint32Array(tree.count)
  const first = new Map<number, Map<number, number>>()
  for (let index = 0; index < tree.count; index += 1) {
    const identity = tree.identities[index]!
    if (tree.typeOf(index) !== 'file') {
      numbers[index] = index
      continue
    }
    const place = firstOfOwner(index) ?? -1
    const places = first.get(identity) ?? new Map<number, number>()
    first.set(identity, places)
    const known = places.get(place)
    if (known === undefined) places.set(place, index)
    numbers[index] = known ?? index
  }
  return numbers
}
