import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { type Entry, type FileTree, hardLinksOf, pathBuilder, pathOf } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import { asFolder, childrenOf, type Resolved } from '../images/resolve-path.ts'
import { type FolderSum, folderSums } from '../ledger/folder-sums.ts'
import { storedSizes } from '../ledger/stored-sizes.ts'
import { type PlacedExtent, placedExtents } from './placed-extents.ts'

/** One line of a listing. Its slow parts are methods, because a list of names needs none of them. */
export class ListedEntry {
  /** Path in the outermost image. */
  readonly path: ByteString
  /** Its index in the tree of its image. */
  readonly index: number
  /** The path of the image inside that holds it; '' for the outermost image. */
  readonly imagePath: ByteString
  /** For a file that is an image: its format if the listing entered it, under this or another name. */
  readonly entered: string | undefined
  readonly #open: OpenImage

  constructor(path: ByteString, index: number, open: OpenImage, imagePath: ByteString, entered?: string) {
    this.path = path
    this.index = index
    this.imagePath = imagePath
    this.entered = entered
    this.#open = open
  }

  /** The image that holds it. */
  get open(): OpenImage {
    return this.#open
  }

  /** The entry itself. Each call makes it anew. */
  get entry(): Entry {
    return this.#open.image.tree.entry(this.index)
  }

  /** For a directory: the sums of all files below it. A file that is an image counts as a file. */
  below(): FolderSum | undefined {
    return this.#open.image.tree.typeOf(this.index) === 'directory' ? folderSums(this.#open)(this.index) : undefined
  }

  /**
   * The bytes of its content in the image file: its blocks, and its share of blocks that other files use too. Each name
   * of a hard-linked file gets an equal part, so that all names add up.
   */
  stored(): number {
    return storedSizes(this.#open).ofName(this.index)
  }

  /** The same for the whole file, however many names it has. */
  storedOfFile(): number {
    return storedSizes(this.#open).ofFile(this.index)
  }

  /** For a hard-linked file: all its names as indexes in its image, in tree order. All names have the same list. */
  links(): readonly number[] | undefined {
    const { tree } = this.#open.image
    return tree.typeOf(this.index) === 'directory' ? undefined : hardLinksOf(tree).get(tree.identities[this.index]!)
  }

  /** The path of one of `links()`. */
  pathOfLink(index: number): ByteString {
    const { tree } = this.#open.image
    return this.imagePath + pathOf(tree, { index })
  }

  /**
   * Where its content lies in the image file; undefined inside a compressed image, whose bytes the file does not
   * contain.
   * @throws {FormatError} if we cannot read the block list
   */
  extents(): readonly PlacedExtent[] | undefined {
    return placedExtents(this.#open, this.entry)
  }
}

/**
 * Lists the content of a path: the children of a directory or of an image inside, with everything below them if
 * `recursive`. For anything else it lists the path itself. The recursion enters an image inside an ISO, at the first of
 * its names. It does not enter one inside a squashfs, because we would have to decompress every file to find it.
 */
export function listing(at: Resolved, recursive: boolean): Iterable<ListedEntry> {
  const path = at.imagePath + pathOf(at.open.image.tree, at.entry)
  const folder = asFolder(at, path)
  if (folder === undefined) return [new ListedEntry(path, at.entry.index, at.open, at.imagePath)]
  const { open, entry, imagePath } = folder
  if (recursive) return below(open, entry.index, imagePath)
  const { image } = open
  return childrenOf(image, entry).map(
    (child) => new ListedEntry(imagePath + pathOf(image.tree, child), child.index, open, imagePath),
  )
}

/** A directory or an image inside that we are listing. */
interface Level {
  readonly open: OpenImage
  readonly tree: FileTree
  /** The index of the directory. */
  readonly top: number
  readonly imagePath: ByteString
  readonly pathIn: (index: number) => ByteString
  next: number
}

function levelOf(open: OpenImage, top: number, imagePath: ByteString): Level {
  const { tree } = open.image
  return { open, tree, top, imagePath, pathIn: pathBuilder(tree, imagePath), next: top + 1 }
}

/**
 * Everything below a directory, in tree order, which is depth first. One generator walks all images, because nested
 * generators take an additional step per entry at each level.
 */
function* below(open: OpenImage, top: number, imagePath: ByteString): Generator<ListedEntry> {
  const levels = [levelOf(open, top, imagePath)]
  const entered = new Set<OpenImage>()
  for (let level = levels[0]; level !== undefined; level = levels[levels.length - 1]) {
    const index = level.next
    // Depth first: the subtree ends at the first entry whose parent lies outside it.
    if (index === level.tree.count || level.tree.parents[index]! < level.top) {
      levels.pop()
      continue
    }
    level.next += 1
    const path = level.pathIn(index)
    const nested = level.open.inside(index)
    yield new ListedEntry(path, index, level.open, level.imagePath, nested?.image.format.name)
    if (nested === undefined || entered.has(nested)) continue
    entered.add(nested)
    levels.push(levelOf(nested, 0, path))
  }
}
