import { byteString, quoted } from '../bytes/byte-string.ts'
import { asFormatError, type FormatError } from '../bytes/errors.ts'
import { atLimit } from '../bytes/limits.ts'
import type { Problems } from '../bytes/problems.ts'
import { formatError } from '../bytes/source.ts'
import { ColumnTree, EntryColumns, type EntryFacts } from '../entry-columns.ts'
import type { FileTree } from '../image.ts'
import { type ContentParts, wholeContent } from './content.ts'
import { type Name, readListing } from './directory.ts'
import { type Inode, readInode } from './inode.ts'
import { rootNidOf } from './superblock.ts'

/** The tree of an image. */
export interface ErofsTree {
  readonly files: FileTree
  /** The entries whose inodes we could not read. */
  readonly broken: ReadonlySet<number>
}

/** A directory whose children the walk is visiting. */
interface Level {
  readonly entry: number
  /** Bytes of its path. */
  readonly pathLength: number
  readonly names: readonly Name[]
  next: number
}

/** The last second that a date can have in JavaScript, in the year 275760. The format has 64 bits. */
const LAST_TIME = 8.64e12

/** An LZ4 block becomes at most 255 times as large, and a directory may be compressed. */
const EXPANSION = 256

/** The facts about an entry whose inode we cannot read. */
const UNREADABLE: EntryFacts = { type: 'file', size: 0, mode: 0, mtime: 0 }

/** Walks the directories from the root, depth first, without recursion. It reports damage and skips it. */
export function readTree(parts: ContentParts, problems: Problems): ErofsTree {
  const walk = new TreeWalk(parts, problems)
  walk.run()
  return walk.result()
}

/** A walk over the directories: its results, and how much it may still read. */
class TreeWalk {
  readonly #parts: ContentParts
  readonly #problems: Problems
  readonly #columns = new EntryColumns(64)
  readonly #names: string[] = []
  readonly #broken = new Set<number>()
  readonly #visited = new Set<number>()
  #namesLeft: number
  #bytesLeft: number
  #damaged = 0
  #pathBytes = 0

  constructor(parts: ContentParts, problems: Problems) {
    this.#parts = parts
    this.#problems = problems
    const { limits, source } = parts.volume
    this.#namesLeft = limits.entries
    this.#bytesLeft = Math.min(limits.metadata, source.size * EXPANSION)
  }

  result(): ErofsTree {
    const names = this.#names
    return { files: new ColumnTree(this.#columns, (index) => names[index]!), broken: this.#broken }
  }

  run(): void {
    const { limits } = this.#parts.volume
    const stack = this.#root()
    while (stack.length > 0) {
      const level = stack[stack.length - 1]!
      const name = level.names[level.next]
      if (name === undefined) {
        stack.pop()
        continue
      }
      const pathLength = level.pathLength + 1 + name.name.length
      this.#pathBytes += pathLength
      if (this.#pathBytes > limits.path || this.#damaged > limits.damage) {
        this.#damage(this.#tooMuch())
        return
      }
      level.next += 1
      const index = this.#columns.count
      const inode = this.#add(name.nid, level.entry, name)
      if (inode?.type !== 'directory') continue
      const below = this.#enter(index, inode, stack.length, pathLength)
      if (below !== undefined) stack.push(below)
    }
  }

  /** Adds the root, and enters it if possible. */
  #root(): Level[] {
    const { superblock } = this.#parts.volume
    const nid = rootNidOf(superblock)
    const root = this.#add(nid, 0, undefined)
    if (root === undefined) return []
    if (root.type === 'directory') {
      const level = this.#enter(0, root, 0, 0)
      return level === undefined ? [] : [level]
    }
    this.#damage(
      formatError('MALFORMED', 'the root inode is not a directory', root.source, {
        structure: `inode ${nid}`,
        offset: root.offset,
        field: 'i_mode',
        found: root.type,
      }),
    )
    return []
  }

  #tooMuch(): FormatError {
    const { limits, source } = this.#parts.volume
    const isDamaged = this.#damaged > limits.damage
    const detail = isDamaged ? 'too much of it is damaged' : 'its paths are too long in total'
    return formatError('LIMIT', `${detail}; the rest is left out`, source, {
      structure: 'directories',
      offset: 0,
      ...atLimit(limits, isDamaged ? 'damage' : 'path'),
    })
  }

  #damage(problem: FormatError): void {
    this.#damaged += 1
    this.#problems.damage(problem)
  }

  /** Adds an entry. If we cannot read its inode, the entry has its name, and the type from its directory. */
  #add(nid: number, parent: number, name: Name | undefined): Inode | undefined {
    let inode: Inode | undefined
    try {
      inode = readInode(this.#parts.volume, nid)
    } catch (error) {
      this.#damage(asFormatError(error))
      this.#broken.add(this.#columns.count)
    }
    const facts: EntryFacts = inode === undefined ? { ...UNREADABLE, type: name?.type ?? 'file' } : this.#factsOf(inode)
    // The root is a directory whatever its inode says, because all paths begin there.
    const all = name === undefined ? ({ ...facts, type: 'directory' } as const) : facts
    this.#columns.add(parent, nid, all, inode?.uid ?? 0, inode?.gid ?? 0)
    this.#names.push(name?.name ?? '')
    if (inode !== undefined && name?.type !== undefined && name.type !== inode.type) {
      this.#problems.add('MALFORMED', 'the type of a directory entry is not its inode’s', {
        structure: `directory entry ${quoted(name.name)}`,
        offset: inode.offset,
        field: 'file_type',
        found: name.type,
        expected: inode.type,
      })
    }
    return inode
  }

  #factsOf(inode: Inode): EntryFacts {
    const { type, size, mode, device } = inode
    const target = type === 'symlink' ? this.#targetOf(inode) : undefined
    return { type, size, mode, mtime: this.#timeOf(inode), target, device }
  }

  /** The time of an inode, or 0 if no date can have it. */
  #timeOf({ nid, offset, mtime }: Inode): number {
    if (Math.abs(mtime) <= LAST_TIME) return mtime
    const place = { structure: `inode ${nid}`, offset, field: 'i_mtime' }
    const facts = { found: `${mtime < 0 ? 'before' : 'after'} all dates`, expected: `up to ${LAST_TIME}` }
    this.#problems.add('MALFORMED', 'a time that is no date; 0 stands for it', { ...place, ...facts })
    return 0
  }

  /** A symlink's target, or '' if we cannot read it. */
  #targetOf(inode: Inode): string {
    const { limits } = this.#parts.volume
    try {
      if (inode.size <= limits.symlink) return byteString(wholeContent(this.#parts, inode))
      const place = { structure: `inode ${inode.nid}`, offset: inode.offset, field: 'i_size', found: inode.size }
      const detail = 'the target of a symlink is too long; it is left out'
      throw formatError('LIMIT', detail, inode.source, { ...place, ...atLimit(limits, 'symlink') })
    } catch (error) {
      this.#damage(asFormatError(error))
      return ''
    }
  }

  /** Reads a directory. If the walk has entered it before, or it is too deep, we report it and leave it out. */
  #enter(entry: number, inode: Inode, depth: number, pathLength: number): Level | undefined {
    const { limits } = this.#parts.volume
    const place = { structure: `inode ${inode.nid} (directory)`, offset: inode.offset }
    if (this.#visited.has(inode.nid)) {
      const detail = 'a directory is reached twice; it is entered once'
      this.#damage(formatError('MALFORMED', detail, inode.source, place))
      return undefined
    }
    if (depth >= limits.depth) {
      const detail = `directories nest deeper than ${limits.depth}; this one is not entered`
      this.#damage(formatError('LIMIT', detail, inode.source, { ...place, ...atLimit(limits, 'depth') }))
      return undefined
    }
    this.#visited.add(inode.nid)
    const listing = readListing(this.#parts, inode, { names: this.#namesLeft, bytes: this.#bytesLeft })
    this.#namesLeft -= listing.read
    this.#bytesLeft -= Math.min(inode.size, this.#bytesLeft)
    for (const problem of listing.damage) this.#damage(problem)
    for (const problem of listing.oddities) this.#problems.note(problem)
    return { entry, pathLength, names: listing.names, next: 0 }
  }
}
