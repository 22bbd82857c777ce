import { Uint32Column } from '../bytes/uint32-column.ts'
import type { Entry } from '../image.ts'
import type { DirectoryEntry, DirectoryHeader } from './directory.ts'
import { type Inode, NONE } from './inode.ts'

/** The results of the walk over the directories. */
export interface SquashfsTree {
  readonly entries: readonly Entry[]
  /** Bytes of each entry's inode in the unpacked inode table; 0 if we could not read it. */
  readonly inodeLengths: Uint32Array
  /** Number of each entry's attributes in the xattr id table, or NONE; empty if the image has no such table. */
  readonly xattrs: Uint32Array
  /** The fragment that holds the tail of each file, or NONE, and where the tail begins in it. */
  readonly fragments: Uint32Array
  readonly fragmentOffsets: Uint32Array
  /** The place of each entry's directory entry: block number in the directory table, offset in the unpacked block. */
  readonly nameBlocks: Uint32Array
  readonly nameOffsets: Uint32Array
  /** Directory headers, 12 bytes each: the directory's entry, block number, offset. */
  readonly headerEntries: Uint32Array
  readonly headerBlocks: Uint32Array
  readonly headerOffsets: Uint32Array
}

/** Collects the results of the walk in columns. Half a million objects would take several times the memory. */
export class TreeColumns {
  readonly entries: Entry[] = []
  readonly #hasXattrs: boolean
  readonly #inodeLengths = new Uint32Column()
  readonly #xattrs = new Uint32Column()
  readonly #fragments = new Uint32Column()
  readonly #fragmentOffsets = new Uint32Column()
  readonly #nameBlocks = new Uint32Column()
  readonly #nameOffsets = new Uint32Column()
  readonly #headerEntries = new Uint32Column()
  readonly #headerBlocks = new Uint32Column()
  readonly #headerOffsets = new Uint32Column()

  /** @param hasXattrs whether the image has a table of extended attributes */
  constructor(hasXattrs: boolean) {
    this.#hasXattrs = hasXattrs
  }

  /** Adds an entry and its name. If we cannot read its inode, the name is all there is. */
  add(entry: Entry, inode: Inode | undefined, name: DirectoryEntry | undefined): void {
    this.entries.push(entry)
    this.#inodeLengths.push(inode?.length ?? 0)
    if (this.#hasXattrs) this.#xattrs.push(inode?.xattr ?? NONE)
    this.#fragments.push(inode?.file?.fragment ?? NONE)
    this.#fragmentOffsets.push(inode?.file?.fragmentOffset ?? 0)
    this.#nameBlocks.push(name?.block ?? 0)
    this.#nameOffsets.push(name?.offset ?? 0)
  }

  /**
   * Adds the headers of a directory's listing.
   * @param entry the index of the directory
   */
  addHeaders(entry: number, headers: readonly DirectoryHeader[]): void {
    for (let index = 0; index < headers.length; index += 1) {
      const { block, offset } = headers[index]!
      this.#headerEntries.push(entry)
      this.#headerBlocks.push(block)
      this.#headerOffsets.push(offset)
    }
  }

  view(): SquashfsTree {
    return {
      entries: this.entries,
      inodeLengths: this.#inodeLengths.view(),
      xattrs: this.#xattrs.view(),
      fragments: this.#fragments.view(),
      fragmentOffsets: this.#fragmentOffsets.view(),
      nameBlocks: this.#nameBlocks.view(),
      nameOffsets: this.#nameOffsets.view(),
      headerEntries: this.#headerEntries.view(),
      headerBlocks: this.#headerBlocks.view(),
      headerOffsets: this.#headerOffsets.view(),
    }
  }
}
