import type { ByteString } from '../bytes/byte-string.ts'
import type { FormatError } from '../bytes/errors.ts'
import type { EntryType } from '../image.ts'
import type { MetadataCursor } from './metadata-table.ts'

/** An index or reference of all ones: there is none. */
export const NONE = 0xffffffff

/** Longest symlink target (squashfs-tools: 65535; the kernel stops at a page). */
const MAX_TARGET = 65535

/** What inode types 1 to 14 are; the extended twin of type n is n + 7. */
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

/** The entry type an inode type, basic or extended, stands for. */
export function entryTypeOf(inodeType: number): EntryType | undefined {
  return TYPES[inodeType > 7 ? inodeType - 7 : inodeType]
}

/** What a directory's inode adds (types 1 and 8). */
export interface DirectoryInode {
  /** Where its listing starts: position of the block in the directory table, and offset in the unpacked block. */
  readonly block: number
  readonly offset: number
  /** Bytes of the listing, 3 more than there are. */
  readonly listingSize: number
}

/** What a regular file's inode adds (types 2 and 9). */
export interface FileInode {
  /** Byte offset of the first data block. */
  readonly start: number
  /** Bytes of holes the writer counted; basic inodes have no such count. */
  readonly sparse: number
  /** Fragment that holds the tail, or NONE. */
  readonly fragment: number
  /** Offset of the tail in the unpacked fragment. */
  readonly fragmentOffset: number
  /** Full blocks listed, each with a 32-bit size word. */
  readonly blockCount: number
}

/** One inode; what depends on its type is in `directory`, `file`, `target` or `device`. */
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
  /** Bytes it takes in the unpacked inode table. */
  readonly length: number
  /** Number in the xattr id table, or NONE. */
  readonly xattr: number
  readonly directory: DirectoryInode | undefined
  readonly file: FileInode | undefined
  readonly target: ByteString | undefined
  readonly device: { readonly major: number; readonly minor: number } | undefined
}

/** An inode being filled in: of one shape for all types, which reads four times faster than objects put together. */
type Draft = { -readonly [K in keyof Inode]: Inode[K] }

/** Sends a cursor to an inode by its reference: the position of its block times 2^16, plus the offset in it. */
export function seekInode(cursor: MetadataCursor, reference: number): MetadataCursor {
  const position = Math.floor(reference / 0x10000)
  return cursor.seek(position, reference - position * 0x10000)
}

/**
 * Reads the inode at a cursor, which for a file is left at the first word of its block list.
 * @param room most bytes the target of a symlink or the index of a directory may take
 * @throws {FormatError} MALFORMED where it is no inode or does not fit the table, LIMIT where it needs more room
 */
export function readInode(cursor: MetadataCursor, blockSize: number, room = Number.POSITIVE_INFINITY): Inode {
  const { table, index } = cursor
  const inodeType = cursor.u16()
  const type = entryTypeOf(inodeType)
  if (type === undefined) {
    throw table.errorIn(index, 'inode', 'no such inode type', { field: 'type', found: inodeType, expected: '1 to 14' })
  }
  const extended = inodeType > 7
  const inode: Draft = {
    type,
    mode: cursor.u16() & 0o7777,
    uidIndex: cursor.u16(),
    gidIndex: cursor.u16(),
    mtime: cursor.u32(),
    number: cursor.u32(),
    linkCount: 1,
    size: 0,
    length: 0,
    xattr: NONE,
    directory: undefined,
    file: undefined,
    target: undefined,
    device: undefined,
  }
  switch (type) {
    case 'directory':
      if (extended) readExtendedDirectory(cursor, inode, room)
      else readBasicDirectory(cursor, inode)
      break
    case 'file':
      readFile(cursor, inode, extended, blockSize)
      break
    case 'symlink':
      readSymlink(cursor, inode, extended, room)
      break
    default:
      readSpecial(cursor, inode, extended)
  }
  return inode
}

function readBasicDirectory(cursor: MetadataCursor, inode: Draft): void {
  const block = cursor.u32()
  inode.linkCount = cursor.u32()
  inode.size = cursor.u16()
  inode.directory = { block, offset: cursor.u16(), listingSize: inode.size }
  cursor.u32() // parent inode number
  inode.length = 32
}

function readExtendedDirectory(cursor: MetadataCursor, inode: Draft, room: number): void {
  inode.linkCount = cursor.u32()
  inode.size = cursor.u32()
  const block = cursor.u32()
  cursor.u32() // parent inode number
  const indexCount = cursor.u16()
  inode.directory = { block, offset: cursor.u16(), listingSize: inode.size }
  inode.xattr = cursor.u32()
  inode.length = 40
  // The directory index speeds up look-ups in the kernel; here only its length matters.
  for (let entry = 0; entry < indexCount; entry += 1) {
    cursor.u32()
    cursor.u32()
    const nameLength = cursor.u32() + 1
    if (nameLength > 256) {
      throw cursor.table.errorIn(cursor.index, 'directory index', 'a name longer than any', {
        field: 'name size',
        found: nameLength,
        expected: 'at most 256',
      })
    }
    if (inode.length > room) throw noRoom(cursor, 'directory index')
    cursor.bytes(nameLength)
    inode.length += 12 + nameLength
  }
}

function readFile(cursor: MetadataCursor, inode: Draft, extended: boolean, blockSize: number): void {
  const start = extended ? cursor.u64() : cursor.u32()
  let sparse = 0
  if (extended) {
    inode.size = cursor.u64()
    sparse = cursor.u64()
    inode.linkCount = cursor.u32()
  }
  const fragment = cursor.u32()
  const fragmentOffset = cursor.u32()
  if (extended) inode.xattr = cursor.u32()
  else inode.size = cursor.u32()
  const blockCount = fragment === NONE ? Math.ceil(inode.size / blockSize) : Math.floor(inode.size / blockSize)
  const { table, index } = cursor
  // 8192 unpacked bytes a block, 2048 words of the list: more than the rest of the table cannot be listed.
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

function readSymlink(cursor: MetadataCursor, inode: Draft, extended: boolean, room: number): void {
  inode.linkCount = cursor.u32()
  inode.size = cursor.u32()
  if (inode.size > MAX_TARGET) {
    throw cursor.table.errorIn(cursor.index, 'symlink inode', 'a target longer than any path', {
      field: 'symlink size',
      found: inode.size,
      expected: `at most ${MAX_TARGET}`,
    })
  }
  if (inode.size > room) throw noRoom(cursor, 'symlink inode')
  inode.target = cursor.text(inode.size)
  // The xattr number of an extended symlink stands after the target.
  if (extended) inode.xattr = cursor.u32()
  inode.length = 24 + inode.size + (extended ? 4 : 0)
}

/** Inodes do not overlap, so together they are no longer than the table; hostile ones are read in part or left out. */
function noRoom(cursor: MetadataCursor, structure: string): FormatError {
  return cursor.table.errorIn(
    cursor.index,
    structure,
    'longer than the table has room for, or over other inodes; it is left out',
    { code: 'LIMIT' },
  )
}

/** Devices, pipes and sockets. */
function readSpecial(cursor: MetadataCursor, inode: Draft, extended: boolean): void {
  const isDevice = inode.type === 'blockDevice' || inode.type === 'charDevice'
  inode.linkCount = cursor.u32()
  if (isDevice) {
    // Linux new_encode_dev: minor in bits 0-7 and 20-31, major in bits 8-19.
    const rdev = cursor.u32()
    inode.device = { major: (rdev >>> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >>> 12) & 0xfff00) }
  }
  if (extended) inode.xattr = cursor.u32()
  inode.length = 20 + (isDevice ? 4 : 0) + (extended ? 4 : 0)
}
