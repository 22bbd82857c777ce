import { byteString, quoted } from '../bytes/byte-string.ts'
import { asFormatError, type FormatError } from '../bytes/errors.ts'
import { u8, u16le, u64le } from '../bytes/fields.ts'
import { atLimit } from '../bytes/limits.ts'
import { formatError } from '../bytes/source.ts'
import { type Struct, struct } from '../bytes/struct.ts'
import type { EntryType } from '../image.ts'
import { DIRECTORY_ENTRY_TYPES } from '../linux-encodings.ts'
import { type ContentParts, contentOf } from './content.ts'
import type { Inode } from './inode.ts'

const fields = { nid: u64le, nameoff: u16le, fileType: u8, reserved: u8 }

/** A directory entry without its name (erofs_fs.h: struct erofs_dirent). */
export const dirent: Struct<typeof fields> = struct('directory entry', fields)

/** The longest name (erofs_fs.h: EROFS_NAME_LEN). */
const MAX_NAME = 255

/** A name in a directory. */
export interface Name {
  readonly name: string
  readonly nid: number
  /** What the directory says; undefined if it says nothing that we know. */
  readonly type: EntryType | undefined
}

/** A directory, as far as we could read it. */
export interface Listing {
  readonly names: readonly Name[]
  /** The number of names that we read, with those left out. */
  readonly read: number
  /** Why it ends early or lacks names. */
  readonly damage: readonly FormatError[]
  /** Its oddities, which did not keep us from reading all of it. */
  readonly oddities: readonly FormatError[]
}

/** How much a listing may still hold. */
export interface ListingRoom {
  readonly names: number
  /** Bytes of directories. */
  readonly bytes: number
}

/**
 * Reads a directory, block by block. Each block begins with its entries; their names follow. `.` and `..` are left out.
 * It throws nothing: `damage` reports what it cannot read.
 */
export function readListing(parts: ContentParts, directory: Inode, room: ListingRoom): Listing {
  const { blockSize, limits } = parts.volume
  const state: ListingState = { directory, names: [], damage: [], oddities: [], read: 0, last: '' }
  const place = { structure: `directory of inode ${directory.nid}`, offset: directory.offset }
  if (directory.size > room.bytes) {
    const detail = 'the directories have more bytes than the image can hold; this one is left out'
    const error = formatError('MALFORMED', detail, directory.source, {
      ...place,
      field: 'i_size',
      found: directory.size,
    })
    return { ...state, damage: [error] }
  }
  try {
    let index = 0
    for (const block of blocksOf(contentOf(parts, directory), blockSize)) {
      readBlock(state, block, index)
      index += 1
      if (state.read <= room.names) continue
      const detail = 'more names than an image may have; the rest is left out'
      state.damage.push(formatError('LIMIT', detail, directory.source, { ...place, ...atLimit(limits, 'entries') }))
      break
    }
  } catch (error) {
    state.damage.push(asFormatError(error))
  }
  return state
}

interface ListingState {
  readonly directory: Inode
  readonly names: Name[]
  readonly damage: FormatError[]
  readonly oddities: FormatError[]
  read: number
  last: string
}

/** Cuts content into blocks. The last one may be shorter. */
function* blocksOf(content: Iterable<Uint8Array>, blockSize: number): Generator<Uint8Array> {
  let block = new Uint8Array(blockSize)
  let filled = 0
  for (const piece of content) {
    for (let done = 0; done < piece.length; ) {
      const count = Math.min(piece.length - done, blockSize - filled)
      block.set(piece.subarray(done, done + count), filled)
      filled += count
      done += count
      if (filled < blockSize) continue
      yield block
      block = new Uint8Array(blockSize)
      filled = 0
    }
  }
  if (filled > 0) yield block.subarray(0, filled)
}

function readBlock(state: ListingState, block: Uint8Array, index: number): void {
  const { directory } = state
  const place = { structure: `directory of inode ${directory.nid}, block ${index}`, offset: directory.offset }
  const view = new DataView(block.buffer, block.byteOffset, block.length)
  const fail = (detail: string, found: number | string, expected: string): void => {
    const facts = { ...place, field: 'nameoff', found, expected }
    state.damage.push(formatError('MALFORMED', detail, directory.source, facts))
  }
  const first = block.length < dirent.size ? 0 : dirent.from(view, 0).nameoff
  if (first < dirent.size || first % dirent.size !== 0 || first > block.length) {
    fail('its first name begins where none can', first, `a multiple of ${dirent.size} up to ${block.length}`)
    return
  }
  let start = first
  for (let at = 0; at < first; at += dirent.size) {
    const { nid, fileType } = dirent.from(view, at)
    const isLast = at + dirent.size === first
    const end = isLast ? endOfName(block, start) : dirent.from(view, at + dirent.size).nameoff
    if (end <= start || end > block.length || end - start > MAX_NAME) {
      fail('a name is empty, too long or out of order; the rest of the block is left out', end, `above ${start}`)
      return
    }
    const name = byteString(block, start, end)
    start = end
    state.read += 1
    if (name === '.' || name === '..') continue
    if (/[/\0]/.test(name)) {
      const detail = 'an invalid file name is left out'
      const facts = { ...place, field: 'name', found: quoted(name) }
      state.damage.push(formatError('MALFORMED', detail, directory.source, facts))
      continue
    }
    if (name <= state.last && state.last !== '' && state.oddities.length === 0) {
      const detail = 'its names are out of order or repeated'
      state.oddities.push(formatError('MALFORMED', detail, directory.source, place))
    }
    state.last = name
    state.names.push({ name, nid, type: DIRECTORY_ENTRY_TYPES[fileType] })
  }
}

/** The last name of a block ends with the block, or before a NUL. */
function endOfName(block: Uint8Array, start: number): number {
  const end = block.indexOf(0, start)
  return end < 0 ? block.length : end
}
