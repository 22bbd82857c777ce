import type { ByteString } from '../bytes/byte-string.ts'
import { asFormatError, type FormatError } from '../bytes/errors.ts'
import { u64le } from '../bytes/fields.ts'
import { atLimit } from '../bytes/limits.ts'
import type { EntryType } from '../image.ts'
import { deviceOf } from '../linux-encodings.ts'
import type { MetadataCursor } from './metadata-table.ts'

/** An index or reference of all ones means none. */
export const NONE = 0xffffffff

/** The longest name of the format (kernel: SQUASHFS_NAME_LEN). */
const MAX_NAME = 256

/** The entry types of basic inode types. The extended twin of type n is n + 7. */
const TYPES: readonly (EntryType | undefined)[] = [
  undefined,
  'directory',
  'file',
  'symlink',
  'blockDevice',
  'charDevice',
  'fifo',
  'socket',
]

/** Bytes of an inode of each type, without the block list, target or directory index that may follow. */
const FIXED_LENGTHS = [0, 32, 32, 24, 24, 24, 20, 20, 40, 56, 24, 28, 28, 24, 24]

/** The entry type of a basic or extended inode type. */
export function entryTypeOf(inodeType: number): EntryType | undefined {
  return TYPES[inodeType > 7 ? inodeType - 7 : inodeType]
}

/** The fields that a directory's inode adds (types 1 and 8). */
export interface DirectoryInode {
  /** Where its listing starts: position of the block in the directory table, and offset in the unpacked block. */
  readonly block: number
  readonly offset: number
  /** Bytes of the listing, plus 3. */
  readonly listingSize: number
}

/** The fields that a regular file's inode adds (types 2 and 9). */
export interface FileInode {
  /** Byte offset of the first data block. */
  readonly start: number
  /** Bytes of holes that the writer counted. Basic inodes have no such count. */
  readonly sparse: number
  /** The fragment that holds the tail, or NONE. */
  readonly fragment: number
  /** Offset of the tail in the unpacked fragment. */
  readonly fragmentOffset: number
  /** The number of blocks in the list, each with a 32-bit size word. */
  readonly blockCount: number
}

/** One inode. The fields for its type are in `directory`, `file`, `target` or `device`. */
export interface Inode {
  readonly type: EntryType
  readonly mode: number
  readonly uidIndex: number
  readonly gidIndex: number
  readonly mtime: number
  readonly number: number
  readonly linkCount: number
  /** Content bytes of a file, length of a symlink's target, `listingSize` of a directory, 0 for others. */
  readonly size: number
  /** Bytes of the inode in the unpacked inode table. */
  readonly length: number
  /** Bytes that we read of it. This exceeds `length` if the bytes after a directory are no index. */
  readonly scanned: number
  /** Number in the xattr id table, or NONE. */
  readonly xattr: number
  readonly directory: DirectoryInode | undefined
  readonly file: FileInode | undefined
  readonly target: ByteString | undefined
  readonly device: { readonly major: number; readonly minor: number } | undefined
  /** An oddity that did not keep us from reading what we need. */
  readonly oddity: FormatError | undefined
}

/**
 * An inode that a reader fills in. All types have one shape, which makes reading four times as fast as separate parts.
 */
export type InodeDraft = { -readonly [K in keyof Inode]: Inode[K] }

export function createInode(): InodeDraft {
  return {
    type: 'file',
    mode: 0,
    uidIndex: 0,
    gidIndex: 0,
    mtime: 0,
    number: 0,
    linkCount: 1,
    size: 0,
    length: 0,
    scanned: 0,
    xattr: NONE,
    directory: undefined,
    file: undefined,
    target: undefined,
    device: undefined,
    oddity: undefined,
  }
}

/** Moves a cursor to an inode by its reference: the position of its block times 2^16, plus the offset in it. */
export function seekInode(cursor: MetadataCursor, reference: number): MetadataCursor {
  const position = Math.floor(reference / 0x10000)
  return cursor.seek(position, reference - position * 0x10000)
}

/**
 * Reads the inode at a cursor. For a file it leaves the cursor at the first word of the block list.
 * @param room the most bytes that the target of a symlink or the index of a directory may take
 * @param inode the inode to fill in, so that a walk over all inodes does not make a new one for each
 * @throws {FormatError} MALFORMED when it is no inode or does not fit the table, LIMIT when it needs more room
 */
export function readInode(
  cursor: MetadataCursor,
  blockSize: number,
  room: number = Number.POSITIVE_INFINITY,
  inode: InodeDraft = createInode(),
): Inode {
  const { table, index } = cursor
  const inodeType = cursor.u16()
  const type = entryTypeOf(inodeType)
  if (type === undefined) {
    throw table.errorIn(index, 'inode', 'unknown inode type', { field: 'type', found: inodeType, expected: '1 to 14' })
  }
  const extended = inodeType > 7
  // Offsets count from the type, which we have read already.
  const at = cursor.take(FIXED_LENGTHS[inodeType]! - 2) - 2
  const { view } = cursor
  inode.type = type
  inode.mode = view.getUint16(at + 2, true) & 0o7777
  inode.uidIndex = view.getUint16(at + 4, true)
  inode.gidIndex = view.getUint16(at + 6, true)
  inode.mtime = view.getUint32(at + 8, true)
  inode.number = view.getUint32(at + 12, true)
  inode.linkCount = 1
  inode.size = 0
  inode.xattr = NONE
  inode.directory = undefined
  inode.file = undefined
  inode.target = undefined
  inode.device = undefined
  inode.oddity = undefined
  inode.scanned = 0
  switch (type) {
    case 'directory':
      if (extended) readExtendedDirectory(cursor, at, inode, room)
      else readBasicDirectory(view, at, inode)
      break
    case 'file':
      readFile(cursor, at, inode, extended, blockSize)
      break
    case 'symlink':
      readSymlink(cursor, at, inode, extended, room)
      break
    default:
      readSpecial(view, at, inode, extended)
  }
  return inode
}

function readBasicDirectory(view: DataView, at: number, inode: InodeDraft): void {
  inode.linkCount = view.getUint32(at + 20, true)
  inode.size = view.getUint16(at + 24, true)
  inode.directory = {
    block: view.getUint32(at + 16, true),
    offset: view.getUint16(at + 26, true),
    listingSize: inode.size,
  }
  // The inode number of the parent follows, 4 bytes.
  inode.length = 32
}

function readExtendedDirectory(cursor: MetadataCursor, at: number, inode: InodeDraft, room: number): void {
  const { view } = cursor
  inode.linkCount = view.getUint32(at + 16, true)
  inode.size = view.getUint32(at + 20, true)
  // At 28 is the inode number of the parent.
  const indexCount = view.getUint16(at + 32, true)
  inode.directory = {
    block: view.getUint32(at + 24, true),
    offset: view.getUint16(at + 34, true),
    listingSize: inode.size,
  }
  inode.xattr = view.getUint32(at + 36, true)
  inode.length = 40
  inode.scanned = 40
  if (indexCount > 0) passOverIndex(cursor, indexCount, inode, room)
}

/**
 * Skips the directory index. It speeds up look-ups in Linux, and we need only its length. If it is damaged, we lose
 * only its own bytes, whose number is then unknown.
 */
function passOverIndex(cursor: MetadataCursor, count: number, inode: InodeDraft, room: number): void {
  try {
    for (let entry = 0; entry < count; entry += 1) {
      cursor.u32()
      cursor.u32()
      const nameLength = cursor.u32() + 1
      if (nameLength > MAX_NAME) {
        throw cursor.table.errorIn(cursor.index, 'directory index', 'the name is too long; the index is not read', {
          field: 'name size',
          found: nameLength,
          expected: `at most ${MAX_NAME}`,
        })
      }
      if (inode.scanned > room) throw noRoom(cursor, 'directory index')
      cursor.bytes(nameLength)
      inode.scanned += 12 + nameLength
    }
    inode.length = inode.scanned
  } catch (error) {
    const problem = asFormatError(error)
    if (problem.code === 'LIMIT') throw problem
    inode.oddity = problem
  }
}

function readFile(cursor: MetadataCursor, at: number, inode: InodeDraft, extended: boolean, blockSize: number): void {
  const { view } = cursor
  let start = 0
  let sparse = 0
  let tail = at + 20
  if (extended) {
    start = u64le.get(view, at + 16)
    inode.size = u64le.get(view, at + 24)
    sparse = u64le.get(view, at + 32)
    inode.linkCount = view.getUint32(at + 40, true)
    tail = at + 44
    inode.xattr = view.getUint32(at + 52, true)
  } else {
    start = view.getUint32(at + 16, true)
    inode.size = view.getUint32(at + 28, true)
  }
  const fragment = view.getUint32(tail, true)
  const fragmentOffset = view.getUint32(tail + 4, true)
  const blockCount = fragment === NONE ? Math.ceil(inode.size / blockSize) : Math.floor(inode.size / blockSize)
  const { table, index } = cursor
  // A block unpacks to 8192 bytes, 2048 words of the list. The rest of the table cannot hold more words than this.
  const room = (table.positions.length - index) * 2048
  if (blockCount > room) {
    throw table.errorIn(index, 'file inode', 'its block list would run past the inode table', {
      field: 'file size',
      found: inode.size,
      expected: `at most ${room * blockSize}`,
    })
  }
  inode.file = { start, sparse, fragment, fragmentOffset, blockCount }
  inode.length = (extended ? 56 : 32) + blockCount * 4
}

function readSymlink(cursor: MetadataCursor, at: number, inode: InodeDraft, extended: boolean, room: number): void {
  inode.linkCount = cursor.view.getUint32(at + 16, true)
  inode.size = cursor.view.getUint32(at + 20, true)
  const { limits } = cursor.table
  if (inode.size > limits.symlink) {
    throw cursor.table.errorIn(cursor.index, 'symlink inode', 'the target is longer than a path may be', {
      code: 'LIMIT',
      field: 'symlink size',
      found: inode.size,
      expected: `at most ${limits.symlink}`,
      ...atLimit(limits, 'symlink'),
    })
  }
  if (inode.size > room) throw noRoom(cursor, 'symlink inode')
  const { index } = cursor
  const target = cursor.text(inode.size)
  // The xattr number of an extended symlink comes after the target.
  if (extended) inode.xattr = cursor.u32()
  inode.length = 24 + inode.size + (extended ? 4 : 0)
  inode.scanned = inode.length
  inode.target = target
  const end = target.indexOf('\0')
  if (end < 0) return
  // For Linux and all tools a target ends like a C string. Some writers count the NUL.
  inode.target = target.slice(0, end)
  inode.size = end
  inode.oddity = cursor.table.errorIn(index, 'symlink inode', 'its target ends with a NUL, which its size includes', {
    field: 'symlink size',
    found: target.length,
    expected: end,
  })
}

/** Inodes do not overlap, so together they fit the table. We read hostile ones in part or leave them out. */
function noRoom(cursor: MetadataCursor, structure: string): FormatError {
  return cursor.table.errorIn(
    cursor.index,
    structure,
    'longer than the table has room for, or over other inodes; it is left out',
    { code: 'LIMIT' },
  )
}

/** Reads devices, pipes and sockets. */
function readSpecial(view: DataView, at: number, inode: InodeDraft, extended: boolean): void {
  const isDevice = inode.type === 'blockDevice' || inode.type === 'charDevice'
  inode.linkCount = view.getUint32(at + 16, true)
  if (isDevice) {
    inode.device = deviceOf(view.getUint32(at + 20, true))
  }
  if (extended) inode.xattr = view.getUint32(at + (isDevice ? 24 : 20), true)
  inode.length = 20 + (isDevice ? 4 : 0) + (extended ? 4 : 0)
}
