import { ascii, bytes, u8, u16le, u32le, u64le } from '../bytes/fields.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { type Struct, type StructOf, struct } from '../bytes/struct.ts'
import { FEATURES, INCOMPATIBLE, isSupported, unsupportedFeatures } from './features.ts'

/** Where the superblock begins: after 1024 bytes for a boot loader. */
export const SUPERBLOCK = 1024
export const MAGIC = 0xef53

const fields = {
  inodesCount: u32le,
  blocksCountLo: u32le,
  reservedBlocksLo: u32le,
  freeBlocksCountLo: u32le,
  freeInodesCount: u32le,
  firstDataBlock: u32le,
  logBlockSize: u32le,
  logClusterSize: u32le,
  blocksPerGroup: u32le,
  clustersPerGroup: u32le,
  inodesPerGroup: u32le,
  mountTime: u32le,
  writeTime: u32le,
  mountCount: u16le,
  maxMountCount: u16le,
  magic: u16le,
  state: u16le,
  errors: u16le,
  minorRevLevel: u16le,
  lastCheck: u32le,
  checkInterval: u32le,
  creatorOs: u32le,
  revLevel: u32le,
  reservedUid: u16le,
  reservedGid: u16le,
  firstIno: u32le,
  inodeSize: u16le,
  blockGroupNumber: u16le,
  featureCompat: u32le,
  featureIncompat: u32le,
  featureRoCompat: u32le,
  uuid: bytes(16),
  volumeName: ascii(16),
  lastMounted: ascii(64),
  algorithmUsage: u32le,
  preallocatedBlocks: u8,
  preallocatedDirectoryBlocks: u8,
  reservedGdtBlocks: u16le,
  journalUuid: bytes(16),
  journalInode: u32le,
  journalDevice: u32le,
  lastOrphan: u32le,
  hashSeed: bytes(16),
  hashVersion: u8,
  journalBackupType: u8,
  descSize: u16le,
  mountOptions: u32le,
  firstMetaBg: u32le,
  mkfsTime: u32le,
  journalBlocks: bytes(68),
  blocksCountHi: u32le,
  reservedBlocksHi: u32le,
  freeBlocksCountHi: u32le,
  minExtraIsize: u16le,
  wantExtraIsize: u16le,
  flags: u32le,
  raidStride: u16le,
  mmpInterval: u16le,
  mmpBlock: u64le,
  raidStripeWidth: u32le,
  logGroupsPerFlex: u8,
  checksumType: u8,
  encryptionLevel: u8,
  reservedPad: u8,
  kibibytesWritten: u64le,
  // Snapshots and the first and last errors.
  history: bytes(0xc0),
  userQuotaInode: u32le,
  groupQuotaInode: u32le,
  overheadClusters: u32le,
  backupGroup1: u32le,
  backupGroup2: u32le,
  encryption: bytes(20),
  lostFoundInode: u32le,
  projectQuotaInode: u32le,
  checksumSeed: u32le,
  timesHigh: bytes(8),
  encoding: u16le,
  encodingFlags: u16le,
  orphanFileInode: u32le,
  rest: bytes(0x178),
  checksum: u32le,
}

/** The superblock of ext2, ext3 and ext4 (kernel: Documentation/filesystems/ext4, "Super Block"). */
export const superblock: Struct<typeof fields> = struct('superblock', fields)
export type Superblock = StructOf<typeof fields>

/** The largest block size, 64 KiB, as its logarithm over 1024. */
const MAX_LOG_BLOCK_SIZE = 6
const OLD_INODE_SIZE = 128
const OLD_DESC_SIZE = 32

/** The geometry of a file system, from its superblock. */
export interface Geometry {
  readonly block: Superblock
  /** Bytes. */
  readonly blockSize: number
  readonly blocksCount: number
  readonly freeBlocks: number
  /** Blocks of a bit in the block bitmaps: 1, except with `bigalloc`. */
  readonly clusterBlocks: number
  readonly inodeSize: number
  /** Bytes of a group descriptor. */
  readonly descSize: number
  readonly groups: number
}

/** Whether the source begins like ext2, ext3 or ext4. The magic has only 16 bits, so we check other fields too. */
export function isExt(source: ByteSource): boolean {
  if (source.size < SUPERBLOCK + superblock.size) return false
  const { magic, logBlockSize, blocksPerGroup, inodesPerGroup } = superblock.read(source, SUPERBLOCK)
  return magic === MAGIC && logBlockSize <= MAX_LOG_BLOCK_SIZE && blocksPerGroup > 0 && inodesPerGroup > 0
}

/**
 * Reads the superblock.
 * @throws {FormatError} TRUNCATED; UNSUPPORTED for features that change the layout; MALFORMED for values that no file
 * system has
 */
export function readGeometry(source: ByteSource): Geometry {
  const block = superblock.read(source, SUPERBLOCK)
  const check = (isRight: boolean, field: keyof Superblock, detail: string, expected: string | number): void => {
    if (isRight) return
    const found = block[field]
    throw formatError('MALFORMED', detail, source, {
      structure: superblock.name,
      offset: SUPERBLOCK + superblock.offsets[field],
      field,
      ...(typeof found === 'number' ? { found } : {}),
      expected,
    })
  }
  check(block.magic === MAGIC, 'magic', 'not ext4', MAGIC)
  check(block.logBlockSize <= MAX_LOG_BLOCK_SIZE, 'logBlockSize', 'not a block size of the format', 'at most 6')
  if (!isSupported(block.featureIncompat)) {
    throw formatError('UNSUPPORTED', `the file system has ${unsupportedFeatures(block.featureIncompat)}`, source, {
      structure: superblock.name,
      offset: SUPERBLOCK + superblock.offsets.featureIncompat,
      field: 'featureIncompat',
    })
  }
  const blockSize = 1024 << block.logBlockSize
  const isWide = (block.featureIncompat & INCOMPATIBLE['64bit']) !== 0
  const high = isWide ? 2 ** 32 : 0
  const blocksCount = block.blocksCountLo + block.blocksCountHi * high
  // Revision 0 has neither of these fields, nor features.
  const inodeSize = block.revLevel === 0 ? OLD_INODE_SIZE : block.inodeSize
  const descSize = isWide ? block.descSize : OLD_DESC_SIZE
  const hasClusters = (block.featureRoCompat & FEATURES.roCompat.bigalloc) !== 0
  const clusterBlocks = hasClusters ? 2 ** (block.logClusterSize - block.logBlockSize) : 1
  const perGroup = `from 1 to ${blockSize * 8 * Math.max(clusterBlocks, 1)}`
  const isPower = (size: number): boolean => size > 0 && (size & (size - 1)) === 0
  check(
    isPower(inodeSize) && inodeSize >= OLD_INODE_SIZE && inodeSize <= blockSize,
    'inodeSize',
    'not an inode size of the format',
    `a power of two from 128 to ${blockSize}`,
  )
  check(
    isPower(descSize) && descSize >= OLD_DESC_SIZE && descSize <= blockSize,
    'descSize',
    'not a size of group descriptors',
    `a power of two from 32 to ${blockSize}`,
  )
  check(
    clusterBlocks >= 1 && clusterBlocks <= 2 ** 20,
    'logClusterSize',
    'clusters are smaller than blocks, or too large',
    `from ${block.logBlockSize} to ${block.logBlockSize + 20}`,
  )
  const { blocksPerGroup, inodesPerGroup, firstDataBlock } = block
  const mostBlocks = blockSize * 8 * clusterBlocks
  check(
    blocksPerGroup > 0 && blocksPerGroup <= mostBlocks,
    'blocksPerGroup',
    'not what a bitmap has bits for',
    perGroup,
  )
  check(
    inodesPerGroup > 0 && inodesPerGroup <= blockSize * 8,
    'inodesPerGroup',
    'not what a bitmap has bits for',
    `from 1 to ${blockSize * 8}`,
  )
  check(firstDataBlock < blocksCount, 'firstDataBlock', 'behind the last block', `below ${blocksCount}`)
  const groups = Math.ceil((blocksCount - firstDataBlock) / blocksPerGroup)
  const freeBlocks = block.freeBlocksCountLo + block.freeBlocksCountHi * high
  return { block, blockSize, blocksCount, freeBlocks, clusterBlocks, inodeSize, descSize, groups }
}
