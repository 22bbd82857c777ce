import { quoted } from '../bytes/byte-string.ts'
import { asFormatError, FormatError } from '../bytes/errors.ts'
import { atLimit } from '../bytes/limits.ts'
import type { Problems } from '../bytes/problems.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import type { EntryFacts } from '../entry-columns.ts'
import { readListing } from './directory.ts'
import { type DirectoryInode, entryTypeOf, type Inode, NONE } from './inode.ts'
import { InodeWalk, inodeReference } from './inode-walk.ts'
import type { LookupTable } from './lookup-table.ts'
import { METADATA_SIZE, MetadataCursor, type MetadataTable } from './metadata-table.ts'
import { PendingNames } from './pending-names.ts'
import { nameAt, type SquashfsTree, TreeColumns } from './tree-columns.ts'

/** The most type mismatches that we report. */
const MAX_TOLD = 100

/** The most entries that we make room for before we see them, because a superblock may count any number of inodes. */
const MAX_EXPECTED = 1 << 16

/** The parts of an image that the walk needs. */
export interface TreeTables {
  readonly source: ByteSource
  readonly inodes: MetadataTable
  readonly directories: MetadataTable
  readonly ids: LookupTable
  /** The number of sets of extended attributes; undefined if the image has no table of them. */
  readonly xattrIds: number | undefined
  readonly blockSize: number
  readonly rootInode: number
  /** The number of inodes, according to the superblock. */
  readonly inodeCount: number
}

/** A directory whose children the walk is visiting. */
interface Level {
  readonly entry: number
  /** Bytes of its path. */
  readonly pathLength: number
  /** Its names are those of the walk's `PendingNames` from `first` to before `end`. */
  readonly first: number
  readonly end: number
  next: number
}

/** Walks the directories from the root, depth first, without recursion. It reports damage and skips it. */
export function readTree(tables: TreeTables, problems: Problems): SquashfsTree {
  const walk = new TreeWalk(tables, problems)
  walk.run()
  walk.noteRepetitions()
  return walk.columns.view()
}

/** A walk over the directories: its results, and how much it may still read. */
class TreeWalk {
  readonly columns: TreeColumns
  readonly #tables: TreeTables
  readonly #problems: Problems
  readonly #inodes: InodeWalk
  readonly #directories: MetadataCursor
  readonly #idOf: (index: number) => number
  readonly #pending = new PendingNames()
  readonly #visited = new Set<number>()
  readonly #repetitions = new Map<string, { readonly first: FormatError; more: number }>()
  /** The most names that the directory table can hold. Listings do not overlap, and an entry takes at least 9 bytes. */
  readonly #mostNames: number
  #names = 0
  #damaged = 0
  #mismatches = 0
  #pathBytes = 0

  constructor(tables: TreeTables, problems: Problems) {
    const { inodes, directories, ids, blockSize, xattrIds, inodeCount } = tables
    this.#tables = tables
    this.#problems = problems
    this.#inodes = new InodeWalk(inodes, blockSize)
    this.#directories = new MetadataCursor(directories)
    this.#idOf = idReader(ids, (problem) => this.#damage(problem))
    const mostEntries = (directories.positions.length * METADATA_SIZE * 2) / 9
    this.#mostNames = Math.min(inodes.limits.entries, mostEntries)
    // Only hard links make more entries than inodes.
    const capacity = 1 + Math.floor(Math.min(inodeCount, this.#mostNames, MAX_EXPECTED))
    this.columns = new TreeColumns(directories, xattrIds !== undefined, capacity)
  }

  run(): void {
    const { limits } = this.#tables.inodes
    const stack = this.#root()
    while (stack.length > 0) {
      const level = stack[stack.length - 1]!
      const child = level.next
      if (child === level.end) {
        stack.pop()
        this.#pending.length = level.first
        continue
      }
      const pathLength = level.pathLength + 1 + this.#pending.lengths[child]!
      this.#pathBytes += pathLength
      if (this.#pathBytes > limits.path || this.#damaged > limits.damage) {
        this.#damage(this.#tooMuch())
        break
      }
      level.next += 1
      const index = this.columns.count
      const reference = inodeReference(this.#pending.inodeBlocks[child]!, this.#pending.inodeOffsets[child]!)
      const inode = this.#add(reference, level.entry, child)
      if (inode?.directory === undefined) continue
      const below = this.#enter(index, inode, inode.directory, reference, stack.length, pathLength)
      if (below !== undefined) stack.push(below)
    }
  }

  /** Adds the root, and enters it if possible. */
  #root(): Level[] {
    const { rootInode, source } = this.#tables
    const root = this.#add(rootInode, 0, ROOT)
    if (root === undefined) return []
    const level = root.directory === undefined ? undefined : this.#enter(0, root, root.directory, rootInode, 0, 0)
    if (level !== undefined) return [level]
    this.#damage(
      formatError('MALFORMED', 'the root inode is not a directory', source, {
        structure: 'superblock',
        offset: 32,
        field: 'rootInode',
        found: root.type,
      }),
    )
    return []
  }

  /** The error when paths or damage are beyond their limits. */
  #tooMuch(): FormatError {
    const { inodes, directories, source } = this.#tables
    const { limits } = inodes
    const isDamaged = this.#damaged > limits.damage
    const detail = isDamaged ? 'too much of it is damaged' : 'its paths are too long in total'
    return formatError('LIMIT', `${detail}; the rest is left out`, source, {
      structure: 'directory table',
      offset: directories.start,
      ...atLimit(limits, isDamaged ? 'damage' : 'path'),
    })
  }

  /** A faulty writer may put one oddity in thousands of places. We report it once, with the number of the others. */
  noteRepetitions(): void {
    for (const { first, more } of this.#repetitions.values()) {
      const { code, detail, facts } = first
      this.#problems.note(more === 0 ? first : new FormatError(code, `${detail}; ${more} more like this`, facts))
    }
  }

  #damage(problem: FormatError): void {
    this.#damaged += 1
    this.#problems.damage(problem)
  }

  #repeated(problem: FormatError): void {
    const known = this.#repetitions.get(problem.detail)
    if (known === undefined) this.#repetitions.set(problem.detail, { first: problem, more: 0 })
    else known.more += 1
  }

  /** Reports the oddities of an inode that we could read. */
  #check(inode: Inode, name: number): void {
    const { inodes, directories, xattrIds } = this.#tables
    if (inode.oddity !== undefined) this.#repeated(inode.oddity)
    if (inode.xattr !== NONE && xattrIds !== undefined && inode.xattr >= xattrIds) {
      this.#damage(
        inodes.errorIn(this.#inodes.block, `inode ${inode.number}`, 'it has attributes that are not in the table', {
          field: 'xattr',
          found: inode.xattr,
          expected: `below ${xattrIds}`,
        }),
      )
    }
    if (name === ROOT) return
    const { types, blocks, offsets, lengths } = this.#pending
    const type = types[name]!
    if (entryTypeOf(type) === inode.type || this.#mismatches >= MAX_TOLD) return
    this.#mismatches += 1
    const text = nameAt(directories, blocks[name]!, offsets[name]!, lengths[name]!)
    this.#problems.note(
      directories.errorIn(blocks[name]!, `directory entry ${quoted(text)}`, 'its type is not its inode’s', {
        field: 'type',
        found: entryTypeOf(type) ?? type,
        expected: inode.type,
      }),
    )
  }

  /**
   * Adds an entry. If we cannot read its inode, the entry has its name, and the type from the directory entry.
   * @param name the number of its pending name, or ROOT
   */
  #add(reference: number, parent: number, name: number): Inode | undefined {
    let inode: Inode | undefined
    try {
      inode = this.#inodes.at(reference)
      this.#check(inode, name)
    } catch (error) {
      this.#damage(asFormatError(error))
    }
    const uid = inode === undefined ? 0 : this.#idOf(inode.uidIndex)
    const gid = inode === undefined ? 0 : this.#idOf(inode.gidIndex)
    this.columns.add(parent, reference, this.#factsOf(inode, name), uid, gid, inode)
    if (name === ROOT) return inode
    const { blocks, offsets, lengths } = this.#pending
    this.columns.addName(blocks[name]!, offsets[name]!, lengths[name]!)
    return inode
  }

  /** The facts about an entry, as far as we could read them. */
  #factsOf(inode: Inode | undefined, name: number): EntryFacts {
    // The root is a directory whatever its inode says, because all paths begin there.
    if (name === ROOT) return { ...(inode ?? UNREADABLE), type: 'directory' }
    return inode ?? { ...UNREADABLE, type: entryTypeOf(this.#pending.types[name]!) ?? 'file' }
  }

  /**
   * Reads the listing of a directory. If the walk has entered it before, or it is too deep, we report it and leave it
   * out.
   */
  #enter(
    entry: number,
    inode: Inode,
    directory: DirectoryInode,
    reference: number,
    depth: number,
    pathLength: number,
  ): Level | undefined {
    const { limits } = this.#tables.inodes
    const isDeep = depth >= limits.depth
    if (this.#visited.has(reference) || isDeep) {
      this.#damage(this.#notEntered(inode, reference, isDeep))
      return undefined
    }
    this.#visited.add(reference)
    const first = this.#pending.length
    const listing = readListing(this.#directories, directory, this.#mostNames - this.#names, this.#pending)
    this.#names += listing.names
    if (listing.damage.length > 0) for (const problem of listing.damage) this.#damage(problem)
    if (listing.oddities.length > 0) for (const problem of listing.oddities) this.#repeated(problem)
    this.columns.addHeaders(entry, listing.headers)
    return { entry, pathLength, first, end: this.#pending.length, next: first }
  }

  #notEntered({ number }: Inode, reference: number, isDeep: boolean): FormatError {
    const { inodes, source } = this.#tables
    const { limits } = inodes
    const offset = inodes.start + Math.floor(reference / 0x10000)
    const structure = `inode ${number} (directory)`
    if (!isDeep) {
      return formatError('MALFORMED', 'a directory is reached twice; it is entered once', source, { structure, offset })
    }
    const detail = `directories nest deeper than ${limits.depth}; this one is not entered`
    return formatError('LIMIT', detail, source, { structure, offset, ...atLimit(limits, 'depth') })
  }
}

/** In place of the number of a name: the root has none. */
const ROOT = -1

/** The facts about an entry whose inode we cannot read. */
const UNREADABLE: EntryFacts = { type: 'file', size: 0, mode: 0, mtime: 0 }

/** User and group numbers by their index. It looks up each only once. */
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
