import { ascii, bytes, u8, u16be, u32be } from '../bytes/fields.ts'
import type { ByteSource } from '../bytes/source.ts'
import { struct } from '../bytes/struct.ts'
import type { ForeignStructure } from './foreign-structure.ts'

/** The disk sector, the unit of HFS. */
const DISK_SECTOR = 512
/** The distance of a volume's header from the start of the volume and from its end (TN1150, Volume Header). */
const HEADER = 1024
/** Bytes of a volume's name (Inside Macintosh: Files, 2). */
const NAME_LIMIT = 27
/** Extents in a volume's header: three in HFS, eight in HFS+. */
const HFS_EXTENTS = 3
const HFS_PLUS_EXTENTS = 8

/** Inside Macintosh: Files, 2, Master Directory Blocks. */
const masterDirectoryBlock = struct('master directory block', {
  signature: ascii(2), // drSigWord, 'BD'
  dates: bytes(8), // drCrDate, drLsMod
  attributes: u16be, // drAtrb
  rootFiles: u16be, // drNmFls
  volumeBitmap: u16be, // drVBMSt
  allocationPointer: u16be, // drAllocPtr
  allocationBlocks: u16be, // drNmAlBlks
  allocationBlockSize: u32be, // drAlBlkSiz
  clumpSize: u32be, // drClpSiz
  firstAllocationBlock: u16be, // drAlBlSt
  nextNodeId: u32be, // drNxtCNID
  freeBlocks: u16be, // drFreeBks
  nameLength: u8, // drVN
  name: bytes(27),
  backup: bytes(66), // drVolBkUp to drEmbedExtent
  extentsFileSize: u32be, // drXTFlSize
  extentsFile: bytes(12), // drXTExtRec
  catalogFileSize: u32be, // drCTFlSize
  catalogFile: bytes(12), // drCTExtRec
})

/** TN1150, Volume Header, up to the forks of the special files. */
const volumeHeader = struct('HFS+ volume header', {
  signature: ascii(2), // 'H+', or 'HX' for HFSX
  version: u16be,
  flagsAndDates: bytes(28), // attributes to checkedDate
  counts: bytes(8), // fileCount, folderCount
  blockSize: u32be,
  totalBlocks: u32be,
})

/** The special files of HFS+, in the order of their forks in the volume header. Each fork has 80 bytes, from 112 on. */
const SPECIAL_FILES = ['allocation file', 'extents overflow file', 'catalog file', 'attributes file', 'startup file']
const FORKS = 112
const FORK_LENGTH = 80
/** Bytes of a fork before its extents: logicalSize, clumpSize, totalBlocks. */
const FORK_HEAD = 16

/**
 * Bytes of a catalog that we read. A volume of a million files has some 200 MB, and hybrid discs have thousands of
 * files.
 */
const CATALOG_LIMIT = 1 << 26

/** The bytes of a disc that an HFS or HFS+ volume uses. */
export interface HfsVolume {
  readonly structures: readonly ForeignStructure[]
  /** The contents of its files, under one name, because nearly all are also in the disc's tree. */
  readonly contents: readonly ForeignStructure[]
}

/** Reads the HFS or HFS+ volume that begins at `start`; undefined if there is none. */
export function readHfs(source: ByteSource, start: number): HfsVolume | undefined {
  if (start + HEADER + FORKS + SPECIAL_FILES.length * FORK_LENGTH > source.size) return undefined
  const { signature } = masterDirectoryBlock.read(source, start + HEADER)
  if (signature === 'BD') return ofHfs(source, start)
  return signature === 'H+' || signature === 'HX' ? ofHfsPlus(source, start) : undefined
}

function ofHfs(source: ByteSource, start: number): HfsVolume | undefined {
  const block = masterDirectoryBlock.read(source, start + HEADER)
  const blocks = start + block.firstAllocationBlock * DISK_SECTOR
  const { allocationBlocks, allocationBlockSize } = block
  // A signature of two letters is weak, because boot code may have these letters there.
  const isWhole = allocationBlockSize > 0 && allocationBlockSize % DISK_SECTOR === 0 && block.nameLength <= NAME_LIMIT
  if (!isWhole || allocationBlocks === 0 || blocks + allocationBlockSize > source.size) return undefined
  // The alternate block follows the last allocation block. genisoimage places it as if these began at the start of the
  // volume.
  const length = allocationBlocks * allocationBlockSize
  const alternate = [blocks + length, start + length].find((at) => isAt(source, at, 'BD'))
  const bitmapLength = Math.ceil(allocationBlocks / 8 / DISK_SECTOR) * DISK_SECTOR
  const fork = (record: Uint8Array, at: number, size: number, name: string): ForeignStructure[] =>
    cut(extents(record, at, HFS_EXTENTS, 2, blocks, allocationBlockSize, name), size)
  const catalog = fork(block.catalogFile, 0, block.catalogFileSize, 'HFS catalog file')
  const structures = [
    { offset: start, length: HEADER, name: 'HFS boot blocks' },
    { offset: start + HEADER, length: DISK_SECTOR, name: 'HFS master directory block' },
    { offset: start + block.volumeBitmap * DISK_SECTOR, length: bitmapLength, name: 'HFS volume bitmap' },
    ...fork(block.extentsFile, 0, block.extentsFileSize, 'HFS extents overflow file'),
    ...catalog,
  ]
  if (alternate !== undefined) {
    structures.push({ offset: alternate, length: DISK_SECTOR, name: 'HFS alternate master directory block' })
  }
  const contents: ForeignStructure[] = []
  for (const record of leafRecords(source, catalog, DISK_SECTOR)) {
    // One byte for the key length, then the record at an even place. A file has two forks (Files, 2, CatDataRec).
    const at = (1 + record[0]! + 1) & ~1
    if (record[at] !== FILE_RECORD || at + HFS_FILE_RECORD > record.length) continue
    for (const { size, first } of HFS_FORKS) {
      contents.push(...fork(record, at + first, u32(record, at + size), 'HFS file not in the tree'))
    }
  }
  return { structures, contents }
}

function ofHfsPlus(source: ByteSource, start: number): HfsVolume | undefined {
  const { blockSize, totalBlocks } = volumeHeader.read(source, start + HEADER)
  if (blockSize < DISK_SECTOR || blockSize % DISK_SECTOR !== 0 || totalBlocks === 0) return undefined
  const forks = source.read(start + HEADER + FORKS, SPECIAL_FILES.length * FORK_LENGTH)
  const alternate = start + blockSize * totalBlocks - HEADER
  const fork = (record: Uint8Array, at: number, name: string): ForeignStructure[] => {
    const size = u32(record, at) * 2 ** 32 + u32(record, at + 4)
    return cut(extents(record, at + FORK_HEAD, HFS_PLUS_EXTENTS, 4, start, blockSize, name), size)
  }
  const special = SPECIAL_FILES.flatMap((name, index) => fork(forks, index * FORK_LENGTH, `HFS+ ${name}`))
  const structures = [
    { offset: start, length: HEADER, name: 'HFS+ boot blocks' },
    { offset: start + HEADER, length: DISK_SECTOR, name: 'HFS+ volume header' },
    ...special,
  ]
  if (isAt(source, alternate, 'H+') || isAt(source, alternate, 'HX')) {
    structures.push({ offset: alternate, length: HEADER, name: 'HFS+ alternate volume header' })
  }
  const catalog = special.filter(({ name }) => name === 'HFS+ catalog file')
  const contents: ForeignStructure[] = []
  for (const record of leafRecords(source, catalog, catalogNodeSize(source, catalog))) {
    // Two bytes for the key length, then the record. A file has two forks (TN1150, Catalog File Record).
    const at = 2 + u16(record, 0)
    if (at + HFS_PLUS_FILE_RECORD > record.length || u16(record, at) !== FILE_RECORD) continue
    for (const first of HFS_PLUS_FORKS) contents.push(...fork(record, at + first, 'HFS+ file not in the tree'))
  }
  return { structures, contents }
}

/** The type of a file's catalog record: one byte in HFS, two bytes in HFS+. */
const FILE_RECORD = 2
/** The offsets in a file record of the sizes and extents of its forks, and the length of the record. */
const HFS_FORKS = [
  { size: 26, first: 74 },
  { size: 36, first: 86 },
]
const HFS_FILE_RECORD = 102
const HFS_PLUS_FORKS = [88, 168]
const HFS_PLUS_FILE_RECORD = 248
/** The kind of a leaf in a node descriptor (TN1150, Node Structure), and the descriptor's length. */
const LEAF = 0xff
const NODE_DESCRIPTOR = 14

/** The node size in the header node of a catalog file (TN1150, Header Record). */
function catalogNodeSize(source: ByteSource, [first]: readonly ForeignStructure[]): number {
  if (first === undefined || first.offset + 34 > source.size) return 0
  return u16(source.read(first.offset, 34), 32)
}

/** The records in the leaves of a catalog, with their keys. Each reaches to the start of the next one. */
function* leafRecords(
  source: ByteSource,
  catalog: readonly ForeignStructure[],
  nodeSize: number,
): Generator<Uint8Array> {
  if (nodeSize < DISK_SECTOR) return
  let left = CATALOG_LIMIT
  for (const { offset, length } of catalog) {
    const end = Math.min(offset + length, source.size)
    for (let at = offset; at + nodeSize <= end && left > 0; at += nodeSize) {
      const node = source.read(at, nodeSize)
      left -= nodeSize
      if (node[8] !== LEAF) continue
      const count = Math.min(u16(node, 10), Math.floor((nodeSize - NODE_DESCRIPTOR) / 2) - 1)
      // The offsets of records are at the end of the node, in reverse order. After the last comes that of the free
      // space.
      for (let index = 0; index < count; index += 1) {
        const from = u16(node, nodeSize - 2 * (index + 1))
        const to = u16(node, nodeSize - 2 * (index + 2))
        if (from >= NODE_DESCRIPTOR && from < to && to <= nodeSize) yield node.subarray(from, to)
      }
    }
  }
}

/** Cuts extents to the `size` bytes of a fork. The rest of the last block has no owner. */
function cut(extents: readonly ForeignStructure[], size: number): ForeignStructure[] {
  let left = size
  return extents.flatMap((extent) => {
    const length = Math.min(extent.length, left)
    left -= length
    return length > 0 ? [{ ...extent, length }] : []
  })
}

function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) * 0x10000 + u16(bytes, at + 2)
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

/** The extents of a file: first block and number of blocks, each of `width` bytes. An extent of 0 blocks ends them. */
function extents(
  record: Uint8Array,
  at: number,
  count: number,
  width: 2 | 4,
  start: number,
  blockSize: number,
  name: string,
): ForeignStructure[] {
  const view = new DataView(record.buffer, record.byteOffset, record.length)
  const number = (offset: number): number => (width === 2 ? view.getUint16(offset) : view.getUint32(offset))
  const found: ForeignStructure[] = []
  for (let index = 0; index < count; index += 1) {
    const offset = at + index * 2 * width
    const blocks = number(offset + width)
    if (blocks === 0) break
    found.push({ offset: start + number(offset) * blockSize, length: blocks * blockSize, name })
  }
  return found
}

function isAt(source: ByteSource, offset: number, signature: string): boolean {
  if (offset < 0 || offset + 2 > source.size) return false
  const bytes = source.read(offset, 2)
  return bytes[0] === signature.charCodeAt(0) && bytes[1] === signature.charCodeAt(1)
}
