import { type ByteString, byteString } from '../bytes/byte-string.ts'
import { u8, u16le } from '../bytes/fields.ts'
import { atLimit } from '../bytes/limits.ts'
import { type ByteSource, checkRange, formatError } from '../bytes/source.ts'
import { type Struct, struct } from '../bytes/struct.ts'
import type { Xattr } from '../image.ts'
import type { Inode } from './inode.ts'
import type { Volume } from './volume.ts'

/** Bytes of the header of inline attributes (erofs_fs.h: struct erofs_xattr_ibody_header). The fifth counts shared ones. */
const IBODY_HEADER = 12

const fields = { nameLen: u8, nameIndex: u8, valueSize: u16le }

/** An attribute before its name and its value (erofs_fs.h: struct erofs_xattr_entry). */
const xattrEntry: Struct<typeof fields> = struct('xattr entry', fields)

/** Beginnings of names by their index (erofs_fs.h: EROFS_XATTR_INDEX_USER and so on). */
const PREFIXES: readonly (ByteString | undefined)[] = [
  undefined,
  'user.',
  'system.posix_acl_access',
  'system.posix_acl_default',
  'trusted.',
  'lustre.',
  'security.',
]

/** The index is that of a long prefix (erofs_fs.h: EROFS_XATTR_LONG_PREFIX). */
const LONG_PREFIX = 0x80

/** The beginning of names with a short index; undefined for one that we do not know. */
export function shortPrefix(index: number): ByteString | undefined {
  return PREFIXES[index]
}

/** The byte at which a shared attribute lies (kernel: erofs_xattr_iter_shared). */
export function sharedOffset({ superblock, blockSize }: Volume, id: number): number {
  return superblock.xattrBlkaddr * blockSize + id * 4
}

/** The numbers of an inode's shared attributes. @throws {FormatError} MALFORMED when there are more than fit */
export function sharedIds(inode: Inode): readonly number[] {
  const { source, xattrOffset, xattrSize, nid } = inode
  if (xattrSize === 0) return []
  checkRange(source, xattrOffset, xattrSize, `extended attributes of inode ${nid}`)
  const bytes = source.read(xattrOffset, xattrSize)
  const view = new DataView(bytes.buffer, bytes.byteOffset, xattrSize)
  const count = view.getUint8(4)
  if (IBODY_HEADER + 4 * count > xattrSize) {
    throw formatError('MALFORMED', 'it has more shared attributes than fit into its attributes', source, {
      structure: `extended attributes of inode ${nid}`,
      offset: xattrOffset + 4,
      field: 'h_shared_count',
      found: count,
      expected: `at most ${Math.floor((xattrSize - IBODY_HEADER) / 4)}`,
    })
  }
  return Array.from({ length: count }, (_, index) => view.getUint32(IBODY_HEADER + 4 * index, true))
}

/**
 * The extended attributes of an inode: those in the inode, then those it shares.
 * @param longPrefixes the long prefixes of names, by their index
 * @throws {FormatError} when a length or a place is impossible
 */
export function readXattrs(volume: Volume, inode: Inode, longPrefixes: readonly ByteString[]): readonly Xattr[] {
  const { source, xattrOffset, xattrSize, nid } = inode
  const ids = sharedIds(inode)
  const xattrs: Xattr[] = []
  const add = ({ name, nameIndex, value }: RawXattr): void => {
    const prefix = (nameIndex & LONG_PREFIX) !== 0 ? longPrefixes[nameIndex & ~LONG_PREFIX] : shortPrefix(nameIndex)
    // A prefix from a later version. We do not know the name, so we skip the attribute.
    if (prefix !== undefined) xattrs.push({ name: prefix + name, value })
  }
  const end = xattrOffset + xattrSize
  const structure = `extended attributes of inode ${nid}`
  for (let at = xattrOffset + IBODY_HEADER + 4 * ids.length; at + xattrEntry.size <= end; ) {
    const raw = readEntry(source, at, end, structure)
    // The place may be longer than its attributes. Zeros follow them.
    if (raw.nameIndex === 0 && raw.length === xattrEntry.size) break
    add(raw)
    at += raw.length
  }
  let total = 0
  for (const id of ids) {
    const shared = readEntry(volume.source, sharedOffset(volume, id), volume.source.size, 'shared extended attribute')
    total += shared.length
    if (total > volume.limits.xattrs) {
      throw formatError('LIMIT', `its attributes have more than ${volume.limits.xattrs} bytes`, source, {
        structure,
        offset: xattrOffset,
        ...atLimit(volume.limits, 'xattrs'),
      })
    }
    add(shared)
  }
  return xattrs
}

/** Bytes of a shared attribute. @throws {FormatError} TRUNCATED when it leaves the source */
export function sharedLength(volume: Volume, id: number): number {
  const offset = sharedOffset(volume, id)
  return readEntry(volume.source, offset, volume.source.size, 'shared extended attribute').length
}

interface RawXattr {
  readonly name: ByteString
  readonly nameIndex: number
  readonly value: Uint8Array
  /** Bytes, with the padding to a multiple of 4. */
  readonly length: number
}

function readEntry(source: ByteSource, offset: number, end: number, structure: string): RawXattr {
  checkRange(source, offset, xattrEntry.size, structure)
  const { nameLen, nameIndex, valueSize } = xattrEntry.read(source, offset)
  const unpadded = xattrEntry.size + nameLen + valueSize
  if (offset + unpadded > end) {
    throw formatError('MALFORMED', 'an attribute is longer than the place for it', source, {
      structure,
      offset,
      field: 'e_value_size',
      found: unpadded,
      expected: `at most ${end - offset}`,
    })
  }
  const bytes = source.read(offset + xattrEntry.size, nameLen + valueSize)
  return {
    name: byteString(bytes, 0, nameLen),
    nameIndex,
    value: bytes.slice(nameLen),
    length: Math.ceil(unpadded / 4) * 4,
  }
}
