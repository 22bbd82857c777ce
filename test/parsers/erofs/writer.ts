import { crc32c } from '../../../parsers/checksums/crc32c.ts'

/** The block size of images made here. */
export const BLOCK = 4096
const SUPER = 1024
/** Metadata begins in the second block. */
export const META = BLOCK

export function u16(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 2)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of values.entries()) view.setUint16(index * 2, value & 0xffff, true)
  return bytes
}

export function u32(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value >>> 0, true)
  return bytes
}

export function u64(...values: readonly (number | bigint)[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 8)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of values.entries()) view.setBigUint64(index * 8, BigInt(value), true)
  return bytes
}

export function text(value: string): Uint8Array {
  return Uint8Array.from(value, (letter) => letter.charCodeAt(0))
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

/** An LZ4 block of literals only ("LZ4 Block Format"). */
export function lz4Literals(content: Uint8Array): Uint8Array {
  const { length } = content
  if (length < 15) return concat(Uint8Array.of(length << 4), content)
  const more = length - 15
  return concat(Uint8Array.of(0xf0, ...Array(Math.floor(more / 255)).fill(255), more % 255), content)
}

/** The first `length` bytes of a seed that repeats without end. */
export function repeated(seed: Uint8Array, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => seed[index % seed.length]!)
}

/** An LZ4 block that becomes `repeated(seed, length)`: literals, one match, and five literals. */
export function lz4Repeat(seed: Uint8Array, length: number): Uint8Array {
  const continued = (count: number): number[] =>
    count < 15 ? [] : [...Array(Math.floor((count - 15) / 255)).fill(255), (count - 15) % 255]
  const match = length - seed.length - 5 - 4
  const token = (Math.min(seed.length, 15) << 4) | Math.min(match, 15)
  const last = repeated(seed, length).subarray(length - 5)
  const sequence = concat(Uint8Array.of(token, ...continued(seed.length)), seed, u16(seed.length))
  return concat(sequence, Uint8Array.of(...continued(match), 0x50), last)
}

/** A block with the bytes at its end, and zeros before them, as the feature 0padding has it. */
export function padded(bytes: Uint8Array, size = BLOCK): Uint8Array {
  return concat(new Uint8Array(size - bytes.length), bytes)
}

export const FILE = 0o100644
export const DIRECTORY = 0o40755
export const SYMLINK = 0o120777

/** Numbers of layouts. */
export const LAYOUT = { plain: 0, full: 1, inline: 2, compact: 3, chunks: 4 } as const

export interface InodeSpec {
  readonly nid: number
  readonly mode?: number
  readonly layout?: number
  readonly extended?: boolean
  readonly size?: number | bigint
  /** The union i_u: a block, a device, a chunk format. */
  readonly u?: number
  /** The union i_nb: links, or the upper bits of the block. */
  readonly nb?: number
  readonly uid?: number
  readonly gid?: number
  readonly mtime?: number
  /** Inline attributes with their header, a multiple of 4 bytes from 12 on. */
  readonly xattrs?: Uint8Array
  /** What follows the attributes. */
  readonly tail?: Uint8Array
  /** Bits of i_format beyond the layout. */
  readonly format?: number
}

export function inode(spec: InodeSpec): Uint8Array {
  const { mode = FILE, layout = LAYOUT.inline, extended = false, size = 0, u = 0xffffffff, nb = 1 } = spec
  const { uid = 0, gid = 0, mtime = 0, xattrs = new Uint8Array(0), tail = new Uint8Array(0), format = 0 } = spec
  const icount = xattrs.length === 0 ? 0 : (xattrs.length - 12) / 4 + 1
  const head = u16((layout << 1) | (extended ? 1 : 0) | format, icount, mode, nb)
  const body = extended
    ? concat(u64(size), u32(u, 0, uid, gid), u64(BigInt.asUintN(64, BigInt(mtime))), u32(0, nb), new Uint8Array(16))
    : concat(u32(Number(size), mtime, u, 0), u16(uid, gid), u32(0))
  return concat(head, body, xattrs, tail)
}

export interface NameSpec {
  readonly name: string
  readonly nid: number | bigint
  readonly type?: number
  readonly nameoff?: number
}

/** A block of a directory. */
export function dirents(names: readonly NameSpec[]): Uint8Array {
  let at = names.length * 12
  const heads: Uint8Array[] = []
  for (const { name, nid, type = 1, nameoff } of names) {
    heads.push(concat(u64(nid), u16(nameoff ?? at), Uint8Array.of(type, 0)))
    at += name.length
  }
  return concat(...heads, ...names.map(({ name }) => text(name)))
}

/** An inode of a directory whose names are in its tail. */
export function folder(nid: number, names: readonly NameSpec[], more: Partial<InodeSpec> = {}): InodeSpec {
  const tail = dirents(names)
  return { nid, mode: DIRECTORY, size: tail.length, tail, nb: 2, ...more }
}

export interface ImageSpec {
  readonly inodes: readonly InodeSpec[]
  /** Bytes by the block at which they begin. */
  readonly blocks?: Readonly<Record<number, Uint8Array>>
  /** Blocks of the image. */
  readonly count?: number
  readonly root?: number
  readonly compat?: number
  readonly incompat?: number
  /** Bytes of the superblock by their offset in it. */
  readonly superblock?: Readonly<Record<number, Uint8Array>>
}

/** Writes an image: the superblock, then metadata from the second block on, then blocks where they are said to be. */
export function writeErofs(spec: ImageSpec): Uint8Array {
  const { inodes, blocks = {}, count = 8, root = 1, compat = 1, incompat = 0 } = spec
  const bytes = new Uint8Array(count * BLOCK)
  const put = (part: Uint8Array, offset: number): void => bytes.set(part, offset)
  put(u32(0xe0f5e1e2, 0, compat), SUPER)
  put(Uint8Array.of(12, 0), SUPER + 12)
  put(u16(root), SUPER + 14)
  put(u64(inodes.length, 1000), SUPER + 16)
  put(u32(0, count, 1, 0), SUPER + 32)
  put(text('0123456789abcdef'), SUPER + 48)
  put(u32(incompat), SUPER + 80)
  for (const one of inodes) put(inode(one), META + one.nid * 32)
  for (const [block, part] of Object.entries(blocks)) put(part, Number(block) * BLOCK)
  for (const [offset, part] of Object.entries(spec.superblock ?? {})) put(part, SUPER + Number(offset))
  return withChecksum(bytes)
}

/** Puts the checksum of the superblock right. */
export function withChecksum(bytes: Uint8Array): Uint8Array {
  bytes.fill(0, SUPER + 4, SUPER + 8)
  bytes.set(u32(~crc32c(bytes, SUPER, BLOCK)), SUPER + 4)
  return bytes
}

/** The header of the map of compressed data. */
export function mapHeader(advise: number, algorithms = 0, clusterbits = 0, first: Uint8Array = u32(0)): Uint8Array {
  return concat(first, u16(advise), Uint8Array.of(algorithms, clusterbits))
}

/** A full index of a head, 8 bytes. */
export function head(type: number, clusterofs: number, block: number): Uint8Array {
  return concat(u16(type, clusterofs), u32(block))
}

/** A full index of a cluster that is no head. */
export function nonhead(back: number, forward = 1): Uint8Array {
  return u16(2, 0, back, forward)
}

/** A pack of compact indexes: 2 of 16 bits or 16 of 14 bits, then a block. */
export function pack(words: readonly (readonly [type: number, low: number])[], base: number): Uint8Array {
  const width = words.length === 2 ? 16 : 14
  let bits = 0n
  for (const [index, [type, low]] of words.entries()) bits |= BigInt((type << 12) | low) << BigInt(width * index)
  const bytes = Array.from({ length: (width * words.length) / 8 }, (_, index) =>
    Number((bits >> BigInt(8 * index)) & 255n),
  )
  return concat(Uint8Array.from(bytes), u32(base))
}
