import { type ByteString, byteString } from '../bytes/byte-string.ts'
import { asFormatError } from '../bytes/errors.ts'
import { atLimit, type Limits } from '../bytes/limits.ts'
import type { Problems } from '../bytes/problems.ts'
import { ColumnTree, EntryColumns, type EntryFacts } from '../entry-columns.ts'
import type { FileTree } from '../image.ts'
import { DIRECTORY_ENTRY_TYPES } from '../linux-encodings.ts'
import { readContent } from './content.ts'
import { type Name, SHORTEST_ENTRY } from './directory.ts'
import { DirectoryReader } from './directory-reader.ts'
import { INODE_FLAGS, type Inode, type InodeReader } from './inode.ts'
import type { Volume } from './volume.ts'

/** The inode of the root directory (kernel: "Special inodes"). */
export const ROOT_INODE = 2

/** A directory whose children the walk is visiting. */
interface Level {
  readonly entry: number
  /** Bytes of its path. */
  readonly pathLength: number
  readonly names: readonly Name[]
  next: number
}

/** Walks the directories from the root, depth first, without recursion. It reports damage and skips it. */
export function readTree(volume: Volume, inodes: InodeReader, limits: Limits, problems: Problems): FileTree {
  return new TreeWalk(volume, inodes, limits, problems).run()
}

class TreeWalk {
  readonly #volume: Volume
  readonly #inodes: InodeReader
  readonly #limits: Limits
  readonly #problems: Problems
  readonly #directories: DirectoryReader
  readonly #columns = new EntryColumns(256)
  readonly #names: ByteString[] = []
  readonly #visited = new Set<number>()
  /** Names that we may still read. Directories share no blocks, so the file has room for only so many. */
  #room: number
  #pathBytes = 0
  #targetBytes = 0

  constructor(volume: Volume, inodes: InodeReader, limits: Limits, problems: Problems) {
    this.#volume = volume
    this.#inodes = inodes
    this.#limits = limits
    this.#problems = problems
    this.#directories = new DirectoryReader(volume, problems)
    this.#room = Math.min(limits.entries, Math.ceil(volume.source.size / SHORTEST_ENTRY))
  }

  run(): FileTree {
    const { path } = this.#limits
    const root = this.#add({ name: '', inode: ROOT_INODE, fileType: 2 }, 0)
    const stack: Level[] = []
    if (root !== undefined) this.#enter(stack, 0, root, 0)
    while (stack.length > 0) {
      const level = stack[stack.length - 1]!
      const child = level.names[level.next]
      if (child === undefined) {
        stack.pop()
        continue
      }
      level.next += 1
      const pathLength = level.pathLength + 1 + child.name.length
      this.#pathBytes += pathLength
      if (this.#pathBytes > path) {
        const place = { structure: 'directory', offset: 0, ...atLimit(this.#limits, 'path') }
        this.#problems.lose('LIMIT', 'its paths are too long in total; the rest is left out', place)
        break
      }
      const index = this.#columns.count
      const inode = this.#add(child, level.entry)
      if (inode?.type === 'directory') this.#enter(stack, index, inode, pathLength)
    }
    return new ColumnTree(this.#columns, (index) => this.#names[index]!)
  }

  /** Adds an entry. If we cannot read its inode, the entry has its name, and the type from the directory entry. */
  #add({ name, inode: number, fileType }: Name, parent: number): Inode | undefined {
    const isRoot = this.#columns.count === 0
    let inode: Inode | undefined
    try {
      inode = this.#inodes.read(number)
      if (inode.type === undefined) {
        this.#problems.lose('MALFORMED', 'an inode in a directory is not in use', this.#placeOf(inode))
        inode = undefined
      }
    } catch (error) {
      this.#problems.damage(asFormatError(error))
    }
    const type = isRoot ? 'directory' : (inode?.type ?? DIRECTORY_ENTRY_TYPES[fileType] ?? 'file')
    if (isRoot && inode !== undefined && inode.type !== 'directory') {
      this.#problems.lose('MALFORMED', 'the root inode is not a directory', this.#placeOf(inode))
    }
    const facts: EntryFacts =
      inode === undefined
        ? { type, size: 0, mode: 0, mtime: 0 }
        : { ...inode, type, size: this.#sizeOf(inode), ...this.#targetOf(inode) }
    this.#columns.add(parent, number, facts, inode?.uid ?? 0, inode?.gid ?? 0)
    this.#names.push(name)
    return inode
  }

  /** The size of an entry. A file cannot have more blocks than 32 bits count. */
  #sizeOf(inode: Inode): number {
    if (inode.type !== 'file' && inode.type !== 'directory' && inode.type !== 'symlink') return 0
    const most = 2 ** 32 * this.#volume.geometry.blockSize
    if (inode.size <= most) return inode.size
    const sizes = { field: 'i_size', found: inode.size, expected: `at most ${most}` }
    this.#problems.lose('MALFORMED', 'the file is larger than the format allows', { ...this.#placeOf(inode), ...sizes })
    return 0
  }

  #targetOf(inode: Inode): Pick<EntryFacts, 'target' | 'size'> | undefined {
    if (inode.type !== 'symlink') return undefined
    const { symlink } = this.#limits
    const { source } = this.#volume
    try {
      // Links do not share blocks, so all targets fit into the file.
      this.#targetBytes += Math.min(inode.size, symlink)
      if (inode.size > symlink || this.#targetBytes > source.size) {
        const place = {
          ...this.#placeOf(inode),
          field: 'i_size',
          found: inode.size,
          ...atLimit(this.#limits, 'symlink'),
        }
        this.#problems.lose('LIMIT', 'the target of a symlink is longer than a path may be', place)
        return { target: '', size: 0 }
      }
      const bytes = readContent(this.#volume, inode, inode.size)
      const target = byteString(bytes).replace(/\0.*$/s, '')
      return { target, size: target.length }
    } catch (error) {
      this.#problems.damage(asFormatError(error))
      return { target: '', size: 0 }
    }
  }

  /** Reads a directory. If the walk has read it before, or it is too deep, we report it and leave it out. */
  #enter(stack: Level[], entry: number, inode: Inode, pathLength: number): void {
    const { depth } = this.#limits
    const place = { ...this.#placeOf(inode), structure: `inode ${inode.number} (directory)` }
    if (this.#visited.has(inode.number)) {
      this.#problems.lose('MALFORMED', 'a directory is reached twice; it is entered once', place)
      return
    }
    if (stack.length > depth) {
      const limit = atLimit(this.#limits, 'depth')
      this.#problems.lose('LIMIT', `directories nest deeper than ${depth}; this one is not entered`, {
        ...place,
        ...limit,
      })
      return
    }
    this.#visited.add(inode.number)
    if ((inode.flags & INODE_FLAGS.encrypted) !== 0) {
      this.#problems.lose('UNSUPPORTED', 'a directory is encrypted; it is not entered', place)
      return
    }
    const names = this.#directories.read(inode, this.#room)
    if (names.length > this.#room) {
      const detail = 'more names than an image may have; the rest is left out'
      this.#problems.lose('LIMIT', detail, { ...place, ...atLimit(this.#limits, 'entries') })
      names.length = this.#room
    }
    this.#room -= names.length
    names.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    stack.push({ entry, pathLength, names, next: 0 })
  }

  #placeOf(inode: Inode): { structure: string; offset: number } {
    return { structure: `inode ${inode.number}`, offset: inode.offset }
  }
}
