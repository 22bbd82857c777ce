import { bytesSource } from '../../parsers/bytes/source.ts'
import type { Fields, Struct } from '../../parsers/bytes/struct.ts'
import { readMember } from '../../parsers/cpio/member.ts'
import { dirent } from '../../parsers/erofs/directory.ts'
import { compactInode, extendedInode } from '../../parsers/erofs/inode.ts'
import { superblock as erofsSuperblock, SUPER_OFFSET } from '../../parsers/erofs/superblock.ts'
import { superblock as extSuperblock } from '../../parsers/ext4/superblock.ts'
import { bootSector, extendedBootRecord, fat32Parameters } from '../../parsers/fat/boot-sector.ts'
import { directoryEntry } from '../../parsers/fat/directory-entry.ts'
import { fsInfo } from '../../parsers/fat/fs-info.ts'
import { longNameEntry } from '../../parsers/fat/long-name.ts'
import { bootRecord, volumeDescriptor } from '../../parsers/iso9660/volume-descriptor.ts'
import { driverDescriptor, partitionMapEntry } from '../../parsers/partition/apm.ts'
import { gptHeader, partitionEntry } from '../../parsers/partition/gpt.ts'
import { masterBootRecord, partitionRecord } from '../../parsers/partition/mbr.ts'
import { coffHeader, dosHeader, optionalHeader, sectionHeader } from '../../parsers/pe/headers.ts'
import { zbootHeader } from '../../parsers/pe/image-header.ts'
import { SETUP_HEADER, setupHeader } from '../../parsers/pe/setup-header.ts'
import { signatureSize } from '../../parsers/rauc/bundle.ts'
import { sifDescriptor, sifHeader } from '../../parsers/sif/sif-file.ts'
import { superblock } from '../../parsers/squashfs/superblock.ts'

/** A number in an image, which a mutation can set. */
export interface Place {
  readonly offset: number
  /** Bytes. */
  readonly width: number
  /** `both`: little-endian, then the same number big-endian; `width` is the width of one of them. */
  readonly order: 'little' | 'big' | 'both'
}

/** A structure of an image, which a mutation can move, swap or repeat. Bytes, half-open. */
export interface Item {
  readonly kind: string
  readonly start: number
  readonly end: number
}

/** Where an image has structures and numbers, by kind of structure. */
export class Anatomy {
  readonly items = new Map<string, Item[]>()
  readonly places = new Map<string, Place[]>()
  readonly size: number
  #count = 0

  constructor(size: number) {
    this.size = size
  }

  /** Whether we have found enough: a mutated image may be a maze. */
  get full(): boolean {
    return this.#count > 20_000
  }

  item(kind: string, start: number, end: number): void {
    if (start < 0 || end > this.size || start >= end) return
    this.#count += 1
    push(this.items, kind, { kind, start, end })
  }

  place(kind: string, offset: number, width: number, order: Place['order'] = 'little'): void {
    if (offset < 0 || offset + width * (order === 'both' ? 2 : 1) > this.size) return
    this.#count += 1
    push(this.places, kind, { offset, width, order })
  }

  /** Adds a structure by its table. Fields of 1, 2, 4 and 8 bytes count as numbers; we leave the others to chance. */
  struct(table: Struct<Fields>, offset: number, order: Place['order'] = 'little'): void {
    this.item(table.name, offset, offset + table.size)
    const offsets = [...Object.values(table.offsets as Record<string, number>), table.size]
    for (const [index, start] of offsets.slice(0, -1).entries()) {
      const width = offsets[index + 1]! - start
      if (order === 'both' && (width === 8 || width === 4)) this.place(table.name, offset + start, width / 2, 'both')
      else if ([1, 2, 4, 8].includes(width))
        this.place(table.name, offset + start, width, order === 'big' ? 'big' : 'little')
    }
  }
}

function push<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const known = lists.get(key)
  if (known === undefined) lists.set(key, [value])
  else known.push(value)
}

/** Looks for the structures of an image, which may be damaged. We leave to chance what we do not find. */
export function anatomyOf(bytes: Uint8Array): Anatomy {
  const anatomy = new Anatomy(bytes.length)
  const at = new Reader(bytes)
  if (at.text(0, 4) === 'hsqs') {
    squashfs(anatomy, at, 0)
    // The last number of a bundle of RAUC.
    anatomy.struct(signatureSize, bytes.length - signatureSize.size, 'big')
  } else if (at.u32(SUPER_OFFSET) === 0xe0f5e1e2) erofs(anatomy, at)
  else if (at.text(1, 3) === 'ELF') program(anatomy, at)
  else if (at.text(32, 9) === 'SIF_MAGIC') container(anatomy, at)
  else if (at.text(3, 8) === 'BUILDER ') fatVolume(anatomy, at, 0)
  else if (at.u16(1024 + 0x38) === 0xef53) extFileSystem(anatomy, at)
  else if (at.text(0x202, 4) === 'HdrS') anatomy.struct(setupHeader, SETUP_HEADER)
  else if (at.text(4, 4) === 'zimg') anatomy.struct(zbootHeader, 0)
  else if (at.text(0, 2) === 'MZ') peProgram(anatomy, at)
  else if (at.text(0, 4) === '0707') archives(anatomy, bytes)
  else if (bytes.length > 17 * SECTOR) disc(anatomy, at)
  return anatomy
}

/** Entries of directories that a walk over a FAT file system looks at. The first sectors have what can be damaged. */
const FAT_ENTRIES = 400

/** A FAT file system of the writer of the seeds: its boot sector, its tables, and all directory entries. */
function fatVolume(anatomy: Anatomy, at: Reader, start: number): void {
  anatomy.struct(bootSector, start)
  const isWide = at.u16(start + 22) === 0
  if (isWide) {
    anatomy.struct(fat32Parameters, start + bootSector.size)
    anatomy.struct(fsInfo, start + 512)
  }
  anatomy.struct(extendedBootRecord, start + bootSector.size + (isWide ? fat32Parameters.size : 0))
  const tables = start + at.u16(start + 14) * 512
  const length = (isWide ? at.u32(start + 36) : at.u16(start + 22)) * 512
  const width = isWide ? 4 : 2
  for (let link = 0; link < 120; link += 1) anatomy.place('FAT link', tables + link * width, width)
  anatomy.item('file allocation table', tables, tables + length)
  const entries = tables + at.u8(start + 16) * length
  for (let index = 0; index < FAT_ENTRIES; index += 1) {
    const offset = entries + index * directoryEntry.size
    const attributes = at.u8(offset + directoryEntry.offsets.attributes)
    if (at.u8(offset) !== 0) anatomy.struct(attributes === 0x0f ? longNameEntry : directoryEntry, offset)
  }
}

/** Reads numbers at any offset; 0 after the end. */
class Reader {
  readonly #bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }
  get size(): number {
    return this.#bytes.length
  }
  u8(offset: number): number {
    return this.#bytes[offset] ?? 0
  }
  u16(offset: number): number {
    return this.u8(offset) | (this.u8(offset + 1) << 8)
  }
  u32(offset: number): number {
    return this.u16(offset) + this.u16(offset + 2) * 2 ** 16
  }
  u32big(offset: number): number {
    return [0, 1, 2, 3].reduce((value, index) => value * 256 + this.u8(offset + index), 0)
  }
  u64(offset: number): number {
    return this.u32(offset) + this.u32(offset + 4) * 2 ** 32
  }
  /** The first offset of a text, in steps of 4; -1 if it is missing. */
  find(text: string): number {
    for (let at = 0; at + text.length <= this.#bytes.length; at += 4) if (this.text(at, text.length) === text) return at
    return -1
  }
  text(offset: number, length: number): string {
    return Array.from({ length }, (_, index) => String.fromCharCode(this.u8(offset + index))).join('')
  }
}

const SECTOR = 2048
const METADATA = 8192

/** An ext4 file system: superblock, group descriptors, inodes, and what looks like extents or names in blocks. */
function extFileSystem(anatomy: Anatomy, at: Reader): void {
  anatomy.struct(extSuperblock, 1024)
  const blockSize = 1024 << (at.u32(1024 + 0x18) & 7)
  const descriptors = (Math.floor(1024 / blockSize) + 1) * blockSize
  anatomy.item('group descriptor', descriptors, descriptors + 32)
  for (let field = 0; field < 32; field += 4) anatomy.place('group descriptor', descriptors + field, 4)
  const inodes = at.u32(descriptors + 8) * blockSize
  const size = at.u16(1024 + 0x58)
  if (size < 128) return
  for (let inode = inodes; inode < inodes + 40 * size && inode < at.size && !anatomy.full; inode += size) {
    if (at.u16(inode) === 0) continue
    anatomy.item('inode', inode, inode + size)
    for (const [field, width] of EXT_INODE_FIELDS) anatomy.place('inode', inode + field, width)
    extentNode(anatomy, at, inode + 0x28, 4)
    for (let field = 0x80; field < size; field += 4) anatomy.place('inode attributes', inode + field, 4)
  }
  for (let block = inodes; block < at.size && !anatomy.full; block += blockSize) {
    anatomy.item('block', block, block + blockSize)
    if (at.u16(block) === 0xf30a) extentNode(anatomy, at, block, (blockSize - 12) / 12)
    // A directory begins with its own entry, of 12 bytes.
    if (at.u32(block + 4) === 0x0201000c) {
      for (let entry = block; entry < block + blockSize && !anatomy.full; ) {
        const length = at.u16(entry + 4)
        if (length < 12) break
        anatomy.item('directory entry', entry, entry + length)
        anatomy.place('directory entry', entry, 4)
        anatomy.place('directory entry', entry + 4, 2)
        for (const field of [6, 7]) anatomy.place('directory entry', entry + field, 1)
        entry += length
      }
    }
  }
}

/** Mode, size, links, flags, pointers, attribute block, high halves: their offsets and widths. */
const EXT_INODE_FIELDS: readonly (readonly [offset: number, width: number])[] = [
  [0, 2],
  [4, 4],
  [0x1a, 2],
  [0x20, 4],
  ...Array.from({ length: 15 }, (_, index) => [0x28 + 4 * index, 4] as const),
  [0x68, 4],
  [0x6c, 4],
  [0x80, 2],
]

function extentNode(anatomy: Anatomy, at: Reader, start: number, room: number): void {
  if (at.u16(start) !== 0xf30a) return
  for (const field of [0, 2, 4, 6]) anatomy.place('extent header', start + field, 2)
  const count = Math.min(at.u16(start + 2), room)
  for (let entry = start + 12; entry < start + 12 + 12 * count; entry += 12) {
    anatomy.item('extent', entry, entry + 12)
    anatomy.place('extent', entry, 4)
    for (const field of [4, 6]) anatomy.place('extent', entry + field, 2)
    anatomy.place('extent', entry + 8, 4)
  }
}

/** A program in PE format: its headers, and its section table. */
function peProgram(anatomy: Anatomy, at: Reader): void {
  anatomy.struct(dosHeader, 0)
  const start = at.u32(0x3c)
  anatomy.struct(coffHeader, start)
  const optional = start + coffHeader.size
  anatomy.struct(optionalHeader, optional)
  const size = at.u16(start + 20)
  for (let field = optional + 96; field + 4 <= optional + size; field += 4) anatomy.place('data directory', field, 4)
  const count = Math.min(at.u16(start + 6), 100)
  for (let index = 0; index < count; index += 1)
    anatomy.struct(sectionHeader, optional + size + index * sectionHeader.size)
}

/** An EROFS: its inodes by their shape, the numbers behind each, and the entries of directories in a block or a tail. */
function erofs(anatomy: Anatomy, at: Reader): void {
  anatomy.struct(erofsSuperblock, SUPER_OFFSET)
  const blockSize = 2 ** Math.min(at.u8(SUPER_OFFSET + 12), 16)
  const start = at.u32(SUPER_OFFSET + 40) * blockSize
  for (let offset = start; offset + 32 <= at.size && !anatomy.full; offset += 32) {
    const format = at.u16(offset)
    const mode = at.u16(offset + 4)
    if (format === 0 && mode === 0) continue
    if (format > 0x1f || ![1, 2, 4, 6, 8, 10, 12].includes(mode >> 12)) continue
    const table = (format & 1) === 0 ? compactInode : extendedInode
    anatomy.struct(table, offset)
    const attributes = at.u16(offset + 2)
    const end = offset + table.size + (attributes === 0 ? 0 : 8 + 4 * attributes)
    for (let word = offset + table.size; word < Math.min(end, offset + 512); word += 4) anatomy.place('xattr', word, 4)
    const layout = (format >> 1) & 7
    if (layout === 1 || layout === 3 || layout === 4) {
      for (let word = Math.ceil(end / 8) * 8; word < end + 96; word += 2) anatomy.place('map of content', word, 2)
    } else if (mode >> 12 === 4) direntsAt(anatomy, at, layout === 2 ? end : at.u32(offset + 16) * blockSize)
  }
}

function direntsAt(anatomy: Anatomy, at: Reader, start: number): void {
  const end = start + at.u16(start + 8)
  for (let offset = start; offset < Math.min(end, start + 600) && !anatomy.full; offset += dirent.size) {
    anatomy.struct(dirent, offset)
  }
}

/** The members of cpio archives, each as a whole. Their numbers are digits, which we leave to chance. */
function archives(anatomy: Anatomy, bytes: Uint8Array): void {
  const source = bytesSource(bytes, 'seed')
  for (let at = 0; at < bytes.length && !anatomy.full; ) {
    const member = readMember(source, at)
    if (member !== undefined) anatomy.item(`${member.header.format} member`, at, member.end)
    at = member?.end ?? at + 4
  }
}

/** The header of an ELF file, its tables, and the squashfs after them. */
function program(anatomy: Anatomy, at: Reader): void {
  const wide = at.u8(4) === 2
  const order = at.u8(5) === 1 ? 'little' : 'big'
  for (const field of wide ? [32, 40] : [28, 32]) anatomy.place('ELF header', field, wide ? 8 : 4, order)
  for (let field = wide ? 54 : 42; field < (wide ? 64 : 52); field += 2) anatomy.place('ELF header', field, 2, order)
  anatomy.item('ELF header', 0, wide ? 64 : 52)
  const image = at.find('hsqs')
  const each = wide ? 64 : 40
  // One writer of the seeds puts a table of three sections after 300 bytes of content.
  const isNamed = wide && at.u64(40) < 300
  const table = isNamed ? at.u64(40) : (wide ? 64 : 52) + 300
  for (let section = table; section < table + (isNamed ? 4 : 3) * each; section += each) {
    anatomy.item('section header', section, section + each)
    for (const field of wide ? [24, 32] : [16, 20])
      anatomy.place('section header', section + field, wide ? 8 : 4, order)
  }
  if (image >= 0) squashfs(anatomy, at, image)
}

/** A SIF file: header, descriptors, and the squashfs of its partition. */
function container(anatomy: Anatomy, at: Reader): void {
  anatomy.struct(sifHeader, 0)
  const start = at.u64(96)
  for (let index = 0; index < 8 && at.u8(start + index * sifDescriptor.size + 4) === 1; index += 1) {
    anatomy.struct(sifDescriptor, start + index * sifDescriptor.size)
  }
  const image = at.find('hsqs')
  if (image >= 0) squashfs(anatomy, at, image)
}

/** ISO 9660 and the structures around it, which a disk has too. */
function disc(anatomy: Anatomy, at: Reader): void {
  if (at.u16(510) === 0xaa55) {
    anatomy.struct(masterBootRecord, 0)
    for (let index = 0; index < 4; index += 1) {
      const record = 446 + index * 16
      anatomy.struct(partitionRecord, record)
      const start = at.u32(record + 8) * 512
      if (at.text(start + 3, 8) === 'BUILDER ') fatVolume(anatomy, at, start)
      if (at.u8(record + 4) === 0x05) anatomy.struct(partitionRecord, start + 446)
    }
  }
  for (const header of [512, at.size - 512]) {
    if (at.text(header, 8) !== 'EFI PART') continue
    anatomy.struct(gptHeader, header)
    const array = at.u64(header + 72) * 512
    for (let index = 0; index < Math.min(8, at.u32(header + 80)); index += 1)
      anatomy.struct(partitionEntry, array + index * 128)
  }
  if (at.text(0, 2) === 'ER') anatomy.struct(driverDescriptor, 0, 'big')
  for (const step of [512, SECTOR]) {
    for (let index = 1; index < 8 && at.text(index * step, 2) === 'PM'; index += 1) {
      anatomy.struct(partitionMapEntry, index * step, 'big')
    }
  }
  const seen = new Set<number>()
  for (let sector = 16; sector < 300; sector += 1) {
    const offset = sector * SECTOR
    otherVolumes(anatomy, at, offset)
    if (sector >= 80 || at.text(offset + 1, 5) !== 'CD001') continue
    anatomy.item('volume descriptor sector', offset, offset + SECTOR)
    const type = at.u8(offset)
    if (type === 0) {
      anatomy.struct(bootRecord, offset)
      bootCatalog(anatomy, at, at.u32(offset + 71) * SECTOR)
    } else if (type < 3) {
      anatomy.struct(volumeDescriptor, offset, 'both')
      const blockSize = [512, 1024].includes(at.u16(offset + 128)) ? at.u16(offset + 128) : SECTOR
      directoryRecord(anatomy, at, offset + 156)
      for (const [field, big] of [
        [140, false],
        [144, false],
        [148, true],
        [152, true],
      ] as const) {
        const block = big ? at.u32big(offset + field) : at.u32(offset + field)
        pathTable(anatomy, at, block * blockSize, at.u32(offset + 132), big)
      }
      directories(anatomy, at, at.u32(offset + 158), blockSize, seen)
    }
  }
}

/** Numbers in the descriptors of UDF and in the headers of HFS and HFS+, if there is one at the offset. */
function otherVolumes(anatomy: Anatomy, at: Reader, offset: number): void {
  const tag = at.u16(offset)
  if (((tag > 0 && tag < 10) || (tag > 255 && tag < 267)) && [2, 3].includes(at.u16(offset + 2))) {
    anatomy.item('UDF descriptor', offset, offset + SECTOR)
    for (const field of [
      16, 18, 19, 20, 24, 27, 28, 34, 36, 64, 68, 168, 172, 176, 180, 188, 208, 212, 216, 252, 404, 440,
    ]) {
      anatomy.place('UDF descriptor', offset + field, field % 4 === 0 ? 4 : 1)
    }
  }
  const signature = at.text(offset + 1024, 2)
  if (signature !== 'H+' && signature !== 'BD') return
  anatomy.item('HFS header', offset + 1024, offset + 1536)
  for (let field = 2; field < 512; field += 2)
    anatomy.place('HFS header', offset + 1024 + field, field < 160 ? 2 : 4, 'big')
}

function bootCatalog(anatomy: Anatomy, at: Reader, offset: number): void {
  for (let index = 0; index < 16; index += 1) {
    const entry = offset + index * 32
    if (index > 1 && at.u8(entry) === 0) return
    anatomy.item('boot catalog entry', entry, entry + 32)
    for (const [field, width] of [
      [0, 1],
      [1, 1],
      [2, 2],
      [4, 1],
      [6, 2],
      [8, 4],
      [28, 2],
      [30, 2],
    ] as const) {
      anatomy.place('boot catalog entry', entry + field, width)
    }
  }
}

function pathTable(anatomy: Anatomy, at: Reader, offset: number, size: number, big: boolean): void {
  for (let record = offset, left = 40; record < offset + size && left > 0; left -= 1) {
    const name = at.u8(record)
    if (name === 0) return
    const length = 8 + name + (name & 1)
    const order = big ? 'big' : 'little'
    anatomy.item('path table record', record, record + length)
    anatomy.place('path table record', record, 1)
    anatomy.place('path table record', record + 1, 1)
    anatomy.place('path table record', record + 2, 4, order)
    anatomy.place('path table record', record + 6, 2, order)
    record += length
  }
}

function directories(anatomy: Anatomy, at: Reader, rootBlock: number, blockSize: number, seen: Set<number>): void {
  const queue = [rootBlock]
  for (let block = queue.pop(); block !== undefined && !anatomy.full; block = queue.pop()) {
    if (seen.has(block)) continue
    seen.add(block)
    const start = block * blockSize
    const size = Math.min(at.u32(start + 10), 32 * SECTOR)
    for (let sector = start; sector < start + size && sector < at.size; sector += SECTOR) {
      anatomy.item('directory sector', sector, sector + SECTOR)
      for (let record = sector; record + 34 <= sector + SECTOR; ) {
        const length = at.u8(record)
        if (length < 34) break
        directoryRecord(anatomy, at, record)
        systemUse(anatomy, at, record + 33 + (at.u8(record + 32) | 1), record + length, blockSize, 4)
        const child = at.u32(record + 2)
        if ((at.u8(record + 25) & 2) !== 0) queue.push(child)
        else file(anatomy, at, child * blockSize, at.u32(record + 10))
        record += length
      }
    }
  }
}

function directoryRecord(anatomy: Anatomy, at: Reader, record: number): void {
  const kind = 'directory record'
  anatomy.item(kind, record, record + at.u8(record))
  for (const [field, width, order] of [
    [0, 1, 'little'],
    [1, 1, 'little'],
    [2, 4, 'both'],
    [10, 4, 'both'],
    [25, 1, 'little'],
    [26, 1, 'little'],
    [27, 1, 'little'],
    [28, 2, 'both'],
    [32, 1, 'little'],
    [33, 1, 'little'],
  ] as const) {
    anatomy.place(kind, record + field, width, order)
  }
}

/** Numbers of system use entries, by signature (SUSP 5, RRIP 4): offset, width, order. */
const ENTRIES: Readonly<Record<string, readonly (readonly [number, number, Place['order']])[]>> = {
  CE: [
    [4, 4, 'both'],
    [12, 4, 'both'],
    [20, 4, 'both'],
  ],
  SP: [
    [4, 1, 'little'],
    [5, 1, 'little'],
    [6, 1, 'little'],
  ],
  ER: [
    [4, 1, 'little'],
    [5, 1, 'little'],
    [6, 1, 'little'],
  ],
  PX: [
    [4, 4, 'both'],
    [12, 4, 'both'],
    [20, 4, 'both'],
    [28, 4, 'both'],
    [36, 4, 'both'],
  ],
  PN: [
    [4, 4, 'both'],
    [12, 4, 'both'],
  ],
  SL: [
    [4, 1, 'little'],
    [5, 1, 'little'],
    [6, 1, 'little'],
    [7, 1, 'little'],
  ],
  NM: [
    [4, 1, 'little'],
    [5, 1, 'little'],
  ],
  CL: [[4, 4, 'both']],
  PL: [[4, 4, 'both']],
  TF: [
    [4, 1, 'little'],
    [5, 1, 'little'],
  ],
  ZF: [
    [4, 1, 'little'],
    [5, 1, 'little'],
    [6, 1, 'little'],
    [7, 1, 'little'],
    [8, 4, 'both'],
    [8, 8, 'little'],
  ],
  AL: [
    [4, 1, 'little'],
    [5, 1, 'little'],
    [6, 1, 'little'],
  ],
}

function systemUse(anatomy: Anatomy, at: Reader, start: number, end: number, blockSize: number, hops: number): void {
  for (let entry = start; entry + 4 <= end && !anatomy.full; ) {
    const length = at.u8(entry + 2)
    if (length < 4) return
    const signature = at.text(entry, 2)
    const kind = /^[A-Z]{2}$/.test(signature) ? `${signature} entry` : 'system use entry'
    anatomy.item(kind, entry, entry + length)
    anatomy.place(kind, entry + 2, 1)
    anatomy.place(kind, entry + 3, 1)
    for (const [field, width, order] of ENTRIES[signature] ?? []) {
      if (field < length) anatomy.place(kind, entry + field, width, order)
    }
    if (signature === 'CE' && hops > 0) {
      const area = at.u32(entry + 4) * blockSize + at.u32(entry + 12)
      systemUse(anatomy, at, area, area + Math.min(at.u32(entry + 20), SECTOR), blockSize, hops - 1)
    }
    entry += length
  }
}

function file(anatomy: Anatomy, at: Reader, start: number, size: number): void {
  const first = at.u32(start)
  if (first === 0x73717368) squashfs(anatomy, at, start)
  if (first !== 0x9653e437 && first !== 0xa15522ef) return
  // zisofs: its header, and the pointers to its blocks.
  const second = first === 0xa15522ef
  for (const [field, width] of [
    [8, 1],
    [9, 1],
    [10, 1],
    [11, 1],
    [8, 4],
    [12, 1],
    [13, 1],
    [12, 8],
  ] as const) {
    anatomy.place('zisofs header', start + field, width)
  }
  for (let index = 0; index < 8; index += 1) {
    const width = second ? 8 : 4
    const pointer = start + (second ? 24 : 16) + index * width
    if (pointer + width <= start + size) anatomy.place('zisofs pointer', pointer, width)
  }
}

/** Lengths of inodes by type, without variable parts; see the kernel's squashfs_fs.h. */
const INODE_LENGTHS = [0, 32, 32, 24, 24, 24, 20, 20, 40, 56, 24, 28, 28, 24, 24]
/** Numbers of an inode after the 16 bytes that all types share. */
const INODE_FIELDS: Readonly<Record<number, readonly (readonly [number, number])[]>> = {
  1: [
    [16, 4],
    [20, 4],
    [24, 2],
    [26, 2],
    [28, 4],
  ],
  2: [
    [16, 4],
    [20, 4],
    [24, 4],
    [28, 4],
  ],
  3: [
    [16, 4],
    [20, 4],
  ],
  4: [
    [16, 4],
    [20, 4],
  ],
  5: [
    [16, 4],
    [20, 4],
  ],
  6: [[16, 4]],
  7: [[16, 4]],
  8: [
    [16, 4],
    [20, 4],
    [24, 4],
    [28, 4],
    [32, 2],
    [34, 2],
    [36, 4],
  ],
  9: [
    [16, 8],
    [24, 8],
    [32, 8],
    [40, 4],
    [44, 4],
    [48, 4],
    [52, 4],
  ],
  10: [
    [16, 4],
    [20, 4],
  ],
  11: [
    [16, 4],
    [20, 4],
    [24, 4],
  ],
  12: [
    [16, 4],
    [20, 4],
    [24, 4],
  ],
  13: [
    [16, 4],
    [20, 4],
  ],
  14: [
    [16, 4],
    [20, 4],
  ],
}

/** A squashfs at `base`; only uncompressed metadata has places. */
function squashfs(anatomy: Anatomy, at: Reader, base: number): void {
  anatomy.struct(superblock, base)
  const start = (field: keyof typeof superblock.offsets): number => base + at.u64(base + superblock.offsets[field])
  const blockSize = Math.max(at.u32(base + 12), 1)
  const end = (from: number): number =>
    Math.min(
      at.size,
      ...(
        ['idTableStart', 'xattrIdTableStart', 'directoryTableStart', 'fragmentTableStart', 'exportTableStart'] as const
      )
        .map(start)
        .filter((other) => other > from),
    )
  const inodes = start('inodeTableStart')
  const directories = start('directoryTableStart')
  const inodeBlocks = metadataBlocks(anatomy, at, inodes, end(inodes))
  const directoryBlocks = metadataBlocks(anatomy, at, directories, end(directories))
  const read = unpacked(at, inodeBlocks)
  for (let offset = 0; offset + 16 < read.length && !anatomy.full; ) {
    const type = read.u16(offset)
    const length = INODE_LENGTHS[type]
    if (length === undefined || length === 0) break
    const kind = `inode type ${type}`
    const put = (field: number, width: number): void => {
      const where = read.place(offset + field, width)
      if (where >= 0) anatomy.place(kind, where, width)
    }
    for (const [field, width] of [[0, 2], [2, 2], [4, 2], [6, 2], [8, 4], [12, 4], ...INODE_FIELDS[type]!] as const)
      put(field, width)
    let rest = 0
    if (type === 2 || type === 9) {
      const size = type === 2 ? read.u32(offset + 28) : read.u32(offset + 24)
      const fragment = read.u32(offset + (type === 2 ? 20 : 44))
      const blocks = fragment === 0xffffffff ? Math.ceil(size / blockSize) : Math.floor(size / blockSize)
      for (let index = 0; index < Math.min(blocks, 16); index += 1) put(length + index * 4, 4)
      rest = blocks * 4
    } else if (type === 3 || type === 10) {
      rest = read.u32(offset + 20) + (type === 10 ? 4 : 0)
      if (type === 10) put(length + rest - 4, 4)
    } else if (type === 8) {
      for (let index = read.u16(offset + 32); index > 0 && rest < METADATA; index -= 1) {
        put(length + rest, 4)
        put(length + rest + 4, 4)
        put(length + rest + 8, 4)
        rest += 13 + read.u32(offset + length + rest + 8)
      }
    }
    const where = read.place(offset, length + rest)
    if (where >= 0) anatomy.item('inode', where, where + length + rest)
    if (type === 1 || type === 8) {
      const [block, from, size] =
        type === 1
          ? [read.u32(offset + 16), read.u16(offset + 26), read.u16(offset + 24)]
          : [read.u32(offset + 24), read.u16(offset + 34), read.u32(offset + 20)]
      listing(anatomy, at, directories, directoryBlocks, block, from, size)
    }
    offset += length + rest
  }
  lookup(
    anatomy,
    at,
    start('fragmentTableStart'),
    Math.ceil(at.u32(base + 16) / 512),
    base,
    'fragment',
    [
      [0, 8],
      [8, 4],
    ],
    16,
  )
  lookup(anatomy, at, start('exportTableStart'), Math.ceil(at.u32(base + 4) / 1024), base, 'export', [[0, 8]], 8)
  lookup(anatomy, at, start('idTableStart'), Math.ceil(at.u16(base + 26) / 2048), base, 'id', [[0, 4]], 4)
  const xattrs = start('xattrIdTableStart')
  if (xattrs + 16 > at.size) return
  for (const [field, width] of [
    [0, 8],
    [8, 4],
  ] as const)
    anatomy.place('xattr table', xattrs + field, width)
  lookup(
    anatomy,
    at,
    xattrs + 16,
    Math.ceil(at.u32(xattrs + 8) / 512),
    base,
    'xattr id',
    [
      [0, 8],
      [8, 4],
      [12, 4],
    ],
    16,
  )
  const values = metadataBlocks(anatomy, at, base + at.u64(xattrs), Math.min(xattrs, at.size))
  const pairs = unpacked(at, values)
  for (let offset = 0; offset + 8 < pairs.length && !anatomy.full; ) {
    const put = (field: number, width: number): void => {
      const where = pairs.place(offset + field, width)
      if (where >= 0) anatomy.place('xattr', where, width)
    }
    put(0, 2)
    put(2, 2)
    const name = 4 + pairs.u16(offset + 2)
    put(name, 4)
    put(name + 4, 8)
    offset += name + 4 + pairs.u32(offset + name)
  }
}

interface Block {
  readonly start: number
  readonly end: number
}

/** Uncompressed blocks of a table; of the others, only the header is a place. */
function metadataBlocks(anatomy: Anatomy, at: Reader, start: number, end: number): Block[] {
  const blocks: Block[] = []
  for (let block = start; block + 2 <= end && blocks.length < 64; ) {
    const header = at.u16(block)
    const length = header & 0x7fff
    if (length === 0 || block + 2 + length > end) break
    anatomy.place('metadata header', block, 2)
    anatomy.item('metadata block', block, block + 2 + length)
    if ((header & 0x8000) === 0) break
    blocks.push({ start: block + 2, end: block + 2 + length })
    block += 2 + length
  }
  return blocks
}

/** The bytes of stored blocks as one sequence, with the places of these bytes. */
function unpacked(at: Reader, blocks: readonly Block[]) {
  const length = blocks.reduce((sum, { start, end }) => sum + end - start, 0)
  /** The offset of `width` bytes in the image; -1 if they cross the border of a block. */
  const place = (offset: number, width: number): number => {
    let left = offset
    for (const { start, end } of blocks) {
      if (left < end - start) return left + width <= end - start ? start + left : -1
      left -= end - start
    }
    return -1
  }
  const u8 = (offset: number): number => at.u8(place(offset, 1))
  const u16 = (offset: number): number => u8(offset) | (u8(offset + 1) << 8)
  const u32 = (offset: number): number => u16(offset) + u16(offset + 2) * 2 ** 16
  return { length, place, u16, u32 }
}

function listing(
  anatomy: Anatomy,
  at: Reader,
  table: number,
  blocks: readonly Block[],
  block: number,
  from: number,
  size: number,
): void {
  const first = blocks.findIndex(({ start }) => start - 2 === table + block)
  if (first < 0) return
  const read = unpacked(at, blocks.slice(first))
  // A listing may claim 4 GiB; bytes after the blocks have no place.
  const end = Math.min(from + size - 3, read.length)
  for (let offset = from; offset + 12 < end && !anatomy.full; ) {
    const put = (kind: string, field: number, width: number): void => {
      const where = read.place(offset + field, width)
      if (where >= 0) anatomy.place(kind, where, width)
    }
    for (const field of [0, 4, 8]) put('directory header', field, 4)
    const header = read.place(offset, 12)
    if (header >= 0) anatomy.item('directory header', header, header + 12)
    const count = Math.min(read.u32(offset) + 1, 256)
    offset += 12
    for (let index = 0; index < count && offset < end; index += 1) {
      const length = 9 + read.u16(offset + 6)
      for (const field of [0, 2, 4, 6]) put('directory entry', field, 2)
      put('directory entry', 8, 1)
      const where = read.place(offset, length)
      if (where >= 0) anatomy.item('directory entry', where, where + length)
      offset += length
    }
  }
}

function lookup(
  anatomy: Anatomy,
  at: Reader,
  index: number,
  blocks: number,
  base: number,
  kind: string,
  fields: readonly (readonly [number, number])[],
  entrySize: number,
): void {
  for (let number = 0; number < Math.min(blocks, 8); number += 1) {
    const position = index + number * 8
    if (position + 8 > at.size) return
    anatomy.place('table index', position, 8)
    const [block] = metadataBlocks(anatomy, at, base + at.u64(position), index)
    if (block === undefined) continue
    for (let entry = block.start; entry + entrySize <= block.end && !anatomy.full; entry += entrySize) {
      anatomy.item(`${kind} entry`, entry, entry + entrySize)
      for (const [field, width] of fields) anatomy.place(`${kind} entry`, entry + field, width)
    }
  }
}
