import { deflateSync } from 'node:zlib'

/**
 * A squashfs writer for tests, in which every field can be set to anything: metadata and data are stored as they are,
 * tables are bytes made by the caller. It checks nothing.
 */

export const BLOCK_SIZE = 4096
const METADATA = 8192
/** All ones: no fragment, no xattrs. */
export const NONE = 0xffffffff

/** Numbers in little-endian order, each with its width in bytes. */
export function pack(...fields: readonly (readonly [bytes: number, value: number])[]): Uint8Array {
  const bytes: number[] = []
  for (const [width, value] of fields) {
    let rest = BigInt.asUintN(64, BigInt(value))
    for (let index = 0; index < width; index += 1) {
      bytes.push(Number(rest & 0xffn))
      rest >>= 8n
    }
  }
  return Uint8Array.from(bytes)
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

export function text(string: string): Uint8Array {
  return Uint8Array.from(string, (character) => character.charCodeAt(0))
}

/** Where something stands in a table of stored blocks: position of the block, offset in it. */
export function place(at: number): { block: number; offset: number } {
  return { block: Math.floor(at / METADATA) * (METADATA + 2), offset: at % METADATA }
}

/** The reference of an inode that stands at an offset of the unpacked inode table. */
export function referenceOf(at: number): number {
  const { block, offset } = place(at)
  return block * 0x10000 + offset
}

const common = (type: number, number: number, ids: number): Uint8Array =>
  pack([2, type], [2, 0o755], [2, ids], [2, ids], [4, 1], [4, number])

export interface FileFields {
  start: number
  size: number
  /** Size words. */
  blocks: readonly number[]
  fragment: number
  offset: number
  number: number
  linkCount: number
  xattr: number
  ids: number
}

/** Bit 24: a block that is stored. */
export const storedWord = (length: number): number => length + (1 << 24)

export function fileInode(fields: Partial<FileFields>): Uint8Array {
  const { start = 96, size = 0, blocks = [], fragment = NONE, offset = 0, number = 2, ids = 0 } = fields
  const head = common(2, number, ids)
  return concat(head, pack([4, start], [4, fragment], [4, offset], [4, size]), words(blocks))
}

export function extendedFileInode(fields: Partial<FileFields>): Uint8Array {
  const { start = 96, size = 0, blocks = [], fragment = NONE, offset = 0, number = 2, ids = 0 } = fields
  const { linkCount = 1, xattr = NONE } = fields
  return concat(
    common(9, number, ids),
    pack([8, start], [8, size], [8, 0], [4, linkCount], [4, fragment], [4, offset], [4, xattr]),
    words(blocks),
  )
}

/** 32-bit numbers, too many of them for `pack`. */
export function words(values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer)
}

/** @param listing where its listing stands in the unpacked directory table, and how long it is */
export function directoryInode(listing: { at: number; length: number }, number = 1, type = 1): Uint8Array {
  const { block, offset } = place(listing.at)
  return concat(common(type, number, 0), pack([4, block], [4, 2], [2, listing.length + 3], [2, offset], [4, 0]))
}

export function extendedDirectoryInode(
  listing: { at: number; length: number },
  more: { number?: number; indexCount?: number; index?: Uint8Array; size?: number; xattr?: number } = {},
): Uint8Array {
  const { number = 1, indexCount = 0, index = new Uint8Array(0), size = listing.length + 3, xattr = NONE } = more
  const { block, offset } = place(listing.at)
  const fields = pack([4, 2], [4, size], [4, block], [4, 0], [2, indexCount], [2, offset], [4, xattr])
  return concat(common(8, number, 0), fields, index)
}

export function symlinkInode(target: string, { number = 2, size = target.length, linkCount = 1 } = {}): Uint8Array {
  return concat(common(3, number, 0), pack([4, linkCount], [4, size]), text(target))
}

export function typedInode(type: number, rest: Uint8Array): Uint8Array {
  return concat(common(type, 2, 0), rest)
}

/** One name in a listing; `at` is where its inode stands in the unpacked inode table. */
export interface Name {
  name: string
  at: number
  type?: number
  /** What the entry says of the name's length, when that is a lie. */
  nameSize?: number
  /** What the header before it says of how many entries follow, when that is a lie. */
  count?: number
}

/** A listing with a header before each name. */
export function listing(names: readonly Name[]): Uint8Array {
  return concat(
    ...names.map(({ name, at, type = 2, nameSize = name.length, count = 1 }) => {
      const { block, offset } = place(at)
      const header = pack([4, count - 1], [4, block], [4, 1])
      return concat(header, pack([2, offset], [2, 0], [2, type], [2, nameSize - 1]), text(name))
    }),
  )
}

/** Metadata blocks that are stored as they are. */
export function storedBlocks(bytes: Uint8Array): Uint8Array[] {
  const blocks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += METADATA) {
    const part = bytes.subarray(at, at + METADATA)
    blocks.push(concat(pack([2, 0x8000 + part.length]), part))
  }
  return blocks
}

/** What an image is made of. */
export interface Parts {
  /** Data blocks and fragments, from byte 96 on. */
  data: Uint8Array
  /** Unpacked inode table, and where the root stands in it. */
  inodes: Uint8Array
  root: number
  /** Unpacked directory table. */
  directories: Uint8Array
  /** Entries of the fragment table. */
  fragments: readonly { start: number; word: number }[]
  /** Inode references of the export table; none, no table. */
  exports: readonly number[] | undefined
  ids: readonly number[]
  /** Unpacked values, and entries of the xattr id table. */
  xattrs: { values: Uint8Array; ids: readonly { reference: number; count: number; size: number }[] } | undefined
  /** Table blocks as they are to stand in the file, instead of those made of `inodes` or `directories`. */
  inodeBlocks: readonly Uint8Array[] | undefined
  directoryBlocks: readonly Uint8Array[] | undefined
  /** Superblock fields that differ from the truth. */
  superblock: Partial<Record<SuperblockField, number>>
  streamed: boolean
}

/** The superblock's fields in their order, with their bytes. */
export const SUPERBLOCK_FIELDS = [
  ['magic', 4],
  ['inodes', 4],
  ['mkfsTime', 4],
  ['blockSize', 4],
  ['fragments', 4],
  ['compression', 2],
  ['blockLog', 2],
  ['flags', 2],
  ['ids', 2],
  ['major', 2],
  ['minor', 2],
  ['rootInode', 8],
  ['bytesUsed', 8],
  ['idTableStart', 8],
  ['xattrIdTableStart', 8],
  ['inodeTableStart', 8],
  ['directoryTableStart', 8],
  ['fragmentTableStart', 8],
  ['exportTableStart', 8],
] as const
export type SuperblockField = (typeof SUPERBLOCK_FIELDS)[number][0]

/** Writes an image, without padding. */
export function writeSquashfs(parts: Partial<Parts>): Uint8Array {
  const { data = new Uint8Array(0), inodes = new Uint8Array(0), directories = new Uint8Array(0) } = parts
  const { fragments = [], exports, ids = [0], xattrs, streamed = false } = parts
  const chunks: Uint8Array[] = [new Uint8Array(96), data]
  let size = 96 + data.length
  const append = (chunk: Uint8Array): number => {
    chunks.push(chunk)
    size += chunk.length
    return size - chunk.length
  }
  /** A lookup table: its blocks, then the positions of the blocks. */
  const lookup = (entries: Uint8Array, header?: Uint8Array): number => {
    const positions = storedBlocks(entries).map((block) => [8, append(block)] as const)
    const start = size
    if (header !== undefined) append(header)
    append(pack(...positions))
    return start
  }
  const inodeTableStart = append(concat(...(parts.inodeBlocks ?? storedBlocks(inodes))))
  const directoryTableStart = append(concat(...(parts.directoryBlocks ?? storedBlocks(directories))))
  const fragmentTableStart = lookup(
    pack(
      ...fragments.flatMap(({ start, word }): [number, number][] => [
        [8, start],
        [4, word],
        [4, 0],
      ]),
    ),
  )
  const exportTableStart = exports === undefined ? -1 : lookup(pack(...words8(exports)))
  const idTableStart = lookup(words(ids))
  let xattrIdTableStart = -1
  if (xattrs !== undefined) {
    const valuesStart = append(concat(...storedBlocks(xattrs.values)))
    const entries = xattrs.ids.flatMap((id): [number, number][] => [
      [8, id.reference],
      [4, id.count],
      [4, id.size],
    ])
    xattrIdTableStart = lookup(pack(...entries), pack([8, valuesStart], [4, xattrs.ids.length], [4, 0]))
  }
  const truth: Record<SuperblockField, number> = {
    magic: 0x73717368,
    inodes: exports?.length ?? 1,
    mkfsTime: 0,
    blockSize: BLOCK_SIZE,
    fragments: fragments.length,
    compression: 1,
    blockLog: 12,
    flags: 0,
    ids: ids.length,
    major: 4,
    minor: 0,
    rootInode: referenceOf(parts.root ?? 0),
    bytesUsed: size,
    idTableStart,
    xattrIdTableStart,
    inodeTableStart,
    directoryTableStart,
    fragmentTableStart,
    exportTableStart,
  }
  const superblock = pack(
    ...SUPERBLOCK_FIELDS.map(([field, width]) => [width, parts.superblock?.[field] ?? truth[field]] as const),
  )
  if (streamed) {
    chunks[0]!.set(text('HSQS'))
    append(superblock)
  } else chunks[0] = superblock
  return concat(...chunks)
}

function words8(values: readonly number[]): [number, number][] {
  return values.map((value) => [8, value])
}

/** Metadata blocks compressed with zlib: how a small file holds large tables. */
export function deflatedBlocks(bytes: Uint8Array): Uint8Array[] {
  const blocks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += METADATA) {
    const packed = deflateSync(bytes.subarray(at, at + METADATA))
    blocks.push(concat(pack([2, packed.length]), packed))
  }
  return blocks
}

/** A child of the root: its name and its inode. */
export interface Child {
  name: string
  inode: Uint8Array
  type?: number
}

/** The tables of an image with a root directory and these children: inodes in order, the root last. */
export function flat(children: readonly Child[]): { inodes: Uint8Array; root: number; directories: Uint8Array } {
  const names: Name[] = []
  let at = 0
  for (const { name, inode, type } of children) {
    names.push({ name, at, ...(type === undefined ? {} : { type }) })
    at += inode.length
  }
  const directories = listing(names)
  const root = extendedDirectoryInode({ at: 0, length: directories.length })
  return { inodes: concat(...children.map(({ inode }) => inode), root), root: at, directories }
}

/** A name of a tree, with an inode or with children. */
export interface Node {
  readonly name: string
  readonly inode?: Uint8Array
  readonly type?: number
  readonly children?: readonly Node[]
  readonly extended?: boolean
}

/** Inodes and listings of a tree: children come before their directory, the root last. */
export function treeOf(top: Node): { inodes: Uint8Array; root: number; directories: Uint8Array } {
  const inodes: Uint8Array[] = []
  const listings: Uint8Array[] = []
  let inodesLength = 0
  let listingsLength = 0
  let number = 0
  const add = (node: Node): number => {
    let { inode } = node
    if (node.children !== undefined) {
      const names: Name[] = node.children.map((child) => ({
        name: child.name,
        at: add(child),
        type: child.children === undefined ? (child.type ?? 2) : 1,
      }))
      const bytes = listing(names)
      const place = { at: listingsLength, length: bytes.length }
      listings.push(bytes)
      listingsLength += bytes.length
      number += 1
      inode = node.extended ? extendedDirectoryInode(place, { number, xattr: 0 }) : directoryInode(place, number)
    }
    inodes.push(inode!)
    inodesLength += inode!.length
    return inodesLength - inode!.length
  }
  const root = add(top)
  return { inodes: concat(...inodes), root, directories: concat(...listings) }
}

/** What a file holds, where a symbolic link leads, or the number of a device; one character a byte in names and targets. */
export type Content = string | Uint8Array | { readonly target: string } | { readonly device: number }

/**
 * A squashfs of files by their paths, packed as mksquashfs does by default: zlib where it gains, contents that are the
 * same stored once, and files below a block's size in fragments.
 */
export function squashfsOf(
  files: Readonly<Record<string, Content>>,
  { blockSize = 131_072, fragments = true }: { blockSize?: number; fragments?: boolean } = {},
): Uint8Array {
  const data: Uint8Array[] = []
  let size = 96
  /** Appends a block; its size word. */
  const append = (block: Uint8Array): number => {
    const packed = deflateSync(block, { level: 1 })
    const stored = packed.length < block.length ? packed : block
    data.push(stored)
    size += stored.length
    return stored === packed ? packed.length : storedWord(block.length)
  }
  const table: { start: number; word: number }[] = []
  let tails: Uint8Array[] = []
  let tailsLength = 0
  const flush = (): void => {
    if (tailsLength === 0) return
    const start = size
    table.push({ start, word: append(concat(...tails)) })
    tails = []
    tailsLength = 0
  }
  const known = new Map<string, Partial<FileFields>>()
  const placed = (bytes: Uint8Array): Partial<FileFields> => {
    if (fragments && bytes.length > 0 && bytes.length < blockSize) {
      if (tailsLength + bytes.length > blockSize) flush()
      tails.push(bytes)
      tailsLength += bytes.length
      return { size: bytes.length, fragment: table.length, offset: tailsLength - bytes.length }
    }
    const start = size
    const count = Math.ceil(bytes.length / blockSize)
    const blocks = Array.from({ length: count }, (_, index) =>
      append(bytes.subarray(index * blockSize, (index + 1) * blockSize)),
    )
    return { start, size: bytes.length, blocks }
  }
  let number = 0
  const leaf = (name: string, content: Content): Node => {
    number += 1
    if (typeof content === 'object' && 'target' in content) {
      return { name, type: 3, inode: symlinkInode(content.target, { number }) }
    }
    if (typeof content === 'object' && 'device' in content) {
      return { name, type: 5, inode: concat(common(5, number, 0), pack([4, 1], [4, content.device])) }
    }
    const bytes = typeof content === 'string' ? text(content) : content
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    const fields = known.get(key) ?? placed(bytes)
    known.set(key, fields)
    return { name, inode: fileInode({ ...fields, number }) }
  }
  const folder = (name: string, entries: readonly (readonly [path: string, content: Content])[]): Node => {
    const groups = new Map<string, (readonly [string, Content])[]>()
    for (const [path, content] of entries) {
      const slash = path.indexOf('/')
      const first = slash < 0 ? path : path.slice(0, slash)
      groups.set(first, [...(groups.get(first) ?? []), [slash < 0 ? '' : path.slice(slash + 1), content]])
    }
    const children = [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
    return {
      name,
      children: children.map(([first, below]) =>
        below[0]![0] === '' ? leaf(first, below[0]![1]) : folder(first, below),
      ),
    }
  }
  const tree = treeOf(folder('', Object.entries(files)))
  flush()
  return writeSquashfs({
    data: concat(...data),
    ...tree,
    fragments: table,
    superblock: { blockSize, blockLog: Math.log2(blockSize) },
  })
}
