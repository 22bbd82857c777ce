import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { ExtentMap } from '../../parsers/bytes/extents.ts'
import { type Entry, type Image, pathBuilder, pathOf } from '../../parsers/image.ts'
import type { OpenImage } from '../image/open-image.ts'
import { asFolder, childrenOf, type Resolved } from '../image/resolve-path.ts'
import { settle } from '../store/size-ledger.ts'

/** One line of a listing. */
export interface ListedEntry {
  /** Path in the outermost image. */
  readonly path: ByteString
  readonly entry: Entry
  /**
   * Bytes its content takes in the image file: its blocks, and its share of those it has in common with other files.
   * A function, for a list of names needs no sizes.
   */
  readonly stored: () => number
}

/**
 * Lists what a path holds: the children of a directory or of an image inside, with everything below them when
 * `recursive`; of anything else, itself. Recursion enters an image inside an ISO; one inside a squashfs, which to find
 * would mean decompressing every file, is entered only by its path.
 */
export function* listing(at: Resolved, recursive: boolean): Generator<ListedEntry> {
  const path = at.imagePath + pathOf(at.open.image.tree, at.entry)
  const folder = asFolder(at, path)
  const of = folder ?? at
  const storedOf = storedSizes(of.open.image)
  if (folder === undefined) {
    yield { path, entry: at.entry, stored: () => storedOf(at.entry) }
  } else if (recursive) {
    yield* below(folder.open, folder.entry, folder.imagePath)
  } else {
    const { image } = folder.open
    for (const entry of childrenOf(image, folder.entry)) {
      yield { path: folder.imagePath + pathOf(image.tree, entry), entry, stored: () => storedOf(entry) }
    }
  }
}

/** Everything below a directory, in tree order, which is depth first. */
function* below(open: OpenImage, top: Entry, imagePath: ByteString): Generator<ListedEntry> {
  const { image } = open
  const { entries } = image.tree
  const storedOf = storedSizes(image)
  const pathIn = pathBuilder(image.tree)
  // Depth first: the subtree ends with the first entry whose parent lies outside it.
  for (let index = top.index + 1; index < entries.length; index += 1) {
    const entry = entries[index]!
    if (entry.parent < top.index) break
    const path = imagePath + pathIn(entry)
    yield { path, entry, stored: () => storedOf(entry) }
    const nested = image.format === 'iso9660' ? open.nested(entry) : undefined
    if (nested !== undefined) yield* below(nested, nested.image.tree.entries[0]!, path)
  }
}

/** Bytes each entry's content takes, worked out when first asked for, since every file has a say in it. */
function storedSizes(image: Image): (entry: Entry) => number {
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
      ).own
    }
    return own[entry.index]!
  }
}
