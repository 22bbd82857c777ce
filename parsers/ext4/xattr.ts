import { type ByteString, byteString } from '../bytes/byte-string.ts'
import { atLimit, type Limits } from '../bytes/limits.ts'
import { formatError } from '../bytes/source.ts'
import type { Xattr } from '../image.ts'
import { aclXattr } from './acl.ts'
import { FEATURES } from './features.ts'
import { BASE_SIZE, type Inode } from './inode.ts'
import type { Volume } from './volume.ts'

/** The prefixes of names by their number (kernel: Documentation/filesystems/ext4, "Extended Attributes"). */
const PREFIXES: readonly (ByteString | undefined)[] = [
  '',
  'user.',
  'system.posix_acl_access',
  'system.posix_acl_default',
  'trusted.',
  undefined,
  'security.',
  'system.',
  'system.richacl',
]
const ACCESS_ACL = 2
const DEFAULT_ACL = 3
const SYSTEM = 7
/** The attribute that holds the rest of inline data. It is not shown as an attribute. */
const DATA = 'data'
const MAGIC = 0xea020000
/** Bytes of the header in an inode, and in a block. */
const INODE_HEADER = 4
const BLOCK_HEADER = 32
const ENTRY_SIZE = 16

/** An attribute as it is stored. */
export interface StoredXattr {
  readonly index: number
  /** Without its prefix. */
  readonly name: ByteString
  /** Byte offset of the value in the source; it means nothing if an inode holds the value. */
  readonly offset: number
  readonly length: number
  /** The inode that holds the value; 0 if it lies at `offset`. */
  readonly valueInode: number
}

/**
 * The attributes of an inode: those in the inode, then those in its block.
 * @throws {FormatError} MALFORMED or TRUNCATED
 */
export function storedXattrs(volume: Volume, inode: Inode): readonly StoredXattr[] {
  return [...inInode(volume, inode), ...inBlock(volume, inode)]
}

/** Whether an inode has attributes. It reads no block. */
export function mayHaveXattrs(inode: Inode): boolean {
  return inode.xattrBlock !== 0 || xattrStart(inode) >= 0
}

/** Where the value of the inline data that does not fit into `i_block` lies; undefined if there is none. */
export function inlineRest(volume: Volume, inode: Inode): StoredXattr | undefined {
  return inInode(volume, inode).find(({ index, name }) => index === SYSTEM && name === DATA)
}

/** Where the attributes begin in the bytes of an inode; -1 if it has none. */
function xattrStart({ bytes, view, extraSize }: Inode): number {
  const start = BASE_SIZE + extraSize
  if (bytes.length === BASE_SIZE || start + INODE_HEADER + 4 > bytes.length) return -1
  return view.getUint32(start, true) === MAGIC ? start : -1
}

function inInode(volume: Volume, inode: Inode): readonly StoredXattr[] {
  const start = xattrStart(inode)
  if (start < 0) return []
  const first = start + INODE_HEADER
  return entriesOf(volume, inode, inode.view, first, first, inode.offset)
}

function inBlock(volume: Volume, inode: Inode): readonly StoredXattr[] {
  if (inode.xattrBlock === 0) return []
  const { source, geometry } = volume
  const offset = inode.xattrBlock * geometry.blockSize
  if (offset + geometry.blockSize > source.size)
    throw damage(volume, inode, 'the block of its attributes lies outside the file')
  const bytes = source.read(offset, geometry.blockSize)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.getUint32(0, true) !== MAGIC) throw damage(volume, inode, 'the block of its attributes has no magic number')
  return entriesOf(volume, inode, view, BLOCK_HEADER, 0, offset)
}

/**
 * The entries from `start` on, up to four zeros.
 * @param base where offsets of values count from in `view`
 * @param origin the byte offset of `view` in the source
 */
function entriesOf(
  volume: Volume,
  inode: Inode,
  view: DataView,
  start: number,
  base: number,
  origin: number,
): StoredXattr[] {
  const found: StoredXattr[] = []
  for (let at = start; at + 4 <= view.byteLength && view.getUint32(at, true) !== 0; ) {
    const nameLength = view.getUint8(at)
    const next = at + ENTRY_SIZE + Math.ceil(nameLength / 4) * 4
    if (next > view.byteLength) throw damage(volume, inode, 'an attribute is longer than the room for it')
    const index = view.getUint8(at + 1)
    const valueAt = base + view.getUint16(at + 2, true)
    const valueInode = view.getUint32(at + 4, true)
    const length = view.getUint32(at + 8, true)
    if (valueInode === 0 && valueAt + length > view.byteLength) {
      throw damage(volume, inode, 'the value of an attribute lies outside the room for it')
    }
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at + ENTRY_SIZE, nameLength)
    found.push({ index, name: byteString(bytes), offset: origin + valueAt, length, valueInode })
    at = next
  }
  return found
}

/**
 * The attributes with their names and values as Linux shows them.
 * @param readInode the first bytes of an inode that holds a value
 * @throws {FormatError} MALFORMED, TRUNCATED, or LIMIT
 */
export function readXattrs(
  volume: Volume,
  inode: Inode,
  limits: Limits,
  readInode: (number: number, length: number) => Uint8Array,
): readonly Xattr[] {
  const { source, geometry } = volume
  const xattrs: Xattr[] = []
  let total = 0
  for (const { index, name, offset, length, valueInode } of storedXattrs(volume, inode)) {
    const prefix = PREFIXES[index]
    // A prefix from a later version or of encryption. Linux does not show such an attribute either.
    if (prefix === undefined || (index === SYSTEM && name === DATA)) continue
    total += length
    if (total > limits.xattrs) {
      throw formatError('LIMIT', `its values have more than ${limits.xattrs} bytes`, source, {
        structure: `attributes of inode ${inode.number}`,
        offset: inode.offset,
        ...atLimit(limits, 'xattrs'),
      })
    }
    const isElsewhere = valueInode !== 0 && (geometry.block.featureIncompat & FEATURES.incompat.ea_inode) !== 0
    // An inode may state any size, and we make room only for what the file can have.
    if (isElsewhere && length > source.size)
      throw damage(volume, inode, 'the value of an attribute is longer than the file')
    const value = isElsewhere ? readInode(valueInode, length) : source.read(offset, length).slice()
    const isAcl = index === ACCESS_ACL || index === DEFAULT_ACL
    xattrs.push({ name: prefix + name, value: isAcl ? aclXattr(value) : value })
  }
  return xattrs
}

function damage({ source }: Volume, inode: Inode, detail: string): Error {
  return formatError('MALFORMED', detail, source, {
    structure: `attributes of inode ${inode.number}`,
    offset: inode.offset,
  })
}
