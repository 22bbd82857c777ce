import { superblock } from '../../../parsers/ext4/superblock.ts'
import { concat, pack, text } from '../squashfs/writer.ts'

/**
 * A writer of small ext4 file systems for tests, in which every field can be set to anything. It has one group with blocks
 * of 1 KiB, and inodes of 256 bytes. It checks nothing.
 */

export const BLOCK = 1024
export const INODE = 256
export const INODES = 64
/** Block numbers of the parts. */
export const AT = { superblock: 1, descriptors: 2, blockBitmap: 3, inodeBitmap: 4, inodeTable: 5, data: 21 } as const

export const MODE = {
  file: 0o100644,
  directory: 0o40755,
  symlink: 0o120777,
  fifo: 0o10644,
  blockDevice: 0o60600,
} as const
export const FLAG = { encrypted: 0x800, extents: 0x80000, inline: 0x10000000 } as const
/** Features that the writer sets: file types, extents, inline data, and attributes in other inodes. */
const INCOMPAT = 0x2 | 0x40 | 0x400 | 0x8000

export interface InodeFields {
  readonly mode?: number
  readonly size?: number
  readonly flags?: number
  /** The 60 bytes of `i_block`, or fewer. */
  readonly block?: Uint8Array
  readonly links?: number
  readonly uid?: number
  readonly mtime?: number
  readonly mtimeExtra?: number
  readonly xattrBlock?: number
  /** What follows the fields: attributes in the inode. */
  readonly xattrs?: Uint8Array
}

/** The byte offset of an inode. */
export function inodeOffset(number: number): number {
  return AT.inodeTable * BLOCK + (number - 1) * INODE
}

export function inode(fields: InodeFields = {}): Uint8Array {
  const { mode = MODE.file, size = 0, flags = FLAG.extents, block = extents([]), links = 1, uid = 0 } = fields
  const bytes = new Uint8Array(INODE)
  bytes.set(
    pack([2, mode], [2, uid % 65_536], [4, size % 2 ** 32], [8, 0], [4, fields.mtime ?? 0], [4, 0], [2, 0], [2, links]),
  )
  bytes.set(pack([4, 0], [4, flags], [4, 0]), 0x1c)
  bytes.set(block, 0x28)
  bytes.set(pack([4, fields.xattrBlock ?? 0], [4, Math.floor(size / 2 ** 32)]), 0x68)
  bytes.set(pack([2, Math.floor(uid / 65_536)]), 0x78)
  bytes.set(pack([2, 32], [6, 0], [4, fields.mtimeExtra ?? 0]), 0x80)
  bytes.set(fields.xattrs ?? new Uint8Array(0), 128 + 32)
  return bytes
}

export interface ExtentFields {
  readonly at: number
  readonly block: number
  readonly count: number
}

/** A node of an extent tree: extents at depth 0, else the blocks of nodes. A count above 32768 is not written. */
export function extents(
  list: readonly ExtentFields[],
  depth = 0,
  header: { magic?: number; entries?: number } = {},
): Uint8Array {
  const { magic = 0xf30a, entries = list.length } = header
  const rows = list.map(({ at, block, count }) =>
    depth === 0 ? pack([4, at], [2, count], [2, 0], [4, block]) : pack([4, at], [4, block], [2, 0], [2, 0]),
  )
  return concat(pack([2, magic], [2, entries], [2, 4], [2, depth], [4, 0]), ...rows)
}

export interface NameFields {
  readonly name: string
  readonly inode: number
  readonly type?: number
  /** By default up to the next entry, or the end of the block. */
  readonly length?: number
}

/** The entries of a directory, which fill `size` bytes. */
export function directory(names: readonly NameFields[], size = BLOCK): Uint8Array {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const [index, { name, inode: number, type = 1, length: set }] of names.entries()) {
    const own = 8 + Math.ceil(name.length / 4) * 4
    const length = set ?? (index === names.length - 1 ? size - at : own)
    bytes.set(concat(pack([4, number], [2, length], [1, name.length], [1, type]), text(name)), at)
    at += own
  }
  return bytes
}

export const DOTS: readonly NameFields[] = [
  { name: '.', inode: 2, type: 2 },
  { name: '..', inode: 2, type: 2 },
]

/** An entry of attributes, in an inode or a block; `at` is where the value lies. */
export function xattr(index: number, name: string, at: number, length: number, valueInode = 0): Uint8Array {
  const padded = text(name.padEnd(Math.ceil(name.length / 4) * 4, '\0'))
  return concat(pack([1, name.length], [1, index], [2, at], [4, valueInode], [4, length], [4, 0]), padded)
}

export const XATTR_MAGIC = 0xea020000

export interface FileSystem {
  /** Inodes by number; without, the root is an empty directory. */
  readonly inodes?: Readonly<Record<number, Uint8Array>>
  /** Blocks by number, from `AT.data` on. */
  readonly blocks?: Readonly<Record<number, Uint8Array>>
  /** Names of the root, whose block is the first of the data. */
  readonly root?: readonly NameFields[]
  /** Fields of the superblock. */
  readonly superblock?: Readonly<Partial<Record<keyof typeof superblock.offsets, number>>>
  /** Fields of the group descriptor: block numbers of the bitmaps and the inode table. */
  readonly descriptor?: readonly [blockBitmap: number, inodeBitmap: number, inodeTable: number]
  readonly blocksCount?: number
}

/** Writes a file system. */
export function writeExt4(parts: FileSystem = {}): Uint8Array {
  const { blocksCount = 64, root = [], descriptor = [AT.blockBitmap, AT.inodeBitmap, AT.inodeTable] } = parts
  const rootInode = inode({
    mode: MODE.directory,
    size: BLOCK,
    links: 3,
    block: extents([{ at: 0, block: AT.data, count: 1 }]),
  })
  const inodes: Readonly<Record<number, Uint8Array>> = { 2: rootInode, ...parts.inodes }
  const blocks = { [AT.data]: directory([...DOTS, ...root]), ...parts.blocks }
  const bytes = new Uint8Array(blocksCount * BLOCK)
  const put = (content: Uint8Array, offset: number): void => {
    if (offset + content.length <= bytes.length) bytes.set(content, offset)
  }
  const fields = {
    ...{
      inodesCount: INODES,
      blocksCountLo: blocksCount,
      firstDataBlock: 1,
      blocksPerGroup: 8192,
      clustersPerGroup: 8192,
    },
    ...{ inodesPerGroup: INODES, magic: 0xef53, state: 1, revLevel: 1, firstIno: 11, inodeSize: INODE },
    ...{ featureIncompat: INCOMPAT, freeInodesCount: INODES - 11, minExtraIsize: 32, wantExtraIsize: 32 },
    ...parts.superblock,
  }
  const { offsets } = superblock
  const order = Object.values(offsets).sort((a, b) => a - b)
  for (const [name, value] of Object.entries(fields)) {
    const offset = offsets[name as keyof typeof offsets]
    const end = order.find((other) => other > offset) ?? superblock.size
    bytes.set(pack([end - offset, value]), BLOCK + offset)
  }
  put(pack([4, descriptor[0]], [4, descriptor[1]], [4, descriptor[2]]), AT.descriptors * BLOCK)
  // A bit for each block from the first data block on: those of the tables and those that are given are in use.
  const used = [...Array.from({ length: AT.data }, (_, block) => block), ...Object.keys(blocks).map(Number)]
  for (const block of used.filter((number) => number >= 1 && number < blocksCount)) {
    bytes[AT.blockBitmap * BLOCK + ((block - 1) >> 3)]! |= 1 << ((block - 1) & 7)
  }
  for (const [number, content] of Object.entries(inodes)) put(content, inodeOffset(Number(number)))
  for (const [block, content] of Object.entries(blocks)) put(content, Number(block) * BLOCK)
  return bytes
}
