import { asFormatError } from '../bytes/errors.ts'
import type { Problems } from '../bytes/problems.ts'
import { formatError } from '../bytes/source.ts'
import { inlineExtents, isInline } from './content.ts'
import { type DirectoryPart, type Name, readNames } from './directory.ts'
import { FEATURES } from './features.ts'
import type { Inode } from './inode.ts'
import { mappings } from './mapping.ts'
import type { Volume } from './volume.ts'

/** Bytes of the parent's inode number, with which inline directories begin. They have no entries "." and "..". */
const INLINE_HEADER = 4

/** Reads the names of directories, and counts the blocks that it reads. */
export class DirectoryReader {
  readonly #volume: Volume
  readonly #problems: Problems
  readonly #hasTypes: boolean
  /** Blocks that it may still read. Directories share none, so the file has room for only so many. */
  #blocks: number

  constructor(volume: Volume, problems: Problems) {
    const { source, geometry } = volume
    this.#volume = volume
    this.#problems = problems
    this.#hasTypes = (geometry.block.featureIncompat & FEATURES.incompat.filetype) !== 0
    this.#blocks = Math.ceil(source.size / geometry.blockSize)
  }

  /** The names of a directory, one more than `room` at most. Damage ends them, and is reported. */
  read(inode: Inode, room: number): Name[] {
    const names: Name[] = []
    try {
      for (const part of isInline(inode) ? this.#inlineParts(inode) : this.#blockParts(inode)) {
        for (const name of readNames(part, this.#hasTypes, room + 1 - names.length, this.#problems)) names.push(name)
        if (names.length > room) break
      }
    } catch (error) {
      this.#problems.damage(asFormatError(error))
    }
    return names
  }

  *#blockParts(inode: Inode): Generator<DirectoryPart> {
    const { source, geometry } = this.#volume
    const { blockSize } = geometry
    const end = Math.ceil(inode.size / blockSize)
    for (const { logical, physical, count, unwritten } of mappings(this.#volume, inode, () => {})) {
      if (unwritten) continue
      for (let index = 0; index < count && logical + index < end; index += 1) {
        this.#blocks -= 1
        const offset = (physical + index) * blockSize
        const structure = `inode ${inode.number} (directory)`
        if (this.#blocks < 0) {
          const detail = 'directories that overlap each other are left out'
          throw formatError('MALFORMED', detail, source, { structure, offset: inode.offset })
        }
        if (offset + blockSize > source.size) {
          const sizes = { found: source.size, expected: offset + blockSize }
          throw formatError('TRUNCATED', 'the file ends before the directory does', source, {
            structure,
            offset: inode.offset,
            ...sizes,
          })
        }
        yield { bytes: source.read(offset, blockSize), offset, isFirst: logical + index === 0 }
      }
    }
  }

  /** The parts of a directory in its inode: one in `i_block`, one in an attribute. No entry reaches from one to the other. */
  *#inlineParts(inode: Inode): Generator<DirectoryPart> {
    const { source } = this.#volume
    for (const { at, offset, length } of inlineExtents(this.#volume, inode)) {
      const skip = at === 0 ? INLINE_HEADER : 0
      if (length > skip)
        yield { bytes: source.read(offset + skip, length - skip), offset: offset + skip, isFirst: false }
    }
  }
}
