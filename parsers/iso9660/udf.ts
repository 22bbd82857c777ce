import { joined } from '../bytes/joined.ts'
import { RangeList } from '../bytes/range-list.ts'
import type { ByteSource } from '../bytes/source.ts'
import { u32le } from './directory-record.ts'
import type { ForeignStructure } from './foreign-structure.ts'
import { UDF_SECTOR, udfTag } from './udf-tag.ts'

/** The possible places of an anchor (ECMA-167 3/8.4.2.1): sector 256, the last sector, and the one 256 before it. */
const ANCHOR = 256

/** Tags of descriptors, by their numbers (ECMA-167 3/7.2.1, 4/7.2.1). */
const ANCHOR_POINTER = 2
const PARTITION = 5
const LOGICAL_VOLUME = 6
const TERMINATING = 8
const FILE_SET = 256
const FILE_IDENTIFIER = 257
const ALLOCATION_EXTENT = 258
const FILE_ENTRY = 261
const EXTENDED_FILE_ENTRY = 266

/** File types of an ICB tag (ECMA-167 4/14.6.6). */
const DIRECTORY_FILE = 4
/** File characteristics (ECMA-167 4/14.4.3). */
const DELETED = 0x04
const PARENT = 0x08
/** Bytes of directories that we read in total, which is room for a million names. */
const DIRECTORIES_LIMIT = 1 << 26
/** Descriptors of one sequence that we read. There are about ten, then a terminating one. */
const SEQUENCE_LIMIT = 256

/** The bytes of a UDF volume on the same disc, besides the files of the ISO 9660 tree. */
export interface UdfStructures {
  readonly structures: readonly ForeignStructure[]
  /** Contents of its files. */
  readonly contents: RangeList
}

/** A part of a file (ECMA-167 4/14.14.1). Offsets and lengths are bytes. */
interface Allocation {
  readonly offset: number
  readonly length: number
}

/** Where the partition of a logical volume begins, and where its file set descriptor is, in bytes. */
interface LogicalVolume {
  readonly partition: number
  readonly fileSet: number
}

/**
 * Walks a UDF volume with one partition of type 1, as bridges have it, only to find where its bytes lie. It reads each
 * file entry once. It skips missing parts, because we need no UDF structure to read the ISO 9660 side.
 * @param limit the most file entries to read
 */
export function readUdf(source: ByteSource, limit: number): UdfStructures {
  const structures: ForeignStructure[] = []
  const contents = new RangeList()
  const add = (offset: number, length: number, name: string): void => {
    if (length > 0) structures.push({ offset, length, name: `UDF ${name}` })
  }
  const volume = readVolume(source, add)
  if (volume !== undefined) walk(source, volume, limit, add, contents)
  return { structures, contents }
}

type Add = (offset: number, length: number, name: string) => void

/** Reads the anchors and the volume descriptor sequences that they point to, the main one and its reserve. */
function readVolume(source: ByteSource, add: Add): LogicalVolume | undefined {
  const sectors = Math.floor(source.size / UDF_SECTOR)
  let volume: LogicalVolume | undefined
  const seen = new Set<number>()
  for (const sector of [ANCHOR, sectors - 1, sectors - 1 - ANCHOR]) {
    const anchor = descriptorAt(source, sector * UDF_SECTOR)
    if (anchor?.tag !== ANCHOR_POINTER) continue
    for (const at of [16, 24]) {
      const [length, first] = [u32le(anchor.bytes, at), u32le(anchor.bytes, at + 4)]
      if (seen.has(first)) continue
      seen.add(first)
      volume ??= readSequence(source, first * UDF_SECTOR, length, add)
    }
  }
  return volume
}

/**
 * Reads a volume descriptor sequence (ECMA-167 3/8.4.2). The search for loose sectors names its descriptors by their
 * tags.
 */
function readSequence(source: ByteSource, start: number, length: number, add: Add): LogicalVolume | undefined {
  let partition: { readonly start: number; readonly bytes: Uint8Array } | undefined
  let logical: Uint8Array | undefined
  const count = Math.min(Math.ceil(length / UDF_SECTOR), SEQUENCE_LIMIT)
  for (let index = 0; index < count; index += 1) {
    const descriptor = descriptorAt(source, start + index * UDF_SECTOR)
    if (descriptor === undefined || descriptor.tag === TERMINATING) break
    const { tag, bytes } = descriptor
    if (tag === PARTITION) partition ??= { start: u32le(bytes, 188) * UDF_SECTOR, bytes }
    if (tag === LOGICAL_VOLUME) logical ??= bytes
  }
  // We read only blocks of 2048 bytes and a first partition map of type 1 (ECMA-167 3/10.6).
  if (partition === undefined || logical === undefined || u32le(logical, 212) !== UDF_SECTOR || logical[440] !== 1)
    return undefined
  // The partition header (ECMA-167 4/14.3): tables and bitmaps of unallocated and freed space.
  for (const [at, name] of [
    [56, 'unallocated space table'],
    [64, 'space bitmap'],
    [72, 'partition integrity table'],
    [80, 'freed space table'],
    [88, 'freed space bitmap'],
  ] as const) {
    add(partition.start + u32le(partition.bytes, at + 4) * UDF_SECTOR, extentLength(partition.bytes, at), name)
  }
  const integrity = u32le(logical, 436) * UDF_SECTOR
  if (u32le(logical, 432) > 0) add(integrity, UDF_SECTOR, 'logical volume integrity descriptor')
  return { partition: partition.start, fileSet: partition.start + u32le(logical, 252) * UDF_SECTOR }
}

/** Walks the file set, then the file entries from the root directory on. */
function walk(
  source: ByteSource,
  { partition, fileSet }: LogicalVolume,
  limit: number,
  add: Add,
  contents: RangeList,
): void {
  const set = descriptorAt(source, fileSet)
  if (set?.tag !== FILE_SET) return
  add(fileSet, UDF_SECTOR, 'file set descriptor')
  let left = Math.min(source.size, DIRECTORIES_LIMIT)
  const seen = new Set<number>()
  const queue = [partition + u32le(set.bytes, 404) * UDF_SECTOR]
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    if (seen.has(entry) || seen.size >= limit) continue
    seen.add(entry)
    const file = descriptorAt(source, entry)
    if (file === undefined || (file.tag !== FILE_ENTRY && file.tag !== EXTENDED_FILE_ENTRY)) continue
    add(entry, UDF_SECTOR, file.tag === FILE_ENTRY ? 'file entry' : 'extended file entry')
    const isDirectory = file.bytes[27] === DIRECTORY_FILE
    const parts: Uint8Array[] = []
    for (const { offset, length } of allocations(source, file.bytes, file.tag, partition, seen, add)) {
      if (!isDirectory) {
        contents.add(offset, length)
        continue
      }
      add(offset, length, 'directory')
      const there = Math.min(length, source.size - offset, left)
      if (there <= 0) continue
      left -= there
      parts.push(source.read(offset, there))
    }
    if (!isDirectory) continue
    for (const block of childEntries(joined([...parts, ...embedded(file.bytes, file.tag)])))
      queue.push(partition + block * UDF_SECTOR)
  }
}

/** The bounds of the allocation descriptors in a file entry (ECMA-167 4/14.9, 4/14.17). */
function descriptorsOf(bytes: Uint8Array, tag: number): { readonly start: number; readonly end: number } {
  const head = tag === FILE_ENTRY ? 176 : 216
  const start = head + u32le(bytes, head - 8)
  return { start, end: Math.min(start + u32le(bytes, head - 4), bytes.length) }
}

/** The form of the allocation descriptors: the low bits of the ICB tag's flags (ECMA-167 4/14.6.8). */
function formOf(bytes: Uint8Array): number {
  return bytes[34]! & 7
}

const SHORT_FORM = 0
const LONG_FORM = 1
const IN_THE_ENTRY = 3

/** The content of a file that is stored in its entry. */
function embedded(bytes: Uint8Array, tag: number): Uint8Array[] {
  const { start, end } = descriptorsOf(bytes, tag)
  return formOf(bytes) === IN_THE_ENTRY && start < end ? [bytes.subarray(start, end)] : []
}

/** The recorded parts of a file. It follows extents of further descriptors, each once. */
function* allocations(
  source: ByteSource,
  entry: Uint8Array,
  tag: number,
  partition: number,
  seen: Set<number>,
  add: Add,
): Generator<Allocation> {
  const form = formOf(entry)
  if (form !== SHORT_FORM && form !== LONG_FORM) return
  let bytes = entry
  let { start, end } = descriptorsOf(entry, tag)
  for (;;) {
    let next: number | undefined
    for (let at = start; at + 8 <= end; at += form === SHORT_FORM ? 8 : 16) {
      const length = extentLength(bytes, at)
      // 0 is recorded, 1 and 2 are not, and 3 is more descriptors (ECMA-167 4/14.14.1.1).
      const type = bytes[at + 3]! >>> 6
      if (length === 0) break
      const offset = partition + u32le(bytes, at + 4) * UDF_SECTOR
      if (type === 3) next = offset
      else if (type === 0) yield { offset, length }
    }
    if (next === undefined || seen.has(next)) return
    seen.add(next)
    const more = descriptorAt(source, next)
    if (more?.tag !== ALLOCATION_EXTENT) return
    add(next, UDF_SECTOR, 'allocation extent descriptor')
    bytes = more.bytes
    start = 24
    end = Math.min(24 + u32le(bytes, 20), bytes.length)
  }
}

/** The blocks of the file entries that a directory lists (ECMA-167 4/14.4). */
function* childEntries(bytes: Uint8Array): Generator<number> {
  for (let at = 0; at + 38 <= bytes.length; ) {
    if ((bytes[at]! | (bytes[at + 1]! << 8)) !== FILE_IDENTIFIER) return
    const characteristics = bytes[at + 18]!
    if ((characteristics & (DELETED | PARENT)) === 0) yield u32le(bytes, at + 24)
    const length = 38 + bytes[at + 19]! + (bytes[at + 36]! | (bytes[at + 37]! << 8))
    at += Math.ceil(length / 4) * 4
  }
}

/** The length in an allocation descriptor, without its two highest bits. */
function extentLength(bytes: Uint8Array, at: number): number {
  return u32le(bytes, at) & 0x3fffffff
}

/** The descriptor in the sector at `offset`; undefined if there is none. */
function descriptorAt(source: ByteSource, offset: number): { tag: number; bytes: Uint8Array } | undefined {
  if (offset < 0 || offset + UDF_SECTOR > source.size) return undefined
  const bytes = source.read(offset, UDF_SECTOR)
  const tag = udfTag(bytes, 0)
  return tag === undefined ? undefined : { tag, bytes }
}
