import { type OwnerSet, OwnerSets } from './owner-sets.ts'
import { PieceColumns, type Pieces } from './piece-columns.ts'
import type { ByteSource } from './source.ts'

/** What the claimed bytes are. A `block` holds pieces of several entries. */
export type ClaimKind = 'structure' | 'content' | 'block'

/** Claims in columns: claim i is [starts[i], ends[i]) of kinds[i]. The kind decides what `owners[i]` numbers. */
export interface Claims {
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  readonly kinds: readonly ClaimKind[]
  /** structure: index in `names`; content: a set of entries; block: index in `blocks`. */
  readonly owners: readonly number[]
}

/** A stored block that decompresses to pieces of several entries. */
export interface SharedBlock {
  /** Index in `ExtentMap.names` of the name for the part that no entry owns, such as "inode table". */
  readonly name: number
  /** The kind of that part. */
  readonly kind: Background['kind']
  /** Bytes that it decompresses to. If a piece ends later, the end of that piece counts. */
  readonly unpacked: number
}

/**
 * A range that names the bytes that nothing else claims. A `gap` does not name zeros, because zeros are padding
 * everywhere.
 */
export interface Background {
  readonly start: number
  readonly end: number
  readonly kind: 'structure' | 'unreadable' | 'gap'
  readonly name: string
  /**
   * True for a part of the image outside its tree, such as a boot image that no file holds. False for a table of the
   * format.
   */
  readonly ownRegion: boolean
}

/** Most entries of a squashfs have three pieces: the tail of a file, an inode, and a directory entry. */
const PIECES_PER_ENTRY = 3

/**
 * Records who claims which bytes of one source. Formats fill it, and `settle` turns it into an exact account. The map
 * clips claims to the source: bytes that a truncated file lost have no owner.
 */
export class ExtentMap {
  readonly source: ByteSource
  /**
   * Sets of entries that own bytes together, such as the names of a hard-linked file. A single entry is the set with
   * its index.
   */
  readonly owners: OwnerSets
  /** Structure names. The columns refer to them by index. */
  readonly names: string[] = []
  readonly blocks: SharedBlock[] = []
  readonly backgrounds: Background[] = []
  readonly #nameIndex = new Map<string, number>()
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  readonly #kinds: ClaimKind[] = []
  readonly #owners: number[] = []
  readonly #pieces: PieceColumns

  /** @param entryCount the number of entries that may claim bytes */
  constructor(source: ByteSource, entryCount = 0) {
    this.source = source
    this.owners = new OwnerSets(entryCount)
    this.#pieces = new PieceColumns(PIECES_PER_ENTRY * entryCount + 64)
  }

  /** Claims bytes for a structure of the format. If a structure claims one place twice, it counts once. */
  claimStructure(offset: number, length: number, name: string): void {
    this.#claim(offset, length, 'structure', this.#nameOf(name))
  }

  /** Claims bytes as content of a set of entries. Several sets may claim the same bytes and then share them. */
  claimContent(offset: number, length: number, owner: OwnerSet): void {
    this.#claim(offset, length, 'content', owner)
  }

  /**
   * Claims a block that holds pieces of several entries, and returns its number for `addPiece`.
   * @param unpacked bytes that it decompresses to; 0 if only its pieces say
   * @param name the name of the part that no piece covers
   */
  claimBlock(
    offset: number,
    length: number,
    unpacked: number,
    name: string,
    kind: Background['kind'] = 'structure',
  ): number {
    this.blocks.push({ name: this.#nameOf(name), kind, unpacked })
    this.#claim(offset, length, 'block', this.blocks.length - 1)
    return this.blocks.length - 1
  }

  /** Gives [start, start + length) of a block's unpacked bytes to a set of entries. */
  addPiece(block: number, start: number, length: number, owner: OwnerSet): void {
    if (length <= 0) return
    this.#pieces.add(block, start, length, owner)
  }

  /** Names bytes that nothing else claims. If two backgrounds overlap, the first one wins. */
  addBackground(offset: number, length: number, kind: Background['kind'], name: string): void {
    const [start, end] = this.#clip(offset, length)
    if (start < end) this.backgrounds.push({ start, end, kind, name, ownRegion: false })
  }

  /** Like `addBackground`, for a part of the image that reports list as a region of its own. */
  addRegion(offset: number, length: number, name: string): void {
    const [start, end] = this.#clip(offset, length)
    if (start < end) this.backgrounds.push({ start, end, kind: 'structure', name, ownRegion: true })
  }

  get claims(): Claims {
    return { starts: this.#starts, ends: this.#ends, kinds: this.#kinds, owners: this.#owners }
  }

  get pieces(): Pieces {
    return this.#pieces.view()
  }

  #claim(offset: number, length: number, kind: ClaimKind, owner: number): void {
    const [start, end] = this.#clip(offset, length)
    if (start >= end) return
    this.#starts.push(start)
    this.#ends.push(end)
    this.#kinds.push(kind)
    this.#owners.push(owner)
  }

  #clip(offset: number, length: number): [number, number] {
    return [Math.max(offset, 0), Math.min(offset + length, this.source.size)]
  }

  #nameOf(name: string): number {
    const known = this.#nameIndex.get(name)
    if (known !== undefined) return known
    this.names.push(name)
    this.#nameIndex.set(name, this.names.length - 1)
    return this.names.length - 1
  }
}
