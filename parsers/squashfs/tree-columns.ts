import type { ByteString } from '../bytes/byte-string.ts'
import { grown } from '../bytes/grown.ts'
import { Uint32Column } from '../bytes/uint32-column.ts'
import { ColumnTree, EntryColumns, type EntryFacts } from '../entry-columns.ts'
import type { FileTree } from '../image.ts'
import { type DirectoryHeader, ENTRY_LENGTH } from './directory.ts'
import { type Inode, NONE } from './inode.ts'
import type { MetadataTable } from './metadata-table.ts'

/** The results of the walk over the directories. */
export interface SquashfsTree {
  readonly files: FileTree
  /** Bytes of each entry's inode in the unpacked inode table; 0 if we could not read it. */
  readonly inodeLengths: Uint32Array
  /** Number of each entry's attributes in the xattr id table, or NONE; empty if the image has no such table. */
  readonly xattrs: Uint32Array
  /** The fragment that holds the tail of each file, or NONE, and where the tail begins in it. */
  readonly fragments: Uint32Array
  readonly fragmentOffsets: Uint32Array
  /** The place of each entry's directory entry: block number in the directory table, offset in the unpacked block. */
  readonly nameBlocks: Uint32Array
  readonly nameOffsets: Uint16Array
  /** Bytes of each entry's name. */
  readonly nameLengths: Uint16Array
  /** Directory headers, 12 bytes each: the directory's entry, block number, offset. */
  readonly headerEntries: Uint32Array
  readonly headerBlocks: Uint32Array
  readonly headerOffsets: Uint32Array
}

/** Collects the results of the walk in columns. Half a million objects would take several times the memory. */
export class TreeColumns {
  readonly #entries: EntryColumns
  readonly #directories: MetadataTable
  readonly #hasXattrs: boolean
  #inodeLengths: Uint32Array
  #xattrs: Uint32Array
  #fragments: Uint32Array
  #fragmentOffsets: Uint32Array
  #nameBlocks: Uint32Array
  #nameOffsets: Uint16Array
  #nameLengths: Uint16Array
  readonly #headerEntries = new Uint32Column()
  readonly #headerBlocks = new Uint32Column()
  readonly #headerOffsets = new Uint32Column()

  /**
   * @param directories the directory table, which has the names
   * @param hasXattrs whether the image has a table of extended attributes
   * @param capacity how many entries the columns have room for, before they double
   */
  constructor(directories: MetadataTable, hasXattrs: boolean, capacity: number) {
    this.#entries = new EntryColumns(capacity)
    this.#directories = directories
    this.#hasXattrs = hasXattrs
    this.#inodeLengths = new Uint32Array(capacity)
    this.#xattrs = new Uint32Array(hasXattrs ? capacity : 0)
    this.#fragments = new Uint32Array(capacity)
    this.#fragmentOffsets = new Uint32Array(capacity)
    this.#nameBlocks = new Uint32Array(capacity)
    this.#nameOffsets = new Uint16Array(capacity)
    this.#nameLengths = new Uint16Array(capacity)
  }

  /** The number of entries so far. */
  get count(): number {
    return this.#entries.count
  }

  /**
   * Adds an entry and returns its index. Its name is '' until `addName`.
   * @param inode its inode; if we cannot read it, `facts` are all there is
   */
  add(
    parent: number,
    reference: number,
    facts: EntryFacts,
    uid: number,
    gid: number,
    inode: Inode | undefined,
  ): number {
    const index = this.#entries.add(parent, reference, facts, uid, gid)
    if (index === this.#nameBlocks.length) this.#grow(2 * index + 1)
    const file = inode?.file
    this.#inodeLengths[index] = inode?.length ?? 0
    if (this.#hasXattrs) this.#xattrs[index] = inode?.xattr ?? NONE
    this.#fragments[index] = file?.fragment ?? NONE
    this.#fragmentOffsets[index] = file?.fragmentOffset ?? 0
    return index
  }

  /** Adds the place of the latest entry's directory entry, and the length of its name. */
  addName(block: number, offset: number, length: number): void {
    const index = this.count - 1
    this.#nameBlocks[index] = block
    this.#nameOffsets[index] = offset
    this.#nameLengths[index] = length
  }

  #grow(capacity: number): void {
    this.#inodeLengths = grown(this.#inodeLengths, new Uint32Array(capacity))
    if (this.#hasXattrs) this.#xattrs = grown(this.#xattrs, new Uint32Array(capacity))
    this.#fragments = grown(this.#fragments, new Uint32Array(capacity))
    this.#fragmentOffsets = grown(this.#fragmentOffsets, new Uint32Array(capacity))
    this.#nameBlocks = grown(this.#nameBlocks, new Uint32Array(capacity))
    this.#nameOffsets = grown(this.#nameOffsets, new Uint16Array(capacity))
    this.#nameLengths = grown(this.#nameLengths, new Uint16Array(capacity))
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
    const { count } = this
    const nameBlocks = this.#nameBlocks.subarray(0, count)
    const nameOffsets = this.#nameOffsets.subarray(0, count)
    const nameLengths = this.#nameLengths.subarray(0, count)
    const directories = this.#directories
    return {
      files: new ColumnTree(this.#entries, (index) =>
        nameAt(directories, nameBlocks[index]!, nameOffsets[index]!, nameLengths[index]!),
      ),
      inodeLengths: this.#inodeLengths.subarray(0, count),
      xattrs: this.#xattrs.subarray(0, this.#hasXattrs ? count : 0),
      fragments: this.#fragments.subarray(0, count),
      fragmentOffsets: this.#fragmentOffsets.subarray(0, count),
      nameBlocks,
      nameOffsets,
      nameLengths,
      headerEntries: this.#headerEntries.view(),
      headerBlocks: this.#headerBlocks.view(),
      headerOffsets: this.#headerOffsets.view(),
    }
  }
}

/** The name in a directory entry. */
export function nameAt(directories: MetadataTable, block: number, offset: number, length: number): ByteString {
  return textAt(directories, block, offset + ENTRY_LENGTH, length)
}

/** The `length` bytes of a table at an offset, which counts from the start of a block and may lie in a later one. */
function textAt(table: MetadataTable, block: number, offset: number, length: number): ByteString {
  if (length === 0) return ''
  const blockText = table.text(block)
  const text = blockText.slice(offset, offset + length)
  if (text.length === length) return text
  return text + textAt(table, block + 1, Math.max(0, offset - blockText.length), length - text.length)
}
