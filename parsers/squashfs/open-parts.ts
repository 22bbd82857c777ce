import { asFormatError } from '../bytes/errors.ts'
import { ABSENT } from '../bytes/fields.ts'
import type { Problems } from '../bytes/problems.ts'
import { checkRange, formatError } from '../bytes/source.ts'
import { readCompressorOptions } from './compressor-options.ts'
import { type LookupTable, lookupTable } from './lookup-table.ts'
import { type MetadataContext, MetadataTable } from './metadata-table.ts'
import type { SquashfsParts } from './parts.ts'
import { type LocatedSuperblock, type Superblock, superblock } from './superblock.ts'
import { readTree } from './tree.ts'
import { type SquashfsTree, TreeColumns } from './tree-columns.ts'
import { hasAllLists, type XattrTables } from './xattr.ts'

type TableStart = Extract<keyof Superblock, `${string}TableStart`>

/** Opens the tables of an image and reads its tree. It reports the parts that it cannot open, and leaves them out. */
export function openParts(context: MetadataContext, located: LocatedSuperblock, problems: Problems): SquashfsParts {
  const opener = new TableOpener(context, located, problems)
  const { source, limits } = context
  const { block, codec } = located
  const fragments = opener.lookup('fragment table', 'fragmentTableStart', block.fragments, 16)
  const exports =
    block.exportTableStart === ABSENT ? undefined : opener.lookup('export table', 'exportTableStart', block.inodes, 8)
  const ids = opener.lookup('id table', 'idTableStart', block.ids, 4)
  const xattrs = block.xattrIdTableStart === ABSENT ? undefined : opener.xattrs()
  // The directory table ends where the next table begins. Writers agree on the order of tables, not on which ones
  // exist.
  const later = [
    fragments.blocks?.start,
    exports?.blocks?.start,
    ids.blocks?.start,
    xattrs?.values.start,
    block.bytesUsed,
  ].filter((start) => start !== undefined && start >= block.directoryTableStart) as number[]
  const directoryEnd = Math.min(source.size, ...later)
  const inodeEnd = Math.min(block.directoryTableStart, source.size)
  const inodes = opener.metadata('inode table', 'inodeTableStart', inodeEnd)
  // If all directories of an image are empty, it has no directory table block at all.
  const directories =
    block.directoryTableStart === directoryEnd
      ? undefined
      : opener.metadata('directory table', 'directoryTableStart', directoryEnd)
  const options = opener.attempt(() => readCompressorOptions(source, located))
  const tables = {
    source,
    directories: directories ?? opener.noTable('directory table', block.directoryTableStart),
    ids,
    xattrIds: xattrs?.ids.count,
    blockSize: block.blockSize,
    rootInode: block.rootInode,
    inodeCount: block.inodes,
  }
  const tree =
    inodes === undefined ? emptyTree(tables.directories, block.rootInode) : readTree({ ...tables, inodes }, problems)
  return {
    source,
    limits,
    superblock: located,
    codec,
    options,
    inodes,
    directories,
    fragments,
    exports,
    ids,
    xattrs,
    tree,
  }
}

/** Opens tables and reports their problems. */
class TableOpener {
  readonly #context: MetadataContext
  readonly #located: LocatedSuperblock
  readonly #problems: Problems

  constructor(context: MetadataContext, located: LocatedSuperblock, problems: Problems) {
    this.#context = context
    this.#located = located
    this.#problems = problems
  }

  /** The result of `open`; undefined if it failed because of damage. */
  attempt<T>(open: () => T): T | undefined {
    try {
      return open()
    } catch (error) {
      this.#problems.damage(asFormatError(error))
      return undefined
    }
  }

  lookup(name: string, field: TableStart, count: number, entrySize: number): LookupTable {
    const open = (start: number, entries: number): LookupTable =>
      lookupTable(this.#context, name, start, entries, entrySize)
    const table = this.attempt(() => open(count === 0 ? 0 : this.#startOf(field), count))
    if (table?.damage !== undefined) this.#problems.damage(table.damage)
    if (table?.oddity !== undefined) this.#problems.note(table.oddity)
    return table ?? open(0, 0)
  }

  metadata(name: string, field: TableStart, end: number): MetadataTable | undefined {
    return this.attempt(() => {
      const table = new MetadataTable(this.#context, name, this.#startOf(field), end)
      // Blocks after the last one that the walk reached matter only if an inode or a name refers to them. We report it
      // then.
      if (table.damage?.code === 'MALFORMED') this.#problems.note(table.damage)
      else if (table.damage !== undefined) this.#problems.damage(table.damage)
      return table
    })
  }

  noTable(name: string, start: number): MetadataTable {
    const at = Math.min(start, this.#context.source.size)
    return new MetadataTable(this.#context, name, at, at)
  }

  xattrs(): XattrTables | undefined {
    const tables = this.attempt(() => openXattrs(this.#context, this.#startOf('xattrIdTableStart')))
    if (tables === undefined) return undefined
    const { ids, values } = tables
    if (ids.oddity !== undefined) this.#problems.note(ids.oddity)
    if (ids.damage !== undefined) this.#problems.damage(ids.damage)
    if (values.damage === undefined) return tables
    // Blocks after the last one that the walk reached matter only if a list of attributes should be there.
    if (hasAllLists(tables)) this.#problems.note(values.damage)
    else this.#problems.damage(values.damage)
    return tables
  }

  /** Where a table starts, according to the superblock. */
  #startOf(field: TableStart): number {
    const { source } = this.#context
    const { block, offset } = this.#located
    const start = block[field]
    const place = { structure: superblock.name, offset: offset + superblock.offsets[field], field }
    const found = start === ABSENT ? 'none' : start
    if (start < superblock.size || start >= source.size) {
      const expected = `from ${superblock.size} to below ${source.size}`
      const detail = 'a required table is outside the file'
      throw formatError('MALFORMED', detail, source, { ...place, found, expected })
    }
    if (start >= block.bytesUsed) {
      const facts = { ...place, found, expected: `below ${block.bytesUsed}` }
      this.#problems.note(formatError('MALFORMED', 'the table lies past the bytes used', source, facts))
    }
    return start
  }
}

function openXattrs(context: MetadataContext, start: number): XattrTables {
  const { source } = context
  checkRange(source, start, 16, 'xattr table')
  const header = source.read(start, 16)
  const view = new DataView(header.buffer, header.byteOffset, 16)
  const valuesStart = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32
  const ids = lookupTable(context, 'xattr table', start + 16, view.getUint32(8, true), 16, start)
  const values = new MetadataTable(context, 'xattr table', valuesStart, ids.blocks?.start ?? start)
  return { ids, values }
}

/** The tree of an image whose inode table we cannot open: an empty root. */
function emptyTree(directories: MetadataTable, rootInode: number): SquashfsTree {
  const columns = new TreeColumns(directories, false, 1)
  columns.add(0, rootInode, { type: 'directory', size: 0, mode: 0, mtime: 0 }, 0, 0, undefined)
  return columns.view()
}
