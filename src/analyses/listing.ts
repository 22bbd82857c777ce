import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { type Entry, pathBuilder, pathOf } from '../../parsers/image.ts'
import type { OpenImage } from '../image/open-image.ts'
import { asFolder, childrenOf, type Resolved } from '../image/resolve-path.ts'
import { settle } from '../store/size-ledger.ts'

/** One line of a listing. */
export class ListedEntry {
  /** Path in the outermost image. */
  readonly path: ByteString
  readonly entry: Entry
  readonly #storedOf: (entry: Entry) => number

  constructor(path: ByteString, entry: Entry, storedOf: (entry: Entry) => number) {
    this.path = path
    this.entry = entry
    this.#storedOf = storedOf
  }

  /**
   * Bytes its content takes in the image file: its blocks, and its share of those it has in common with other files.
   * A method, for a list of names needs no sizes.
   */
  stored(): number {
    return this.#storedOf(this.entry)
  }
}

/**
 * Lists what a path holds: the children of a directory or of an image inside, with everything below them when
 * `recursive`; of anything else, itself. Recursion enters an image inside an ISO; one inside a squashfs, which to find
 * would mean decompressing every file, is entered only by its path.
 */
export function listing(at: Resolved, recursive: boolean): Iterable<ListedEntry> {
  const path = at.imagePath + pathOf(at.open.image.tree, at.entry)
  const folder = asFolder(at, path)
  if (folder === undefined) return [new ListedEntry(path, at.entry, storedSizes(at.open))]
  const { open, entry, imagePath } = folder
  if (recursive) return below(open, entry, imagePath)
  const { image } = open
  const storedOf = storedSizes(folder.open)
  return childrenOf(image, entry).map(
    (child) => new ListedEntry(imagePath + pathOf(image.tree, child), child, storedOf),
  )
}

/** A directory, or an image inside, that is being listed. */
interface Level {
  readonly open: OpenImage
  readonly entries: readonly Entry[]
  /** Index of the directory in `entries`. */
  readonly top: number
  readonly pathIn: (entry: Entry) => ByteString
  readonly storedOf: (entry: Entry) => number
  next: number
}

function levelOf(open: OpenImage, top: Entry, imagePath: ByteString): Level {
  const { image } = open
  return {
    open,
    entries: image.tree.entries,
    top: top.index,
    pathIn: pathBuilder(image.tree, imagePath),
    storedOf: storedSizes(open),
    next: top.index + 1,
  }
}

/**
 * Everything below a directory, in tree order, which is depth first. One generator for all images, for to hand on what
 * another yields takes a step for each entry.
 */
function* below(open: OpenImage, top: Entry, imagePath: ByteString): Generator<ListedEntry> {
  const levels = [levelOf(open, top, imagePath)]
  for (let level = levels[0]; level !== undefined; level = levels[levels.length - 1]) {
    const entry = level.entries[level.next]
    // Depth first: the subtree ends with the first entry whose parent lies outside it.
    if (entry === undefined || entry.parent < level.top) {
      levels.pop()
      continue
    }
    level.next += 1
    const path = level.pathIn(entry)
    yield new ListedEntry(path, entry, level.storedOf)
    const nested = level.open.image.format === 'iso9660' ? level.open.nested(entry) : undefined
    if (nested !== undefined) levels.push(levelOf(nested, nested.image.tree.entries[0]!, path))
  }
}

/** Bytes each entry's content takes, worked out when first asked for, since every file has a say in it. */
function storedSizes({ image, reader }: OpenImage): (entry: Entry) => number {
  let own: Float64Array | undefined
  return (entry) => {
    if (own === undefined) {
      const map = new ExtentMap(image.source)
      image.claimContent(map)
      map.addBackground(0, image.source.size, 'structure', 'all but content')
      own = settle(
        map,
        image.tree.entries.map((e) => e.index),
        image.tree.entries.length,
        reader.limits,
      ).own
    }
    return own[entry.index]!
  }
}
