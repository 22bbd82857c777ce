import { type FormatError, hex } from '../bytes/errors.ts'
import { ascii, bytes, type Field, u8, u16le, u32le, u64le } from '../bytes/fields.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { type Struct, type StructOf, struct } from '../bytes/struct.ts'
import { crc32c } from '../checksums/crc32c.ts'
import type { StructureChecksum } from '../image.ts'
import { COMPAT, INCOMPAT, KNOWN_INCOMPAT } from './features.ts'

/** The offset of the superblock (erofs_fs.h: EROFS_SUPER_OFFSET). A boot sector may stand before it. */
export const SUPER_OFFSET = 1024
const MAGIC = 0xe0f5e1e2
/** Bytes of an extension slot behind the superblock (erofs_fs.h: EROFS_SB_EXTSLOT_SIZE). */
const EXTSLOT_SIZE = 16
/** The smallest and largest block size of the format: Linux takes from a sector to a page, and pages have up to 64 KiB. */
const MIN_BLOCK_BITS = 9
const MAX_BLOCK_BITS = 16

/** Seconds since 1970, which may be before that. Values beyond 2^53 are rounded. */
export const s64le: Field<number> = {
  size: 8,
  get: (view, offset) => view.getInt32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true),
}

const fields = {
  magic: u32le,
  checksum: u32le,
  featureCompat: u32le,
  blkszbits: u8,
  sbExtslots: u8,
  /** With 48bit: the upper bits of the number of blocks. */
  rootNid: u16le,
  inos: u64le,
  epoch: s64le,
  fixedNsec: u32le,
  blocks: u32le,
  metaBlkaddr: u32le,
  xattrBlkaddr: u32le,
  uuid: bytes(16),
  volumeName: ascii(16),
  featureIncompat: u32le,
  /** Without compr_cfgs: the window of lz4. */
  availableComprAlgs: u16le,
  extraDevices: u16le,
  devtSlotoff: u16le,
  dirblkbits: u8,
  xattrPrefixCount: u8,
  xattrPrefixStart: u32le,
  packedNid: u64le,
  xattrFilterReserved: u8,
  reserved: bytes(3),
  buildTime: u32le,
  rootNid8b: u64le,
  reserved2: u64le,
}

/** The superblock, 128 bytes (erofs_fs.h: struct erofs_super_block). Extension slots may follow. */
export const superblock: Struct<typeof fields> = struct('superblock', fields)
export type Superblock = StructOf<typeof fields>

/** Whether the source has the magic of EROFS. It says nothing about damage. */
export function startsLikeErofs(source: ByteSource): boolean {
  if (source.size < SUPER_OFFSET + 4) return false
  const magic = source.read(SUPER_OFFSET, 4)
  return u32le.get(new DataView(magic.buffer, magic.byteOffset, 4), 0) === MAGIC
}

/** Whether this is an EROFS and not just four bytes that happen to match its magic. */
export function isPlausible(source: ByteSource): boolean {
  if (!startsLikeErofs(source) || source.size < SUPER_OFFSET + superblock.size) return false
  const { blkszbits, metaBlkaddr, blocks, inos } = superblock.read(source, SUPER_OFFSET)
  const signs = [blkszbits >= MIN_BLOCK_BITS && blkszbits <= MAX_BLOCK_BITS, metaBlkaddr <= blocks, inos > 0]
  return signs.filter((sign) => sign).length >= signs.length - 1
}

/** @throws {FormatError} TRUNCATED, MALFORMED for values that no image has, UNSUPPORTED for features that we do not read */
export function readSuperblock(source: ByteSource): Superblock {
  const block = superblock.read(source, SUPER_OFFSET)
  const fail = (
    code: FormatError['code'],
    field: keyof Superblock,
    detail: string,
    found: string | number,
    expected: string,
  ): FormatError =>
    formatError(code, detail, source, {
      structure: superblock.name,
      offset: SUPER_OFFSET + superblock.offsets[field],
      field,
      found,
      expected,
    })
  if (block.magic !== MAGIC) throw fail('MALFORMED', 'magic', 'not EROFS', hex(block.magic), hex(MAGIC))
  const { blkszbits, featureIncompat, dirblkbits } = block
  if (blkszbits < MIN_BLOCK_BITS || blkszbits > MAX_BLOCK_BITS) {
    throw fail('MALFORMED', 'blkszbits', 'not a block size of the format', blkszbits, `9 to ${MAX_BLOCK_BITS}`)
  }
  const unknown = (featureIncompat & ~KNOWN_INCOMPAT) >>> 0
  if (unknown !== 0) {
    const detail = 'a newer EROFS: it has features that we do not know'
    throw fail('UNSUPPORTED', 'featureIncompat', detail, hex(unknown), `bits in ${hex(KNOWN_INCOMPAT)}`)
  }
  if ((featureIncompat & INCOMPAT.metabox) !== 0) {
    const detail = 'its metadata is compressed (feature metabox), which we do not read'
    throw fail('UNSUPPORTED', 'featureIncompat', detail, hex(featureIncompat), `without ${hex(INCOMPAT.metabox)}`)
  }
  if (dirblkbits !== 0) {
    const detail = 'directory blocks of another size than the image’s are not read'
    throw fail('UNSUPPORTED', 'dirblkbits', detail, dirblkbits, '0')
  }
  return block
}

/** Whether the image has an incompatible feature. */
export function hasIncompat({ featureIncompat }: Superblock, feature: keyof typeof INCOMPAT): boolean {
  return (featureIncompat & INCOMPAT[feature]) !== 0
}

/** Bytes of the superblock with its extension slots. */
export function superblockSize({ sbExtslots }: Superblock): number {
  return superblock.size + sbExtslots * EXTSLOT_SIZE
}

/** The nid of the root directory. */
export function rootNidOf(block: Superblock): number {
  return hasIncompat(block, 'bit48') && block.rootNid8b > 0 ? block.rootNid8b : block.rootNid
}

/** Blocks of the image. */
export function blocksOf(block: Superblock): number {
  return block.blocks + (hasIncompat(block, 'bit48') && block.rootNid8b > 0 ? block.rootNid * 2 ** 32 : 0)
}

/**
 * The checksum of the superblock; undefined if it is absent. It covers the rest of the first block, with zeros in its
 * own place (kernel: erofs_superblock_csum_verify).
 */
export function superblockChecksum(source: ByteSource, block: Superblock): StructureChecksum | undefined {
  if ((block.featureCompat & COMPAT.superblockChecksum) === 0) return undefined
  const blockSize = 2 ** block.blkszbits
  const length = blockSize > SUPER_OFFSET ? blockSize - SUPER_OFFSET : blockSize
  if (SUPER_OFFSET + length > source.size) return undefined
  const covered = source.read(SUPER_OFFSET, length).slice()
  covered.fill(0, superblock.offsets.checksum, superblock.offsets.checksum + 4)
  const computed = ~crc32c(covered, 0, length) >>> 0
  const checksum = { structure: superblock.name, algorithm: 'CRC-32C', offset: SUPER_OFFSET }
  if (computed === block.checksum) return checksum
  const problem = formatError('CHECKSUM', 'its checksum differs; it is read all the same', source, {
    structure: superblock.name,
    offset: SUPER_OFFSET + superblock.offsets.checksum,
    field: 'checksum',
    found: hex(block.checksum),
    expected: hex(computed),
  })
  return { ...checksum, problem }
}
