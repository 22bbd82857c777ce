import { type FormatError, hex } from '../bytes/errors.ts'
import { u16le, u32be, u32le, u64le } from '../bytes/fields.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { type Struct, type StructOf, struct } from '../bytes/struct.ts'
import type { CodecName } from '../codecs/codec.ts'

/** "hsqs": squashfs, little-endian. */
const MAGIC = 0x73717368
/** "sqsh": squashfs before 4.0, big-endian. */
const MAGIC_BIG_ENDIAN = 0x68737173
/** "HSQS": a streamed image (mksquashfs -stream, 4.7.3 and later). Its superblock is its last 96 bytes. */
const MAGIC_STREAMED = 0x53515348

const fields = {
  magic: u32le,
  inodes: u32le,
  mkfsTime: u32le,
  blockSize: u32le,
  fragments: u32le,
  compression: u16le,
  blockLog: u16le,
  flags: u16le,
  ids: u16le,
  major: u16le,
  minor: u16le,
  rootInode: u64le,
  bytesUsed: u64le,
  idTableStart: u64le,
  xattrIdTableStart: u64le,
  inodeTableStart: u64le,
  directoryTableStart: u64le,
  fragmentTableStart: u64le,
  exportTableStart: u64le,
}

/** The squashfs 4.0 superblock, 96 bytes (kernel: struct squashfs_super_block). Table positions count from it. */
export const superblock: Struct<typeof fields> = struct('superblock', fields)
export type Superblock = StructOf<typeof fields>

/**
 * `flags` (kernel: SQUASHFS_NOI and its neighbours). Except for compressorOptions, they only record options of the
 * writer.
 */
// biome-ignore format: one flag a line
export const FLAGS = {
  uncompressedInodes:    0x0001,
  uncompressedData:      0x0002,
  uncompressedFragments: 0x0008,
  noFragments:           0x0010,
  alwaysFragments:       0x0020,
  duplicatesRemoved:     0x0040,
  exportable:            0x0080,
  uncompressedXattrs:    0x0100,
  noXattrs:              0x0200,
  compressorOptions:     0x0400,
  uncompressedIds:       0x0800,
} as const

/** Compressors by their number in `compression`, with the names that mksquashfs gives them. */
const COMPRESSORS: readonly ({ readonly name: string; readonly codec: CodecName } | undefined)[] = [
  undefined,
  { name: 'gzip', codec: 'zlib' },
  { name: 'lzma', codec: 'lzma' },
  { name: 'lzo', codec: 'lzo' },
  { name: 'xz', codec: 'xz' },
  { name: 'lz4', codec: 'lz4' },
  { name: 'zstd', codec: 'zstd' },
]

/** The largest and smallest block size of the format (kernel: SQUASHFS_FILE_MAX_SIZE). */
const MAX_BLOCK_SIZE = 1 << 20
const MIN_BLOCK_SIZE = 1 << 12

/** Whether the source starts like a squashfs of any version. It says nothing about damage. */
export function startsLikeSquashfs(source: ByteSource): boolean {
  if (source.size < 4) return false
  const magic = u32le.get(viewOf(source.read(0, 4)), 0)
  return magic === MAGIC || magic === MAGIC_BIG_ENDIAN || magic === MAGIC_STREAMED
}

/**
 * Whether this is a squashfs and not just four bytes that happen to match its magic. We check version, block size,
 * compressor and the order of the tables. One of these checks may fail.
 */
export function isPlausible(source: ByteSource): boolean {
  if (!startsLikeSquashfs(source) || source.size < superblock.size) return false
  const { block, streamed } = readRaw(source)
  if (streamed) return block.magic === MAGIC && block.major === 4
  if (block.magic === MAGIC_BIG_ENDIAN || block.major < 4) return oldVersion(source) !== undefined
  const signs = [
    block.major === 4 && block.minor === 0,
    isBlockSize(block.blockSize) && 2 ** block.blockLog === block.blockSize,
    COMPRESSORS[block.compression] !== undefined,
    block.inodeTableStart < block.directoryTableStart && block.directoryTableStart <= block.bytesUsed,
  ]
  // If one of them is damaged, it is a squashfs that we cannot open, and not some other file.
  return signs.filter((sign) => sign).length >= signs.length - 1
}

/** The superblock of a source and its offset: at the start, or at the end in a streamed image. */
export interface LocatedSuperblock {
  readonly block: Superblock
  readonly offset: number
  readonly compressor: string
  readonly codec: CodecName
}

/**
 * @throws {FormatError} TRUNCATED, UNSUPPORTED for other versions (named), MALFORMED for values that no 4.0 image has
 */
export function readSuperblock(source: ByteSource): LocatedSuperblock {
  const { block, streamed, offset } = readRaw(source)
  const fail = (field: keyof Superblock, detail: string, found: string | number, expected: string): FormatError =>
    formatError('MALFORMED', detail, source, {
      structure: superblock.name,
      offset: offset + superblock.offsets[field],
      field,
      found,
      expected,
    })
  if (block.magic === MAGIC_BIG_ENDIAN || (block.magic === MAGIC && block.major < 4)) throw oldVersionError(source)
  if (block.magic !== MAGIC) {
    throw fail(
      'magic',
      streamed ? 'a streamed image must end in its superblock' : 'not squashfs',
      hex(block.magic),
      hex(MAGIC),
    )
  }
  if (block.major !== 4 || block.minor !== 0) {
    throw formatError('UNSUPPORTED', 'this squashfs version is not read', source, {
      structure: superblock.name,
      offset: offset + superblock.offsets.major,
      field: 'version',
      found: `${block.major}.${block.minor}`,
      expected: '4.0',
    })
  }
  if (!isBlockSize(block.blockSize)) {
    throw fail('blockSize', 'not a block size of the format', block.blockSize, 'a power of two from 4096 to 1048576')
  }
  if (2 ** block.blockLog !== block.blockSize) {
    throw fail('blockLog', 'does not agree with the block size', block.blockLog, `${Math.log2(block.blockSize)}`)
  }
  const compressor = COMPRESSORS[block.compression]
  if (compressor === undefined) throw fail('compression', 'no such compressor', block.compression, '1 to 6')
  return { block, offset, compressor: compressor.name, codec: compressor.codec }
}

/**
 * The ranges of a squashfs with everything except contents: the superblock, and all tables from the inode table on,
 * which squashfs 4.0 puts after the data. Ranges are in bytes, half-open, and within the source.
 * @throws {FormatError} the errors of `readSuperblock`
 */
export function tableRanges(source: ByteSource): readonly { readonly start: number; readonly end: number }[] {
  const { block, offset } = readSuperblock(source)
  const end = Math.min(block.bytesUsed, source.size)
  return [
    { start: offset, end: offset + superblock.size },
    { start: Math.min(block.inodeTableStart, end), end },
  ]
}

/** Where an image ends by its superblock, before the padding; undefined if we cannot tell. */
export function squashfsEnd(source: ByteSource): number | undefined {
  if (!isPlausible(source)) return undefined
  const { block, streamed } = readRaw(source)
  return streamed || block.magic !== MAGIC || block.major < 4 ? undefined : block.bytesUsed
}

function readRaw(source: ByteSource): { block: Superblock; streamed: boolean; offset: number } {
  const first = superblock.read(source, 0)
  if (first.magic !== MAGIC_STREAMED) return { block: first, streamed: false, offset: 0 }
  const offset = source.size - superblock.size
  return { block: superblock.read(source, offset), streamed: true, offset }
}

function isBlockSize(size: number): boolean {
  return size >= MIN_BLOCK_SIZE && size <= MAX_BLOCK_SIZE && (size & (size - 1)) === 0
}

interface OldVersion {
  readonly version: string
  readonly byteOrder: string
  readonly inodes: number
  readonly blockSize: number
  readonly bytesUsed: number
}

/** The superblock fields of versions 1 to 3, in either byte order (squashfs-tools: squashfs_compat.h). */
function oldVersion(source: ByteSource): OldVersion | undefined {
  const view = viewOf(source.read(0, superblock.size))
  const little = u32le.get(view, 0) === MAGIC
  if (!little && u32be.get(view, 0) !== MAGIC) return undefined
  const major = view.getUint16(28, little)
  if (major > 4) return undefined
  return {
    version: `${major}.${view.getUint16(30, little)}`,
    byteOrder: little ? 'little-endian' : 'big-endian',
    inodes: view.getUint32(4, little),
    // Version 1 has only a 16-bit block size, at 32. Versions 2 and 3 have 32 bits at 51.
    blockSize:
      major === 4 ? view.getUint32(12, little) : major === 1 ? view.getUint16(32, little) : view.getUint32(51, little),
    // Versions 1 and 2 have 32 bits at 8. Version 3 has 64 bits at 63.
    bytesUsed:
      major === 3
        ? view.getUint32(little ? 67 : 63, little) * 2 ** 32 + view.getUint32(little ? 63 : 67, little)
        : view.getUint32(8, little),
  }
}

function oldVersionError(source: ByteSource): FormatError {
  const old = oldVersion(source)
  const known =
    old === undefined
      ? 'an unknown squashfs'
      : `squashfs ${old.version}, ${old.byteOrder}: ${old.inodes} inodes, block size ${old.blockSize}` +
        (old.version.startsWith('4') ? '' : `, ${old.bytesUsed} bytes used`)
  return formatError('UNSUPPORTED', `${known}; only little-endian squashfs 4.0 is read`, source, {
    structure: superblock.name,
    offset: 0,
    field: 'version',
  })
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
