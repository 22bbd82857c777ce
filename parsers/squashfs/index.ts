import { asFormatError } from '../bytes/errors.ts'
import { ABSENT } from '../bytes/fields.ts'
import { DEFAULT_LIMITS, type Limits } from '../bytes/limits.ts'
import { Problems } from '../bytes/problems.ts'
import { type ByteSource, checkRange, formatError } from '../bytes/source.ts'
import type { Decompressors } from '../codecs/codec.ts'
import type { Entry, FormatTraits, Image, StoredRun, Xattr } from '../image.ts'
import { readCompressorOptions } from './compressor-options.ts'
import { claimContent, claimStructures } from './extents.ts'
import { type BlockBudget, fileExtents } from './file-extents.ts'
import { fileRuns, readFragment, tailRun } from './file-runs.ts'
import { NONE, readInode, seekInode } from './inode.ts'
import { type LookupTable, lookupTable } from './lookup-table.ts'
import { type MetadataContext, MetadataCursor, MetadataTable } from './metadata-table.ts'
import type { SquashfsParts } from './parts.ts'
import { type LocatedSuperblock, readSuperblock, type Superblock, superblock } from './superblock.ts'
import { readTree, type SquashfsTree } from './tree.ts'
import { hasAllLists, readXattrs, type XattrTables } from './xattr.ts'

export type { Xattr } from '../image.ts'
export { AFTER_IMAGE } from './extents.ts'
export { isPlausible, startsLikeSquashfs, tableRanges } from './superblock.ts'

/** What is true of squashfs images. */
export const SQUASHFS: FormatTraits = {
  name: 'squashfs',
  title: 'squashfs',
  noun: 'a squashfs',
  looksInside: 'on demand',
  sharesBytes: false,
}

export interface SquashfsImage extends Image {
  xattrSet(entry: Entry): number | undefined
  xattrs(entry: Entry): readonly Xattr[]
}

/**
 * Opens a squashfs 4.0. What is damaged behind the superblock is told in `warnings` and left out.
 * @throws {FormatError} when it is no squashfs 4.0: UNSUPPORTED, MALFORMED or TRUNCATED superblock
 */
export function openSquashfs(
  source: ByteSource,
  decompressors: Decompressors,
  limits: Limits = DEFAULT_LIMITS,
): SquashfsImage {
  const located = readSuperblock(source)
  const problems = new Problems(source)
  if (located.block.bytesUsed > source.size) {
    problems.explain(
      formatError('TRUNCATED', 'the file ends before the squashfs does, whose tables stand at its end', source, {
        structure: 'superblock',
        offset: 40,
        field: 'bytesUsed',
        found: source.size,
        expected: located.block.bytesUsed,
        wholeSize: located.block.bytesUsed,
      }),
    )
  }
  const parts = openParts({ source, decompress: decompressors[located.codec], limits }, located, problems)
  const { block } = located
  const opened = problems.found()
  const blocksToList: BlockBudget = { left: limits.blocks }
  return {
    format: SQUASHFS,
    source,
    tree: parts.tree,
    facts: {
      version: `${block.major}.${block.minor}`,
      compressor: located.compressor,
      ...(parts.options === undefined || parts.options.text === '' ? {} : { compressorOptions: parts.options.text }),
      blockSize: block.blockSize,
      inodes: block.inodes,
      fragments: block.fragments,
      ids: block.ids,
      bytesUsed: block.bytesUsed,
      mkfsTime: block.mkfsTime,
    },
    ...opened,
    runs: (entry) => runsOf(parts, entry),
    extents: (entry) => fileExtents(source, runsOf(parts, entry), blocksToList, limits),
    xattrSet: (entry) => xattrSetOf(parts, entry),
    xattrs: (entry) => xattrsOf(parts, entry),
    claimContent(map) {
      const all = new Problems(source, problems)
      claimContent(parts, map, all)
      return all.found()
    },
    claimStructures: (map, complete) => claimStructures(parts, map, complete),
  }
}

type TableStart = Extract<keyof Superblock, `${string}TableStart`>

function openParts(context: MetadataContext, located: LocatedSuperblock, problems: Problems): SquashfsParts {
  const { source, limits } = context
  const { block, codec } = located
  /** The part, or undefined where it is too damaged to open. */
  const attempt = <T>(open: () => T): T | undefined => {
    try {
      return open()
    } catch (error) {
      problems.damage(asFormatError(error))
      return undefined
    }
  }
  /** Where a table starts by the superblock. */
  const startOf = (field: TableStart): number => {
    const start = block[field]
    const place = { structure: superblock.name, offset: located.offset + superblock.offsets[field], field }
    const found = start === ABSENT ? 'none' : start
    if (start < superblock.size || start >= source.size) {
      const expected = `from ${superblock.size} to below ${source.size}`
      throw formatError('MALFORMED', 'a table that is needed does not lie in the file', source, {
        ...place,
        found,
        expected,
      })
    }
    if (start >= block.bytesUsed) {
      const expected = `below ${block.bytesUsed}`
      problems.note(
        formatError('MALFORMED', 'the table lies behind the bytes used', source, { ...place, found, expected }),
      )
    }
    return start
  }
  const lookup = (name: string, field: TableStart, count: number, entrySize: number): LookupTable => {
    const table = attempt(() => lookupTable(context, name, count === 0 ? 0 : startOf(field), count, entrySize))
    if (table?.damage !== undefined) problems.damage(table.damage)
    if (table?.oddity !== undefined) problems.note(table.oddity)
    return table ?? lookupTable(context, name, 0, 0, entrySize)
  }
  const noTable = (name: string, start: number): MetadataTable => {
    const at = Math.min(start, source.size)
    return new MetadataTable(context, name, at, at)
  }
  const fragments = lookup('fragment table', 'fragmentTableStart', block.fragments, 16)
  const exports =
    block.exportTableStart === ABSENT ? undefined : lookup('export table', 'exportTableStart', block.inodes, 8)
  const ids = lookup('id table', 'idTableStart', block.ids, 4)
  const xattrs =
    block.xattrIdTableStart === ABSENT ? undefined : attempt(() => openXattrs(context, startOf('xattrIdTableStart')))
  if (xattrs?.ids.oddity !== undefined) problems.note(xattrs.ids.oddity)
  if (xattrs?.ids.damage !== undefined) problems.damage(xattrs.ids.damage)
  if (xattrs?.values.damage !== undefined) {
    // What follows the last block that can be walked to is missed only where a list of attributes is said to be there.
    if (hasAllLists(xattrs)) problems.note(xattrs.values.damage)
    else problems.damage(xattrs.values.damage)
  }

  // The directory table ends where the next table's first block stands: writers agree on the order, not on which exist.
  const later = [
    fragments.blocks?.start,
    exports?.blocks?.start,
    ids.blocks?.start,
    xattrs?.values.start,
    block.bytesUsed,
  ]
  const directoryEnd = Math.min(
    source.size,
    ...(later.filter((start) => start !== undefined && start >= block.directoryTableStart) as number[]),
  )
  const metadata = (name: string, field: TableStart, end: number): MetadataTable | undefined =>
    attempt(() => {
      const table = new MetadataTable(context, name, startOf(field), end)
      // What follows the last block that can be walked to is missed where an inode or a name refers to it: told then.
      if (table.damage?.code === 'MALFORMED') problems.note(table.damage)
      else if (table.damage !== undefined) problems.damage(table.damage)
      return table
    })
  const inodes = metadata('inode table', 'inodeTableStart', Math.min(block.directoryTableStart, source.size))
  // An image whose directories are all empty has no directory table block at all.
  const directories =
    block.directoryTableStart === directoryEnd
      ? undefined
      : metadata('directory table', 'directoryTableStart', directoryEnd)
  const options = attempt(() => readCompressorOptions(source, located))
  const tree =
    inodes === undefined
      ? emptyTree(block.rootInode)
      : readTree(
          {
            source,
            inodes,
            directories: directories ?? noTable('directory table', block.directoryTableStart),
            ids,
            xattrIds: xattrs?.ids.count,
            blockSize: block.blockSize,
            rootInode: block.rootInode,
          },
          problems,
        )
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

/** The tree of an image whose inode table cannot be opened: a root and nothing in it. */
function emptyTree(rootInode: number): SquashfsTree {
  const none = new Uint32Array(0)
  const root: Entry = {
    index: 0,
    parent: 0,
    name: '',
    type: 'directory',
    size: 0,
    mode: 0,
    uid: 0,
    gid: 0,
    mtime: 0,
    identity: rootInode,
  }
  const one = new Uint32Array(1)
  return {
    entries: [root],
    inodeLengths: one,
    xattrs: none,
    fragments: Uint32Array.of(NONE),
    fragmentOffsets: one,
    nameBlocks: one,
    nameOffsets: one,
    nameLengths: one,
    headerEntries: none,
    headerBlocks: none,
    headerOffsets: none,
  }
}

function runsOf(parts: SquashfsParts, entry: Entry): Iterable<StoredRun> {
  const { tree, source, fragments, codec } = parts
  const { blockSize } = parts.superblock.block
  const number = tree.fragments[entry.index]!
  const skip = tree.fragmentOffsets[entry.index]!
  // Most files are nothing but a tail: what the walk noted of them saves reading their inodes again.
  if (number < fragments.count && entry.size > 0 && entry.size < blockSize && skip + entry.size <= blockSize) {
    return [tailRun(readFragment(source, fragments, number, blockSize, codec), skip, entry.size, blockSize)]
  }
  return runsOfInode(parts, entry)
}

function* runsOfInode(
  { inodes, superblock, source, fragments, codec }: SquashfsParts,
  entry: Entry,
): Generator<StoredRun> {
  if (inodes === undefined) return
  const { blockSize } = superblock.block
  const cursor = seekInode(new MetadataCursor(inodes), entry.identity)
  yield* fileRuns(source, readInode(cursor, blockSize), cursor, fragments, blockSize, codec)
}

function xattrSetOf({ tree, xattrs }: SquashfsParts, entry: Entry): number | undefined {
  const set = tree.xattrs[entry.index] ?? NONE
  return set === NONE || xattrs === undefined ? undefined : set
}

function xattrsOf(parts: SquashfsParts, entry: Entry): readonly Xattr[] {
  const set = xattrSetOf(parts, entry)
  return set === undefined ? [] : readXattrs(parts.xattrs!, set)
}
