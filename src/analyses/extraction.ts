import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { type Entry, pathBuilder, pathOf } from '../../parsers/image.ts'
import { pathOfPart } from '../images/image-parts.ts'
import type { OpenImage } from '../images/open-image.ts'
import { resolvePath } from '../images/resolve-path.ts'

/** An entry to extract, with everything below it if it is a directory. */
export interface Selected {
  /** The image that holds it. */
  readonly open: OpenImage
  readonly index: number
  /** The path of that image in the outermost one; '' for the outermost image. */
  readonly imagePath: ByteString
}

/** An entry to write. */
export interface Extracted {
  /** Its path below the directory that we extract to: '' for that directory itself, else "/a/b". */
  readonly path: ByteString
  readonly open: OpenImage
  readonly entry: Entry
  /** Whether it is only a directory on the way to what was selected. */
  readonly isOnTheWay: boolean
}

/** The entries of one image that we extract. */
interface Level {
  readonly open: OpenImage
  /** Its path below the directory that we extract to. */
  readonly folder: ByteString
  /** `SELECTED` for each entry to write, `ON_THE_WAY` for a directory above one, else 0. */
  readonly isTaken: Uint8Array
}

const ON_THE_WAY = 1
const SELECTED = 2

/** What to write for some entries of an image and of the images inside it. Each entry is written once. */
export class Extraction {
  readonly #outermost: OpenImage
  /** By the path of the image. An image comes after the one that holds it. */
  readonly #levels = new Map<ByteString, Level>()

  constructor(outermost: OpenImage) {
    this.#outermost = outermost
  }

  add({ open, index, imagePath }: Selected): void {
    const { tree } = open.image
    const { isTaken } = this.#levelOf(open, imagePath)
    if (isTaken[index] === SELECTED) return
    takeParents(open, isTaken, index)
    // Depth first: the subtree ends at the first entry whose parent lies outside it.
    for (let at = index; at < tree.count && (at === index || tree.parents[at]! >= index); at += 1) {
      isTaken[at] = SELECTED
    }
  }

  /** All entries to write, parents first. */
  *entries(): Generator<Extracted> {
    for (const { open, folder, isTaken } of this.#levels.values()) {
      const { tree } = open.image
      const pathIn = pathBuilder(tree, folder)
      for (let index = 0; index < tree.count; index += 1) {
        if (isTaken[index] === 0) continue
        const path = index === 0 ? folder : pathIn(index)
        yield { path, open, entry: tree.entry(index), isOnTheWay: isTaken[index] === ON_THE_WAY }
      }
    }
  }

  /** The content of all files together, in bytes; a file with several names counts once. */
  totalSize(): number {
    let total = 0
    for (const { open, isTaken } of this.#levels.values()) {
      const { tree } = open.image
      const counted = new Set<number>()
      for (let index = 0; index < tree.count; index += 1) {
        const identity = tree.identities[index]!
        if (isTaken[index] === 0 || tree.typeOf(index) !== 'file' || counted.has(identity)) continue
        counted.add(identity)
        total += tree.sizes[index]!
      }
    }
    return total
  }

  #levelOf(open: OpenImage, imagePath: ByteString): Level {
    const known = this.#levels.get(imagePath)
    if (known !== undefined) return known
    const level = { open, folder: this.#folderOf(open, imagePath), isTaken: new Uint8Array(open.image.tree.count) }
    level.isTaken[0] = ON_THE_WAY
    this.#levels.set(imagePath, level)
    return level
  }

  /** The path of an image inside below the directory that we extract to. The directories on the way to it are taken. */
  #folderOf({ outer }: OpenImage, imagePath: ByteString): ByteString {
    if (outer === undefined) return ''
    if ('part' in outer) {
      const path = pathOfPart(outer.part)
      const { folder } = this.#levelOf(outer.open, imagePath.slice(0, -path.length))
      // The name of a partition may have a slash.
      return `${folder}/${path.slice(1).replaceAll('/', '_')}`
    }
    // The image may have been opened under another name of the same file.
    const file = resolvePath(this.#outermost, imagePath)
    if ('missing' in file) throw new Error('an image lies at no path')
    const { folder, isTaken } = this.#levelOf(file.open, file.imagePath)
    takeParents(file.open, isTaken, file.entry.index)
    return folder + pathOf(file.open.image.tree, file.entry)
  }
}

function takeParents({ image: { tree } }: OpenImage, isTaken: Uint8Array, index: number): void {
  for (let at = index; at !== 0; ) {
    at = tree.parents[at]!
    if (isTaken[at] === 0) isTaken[at] = ON_THE_WAY
  }
}
