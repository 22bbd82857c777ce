import { quoted } from '../bytes/byte-string.ts'
import { asFormatError, FormatError } from '../bytes/errors.ts'
import { atLimit } from '../bytes/limits.ts'
import type { Problems } from '../bytes/problems.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { Uint32Column } from '../bytes/uint32-column.ts'
import type { Entry } from '../image.ts'
import { type DirectoryEntry, readListing } from './directory.ts'
import { createInode, type DirectoryInode, entryTypeOf, type Inode, NONE, readInode } from './inode.ts'
import type { LookupTable } from './lookup-table.ts'
import { METADATA_SIZE, MetadataCursor, type MetadataTable } from './metadata-table.ts'

/** Targets and directory indexes up to this are read without being counted. */
const SHORT = 64
/** Oddities of one kind that are told. */
const MAX_TOLD = 100

/** Everything the walk over the directories finds. */
export interface SquashfsTree {
  readonly entries: readonly Entry[]
  /** Bytes each entry's inode takes in the unpacked inode table; 0 where it could not be read. */
  readonly inodeLengths: Uint32Array
  /** Number of each entry's attributes in the xattr id table, or NONE; empty where the image has no such table. */
  readonly xattrs: Uint32Array
  /** The fragment that holds the tail of each file, or NONE, and where in it the tail begins. */
  readonly fragments: Uint32Array
  readonly fragmentOffsets: Uint32Array
  /** Where each entry's name stands: block number in the directory table, offset in the unpacked block, length. */
  readonly nameBlocks: Uint32Array
  readonly nameOffsets: Uint32Array
  readonly nameLengths: Uint32Array
  /** Directory headers, 12 bytes each: the directory's entry, block number, offset. */
  readonly headerEntries: Uint32Array
  readonly headerBlocks: Uint32Array
  readonly headerOffsets: Uint32Array
}

/** What the walk needs of an image. */
export interface TreeTables {
  readonly source: ByteSource
  readonly inodes: MetadataTable
  readonly directories: MetadataTable
  readonly ids: LookupTable
  /** Sets of extended attributes there are; undefined where the image has no table of them. */
  readonly xattrIds: number | undefined
  readonly blockSize: number
  readonly rootInode: number
}

/** A directory whose children are being visited. */
interface Level {
  readonly entry: number
  /** Bytes of its path. */
  readonly pathLength: number
  readonly children: readonly DirectoryEntry[]
  next: number
}

/** Walks the directories from the root, depth first, without recursion. What is damaged is told and passed over. */
export function readTree(tables: TreeTables, problems: Problems): SquashfsTree {
  const { source, inodes, directories, blockSize } = tables
  const { limits } = inodes
  const entries: Entry[] = []
  const inodeLengths = new Uint32Column()
  const xattrs = new Uint32Column()
  const fragments = new Uint32Column()
  const fragmentOffsets = new Uint32Column()
  const nameBlocks = new Uint32Column()
  const nameOffsets = new Uint32Column()
  const nameLengths = new Uint32Column()
  const headerEntries = new Uint32Column()
  const headerBlocks = new Uint32Column()
  const headerOffsets = new Uint32Column()
  const inodeCursor = new MetadataCursor(inodes)
  const directoryCursor = new MetadataCursor(directories)
  const visitedDirectories = new Set<number>()
  let damaged = 0
  const damage = (problem: FormatError): void => {
    damaged += 1
    problems.damage(problem)
  }
  const repetitions = new Map<string, { readonly first: FormatError; more: number }>()
  /** An oddity that a writer with a fault puts in each of thousands: the first is told, and how many more there are. */
  const repeated = (problem: FormatError): void => {
    const known = repetitions.get(problem.detail)
    if (known === undefined) repetitions.set(problem.detail, { first: problem, more: 0 })
    else known.more += 1
  }
  const idOf = idReader(tables.ids, damage)
  // A long inode with many names is read once; and as inodes do not overlap, what is read fits the table.
  const longInodes = new Map<number, Inode>()
  let room = inodes.positions.length * METADATA_SIZE * 2
  /** The inode last read; what is kept of it goes into the entry. */
  let draft = createInode()
  const inodeAt = (block: number, offset: number): Inode => {
    const known = longInodes.size === 0 ? undefined : longInodes.get(referenceOf(block, offset))
    if (known !== undefined) return known
    const inode = readInode(inodeCursor.seek(block, offset), blockSize, Math.max(room, SHORT), draft)
    const long = inode.file === undefined && inode.scanned > SHORT
    if (long) room -= inode.scanned
    if (long && inode.linkCount > 1) {
      longInodes.set(referenceOf(block, offset), inode)
      draft = createInode()
    }
    return inode
  }
  // Listings do not overlap either: an entry takes 9 bytes or more.
  const mostNames = Math.min(limits.entries, (directories.positions.length * METADATA_SIZE * 2) / 9)
  let mismatches = 0
  let names = 0
  let pathBytes = 0

  const add = (block: number, offset: number, parent: number, name: DirectoryEntry | undefined): Inode | undefined => {
    let inode: Inode | undefined
    try {
      inode = inodeAt(block, offset)
      if (inode.oddity !== undefined) repeated(inode.oddity)
      if (inode.xattr !== NONE && tables.xattrIds !== undefined && inode.xattr >= tables.xattrIds) {
        damage(
          inodes.errorIn(inodeCursor.index, `inode ${inode.number}`, 'it has attributes that are not in the table', {
            field: 'xattr',
            found: inode.xattr,
            expected: `below ${tables.xattrIds}`,
          }),
        )
      }
      if (name !== undefined && entryTypeOf(name.type) !== inode.type && mismatches < MAX_TOLD) {
        mismatches += 1
        problems.note(
          directories.errorIn(name.block, `directory entry ${quoted(name.name)}`, 'its type is not its inode’s', {
            field: 'type',
            found: entryTypeOf(name.type) ?? name.type,
            expected: inode.type,
          }),
        )
      }
    } catch (error) {
      damage(asFormatError(error))
    }
    const entry: { -readonly [K in keyof Entry]: Entry[K] } = {
      index: entries.length,
      parent,
      name: name?.name ?? '',
      // Whatever its inode says, the root is what all paths begin at.
      type: name === undefined ? 'directory' : (inode?.type ?? entryTypeOf(name.type) ?? 'file'),
      size: inode?.size ?? 0,
      mode: inode?.mode ?? 0,
      uid: inode === undefined ? 0 : idOf(inode.uidIndex),
      gid: inode === undefined ? 0 : idOf(inode.gidIndex),
      mtime: inode?.mtime ?? 0,
      identity: referenceOf(block, offset),
    }
    if (inode?.target !== undefined) entry.target = inode.target
    if (inode?.device !== undefined) entry.device = inode.device
    entries.push(entry)
    inodeLengths.push(inode?.length ?? 0)
    if (tables.xattrIds !== undefined) xattrs.push(inode?.xattr ?? NONE)
    fragments.push(inode?.file?.fragment ?? NONE)
    fragmentOffsets.push(inode?.file?.fragmentOffset ?? 0)
    nameBlocks.push(name?.block ?? 0)
    nameOffsets.push(name?.offset ?? 0)
    nameLengths.push(name?.length ?? 0)
    return inode
  }

  const open = (
    entry: number,
    inode: Inode,
    directory: DirectoryInode,
    reference: number,
    depth: number,
    pathLength: number,
  ): Level | undefined => {
    if (visitedDirectories.has(reference) || depth >= limits.depth) {
      const isDeep = depth >= limits.depth
      damage(
        formatError(
          isDeep ? 'LIMIT' : 'MALFORMED',
          isDeep
            ? `directories nest deeper than ${limits.depth}; this one is not entered`
            : 'a directory is reached twice; it is entered once',
          source,
          {
            structure: `inode ${inode.number} (directory)`,
            offset: inodes.start + Math.floor(reference / 0x10000),
            ...(isDeep ? atLimit(limits, 'depth') : {}),
          },
        ),
      )
      return undefined
    }
    visitedDirectories.add(reference)
    const listing = readListing(directoryCursor, directory, mostNames - names)
    names += listing.names
    listing.damage.forEach(damage)
    listing.oddities.forEach(repeated)
    for (const header of listing.headers) {
      headerEntries.push(entry)
      headerBlocks.push(header.block)
      headerOffsets.push(header.offset)
    }
    return { entry, pathLength, children: listing.entries, next: 0 }
  }

  const rootBlock = Math.floor(tables.rootInode / 0x10000)
  const root = add(rootBlock, tables.rootInode - rootBlock * 0x10000, 0, undefined)
  const stack: Level[] = []
  if (root !== undefined) {
    const level = root.directory === undefined ? undefined : open(0, root, root.directory, tables.rootInode, 0, 0)
    if (level === undefined) {
      damage(
        formatError('MALFORMED', 'the root inode is not a directory', source, {
          structure: 'superblock',
          offset: 32,
          field: 'rootInode',
          found: root.type,
        }),
      )
    } else stack.push(level)
  }
  while (stack.length > 0) {
    const level = stack[stack.length - 1]!
    const child = level.children[level.next]
    if (child === undefined) {
      stack.pop()
      continue
    }
    const pathLength = level.pathLength + 1 + child.name.length
    pathBytes += pathLength
    if (pathBytes > limits.path || damaged > limits.damage) {
      const isDamaged = damaged > limits.damage
      const detail = isDamaged ? 'too much of it is damaged' : 'its paths are longer than any image’s'
      damage(
        formatError('LIMIT', `${detail}; the rest is left out`, source, {
          structure: 'directory table',
          offset: directories.start,
          ...atLimit(limits, isDamaged ? 'damage' : 'path'),
        }),
      )
      break
    }
    level.next += 1
    const index = entries.length
    const inode = add(child.inodeBlock, child.inodeOffset, level.entry, child)
    if (inode?.directory === undefined) continue
    const below = open(index, inode, inode.directory, entries[index]!.identity, stack.length, pathLength)
    if (below !== undefined) stack.push(below)
  }
  for (const { first, more } of repetitions.values()) {
    const { code, detail, facts } = first
    problems.note(more === 0 ? first : new FormatError(code, `${detail}; ${more} more are so`, facts))
  }
  return {
    entries,
    inodeLengths: inodeLengths.view(),
    xattrs: xattrs.view(),
    fragments: fragments.view(),
    fragmentOffsets: fragmentOffsets.view(),
    nameBlocks: nameBlocks.view(),
    nameOffsets: nameOffsets.view(),
    nameLengths: nameLengths.view(),
    headerEntries: headerEntries.view(),
    headerBlocks: headerBlocks.view(),
    headerOffsets: headerOffsets.view(),
  }
}

/**
 * An inode reference: position of the block times 2^16, plus offset. A division, for V8 takes a product of small
 * integers for another one, and has to compile the walk again at the first that is not.
 */
function referenceOf(block: number, offset: number): number {
  return block / 2 ** -16 + offset
}

/** User and group numbers by their index, each looked up once. */
function idReader(ids: LookupTable, damage: (problem: FormatError) => void): (index: number) => number {
  const known = new Map<number, number>()
  return (index) => {
    const seen = known.get(index)
    if (seen !== undefined) return seen
    let id = 0
    try {
      id = ids.entry(index).getUint32(0, true)
    } catch (error) {
      damage(asFormatError(error))
    }
    known.set(index, id)
    return id
  }
}
