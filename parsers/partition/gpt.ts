import { type ByteString, byteStringOfText } from '../bytes/byte-string.ts'
import type { FormatError } from '../bytes/errors.ts'
import { ascii, bytes, u32le, u64le } from '../bytes/fields.ts'
import { atLimit, DEFAULT_LIMITS, type Limits } from '../bytes/limits.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { struct } from '../bytes/struct.ts'
import { crc32 } from '../checksums/crc32.ts'
import type { StructureChecksum } from '../image.ts'
import type { Partition } from './partition.ts'

/** Possible sizes of the logical blocks that a partition table counts in. Optical media have 2048. */
const BLOCK_SIZES = [512, 2048, 4096] as const
/** Entries are 128 bytes times a power of two (UEFI 5.3.2). No tool writes more than 4 KiB. */
const MIN_ENTRY_SIZE = 128
const MAX_ENTRY_SIZE = 4096

export const gptHeader = struct('GPT header (UEFI 5.3.2)', {
  signature: ascii(8),
  revision: u32le,
  headerSize: u32le,
  headerCrc32: u32le,
  reserved: u32le,
  myLba: u64le,
  alternateLba: u64le,
  firstUsableLba: u64le,
  lastUsableLba: u64le,
  diskGuid: bytes(16),
  partitionEntryLba: u64le,
  numberOfPartitionEntries: u32le,
  sizeOfPartitionEntry: u32le,
  partitionEntryArrayCrc32: u32le,
})
const SIGNATURE = 'EFI PART'

export const partitionEntry = struct('GPT partition entry (UEFI 5.3.3)', {
  partitionTypeGuid: bytes(16),
  uniquePartitionGuid: bytes(16),
  startingLba: u64le,
  endingLba: u64le,
  attributes: u64le,
  partitionName: bytes(72),
})

/** One of the two copies of a GUID partition table. Offsets and lengths are bytes. */
export interface GptCopy {
  readonly headerOffset: number
  readonly headerLength: number
  readonly arrayOffset: number
  /** The length of the part of the array that lies in the source. */
  readonly arrayLength: number
  readonly diskGuid: string
  readonly partitions: readonly Partition[]
  /** Those of the header, and of the array as far as we could read it. */
  readonly checksums: readonly StructureChecksum[]
}

export interface GuidPartitionTable {
  readonly blockSize: number
  readonly primary?: GptCopy
  readonly backup?: GptCopy
  /** The partitions of the primary copy, or of the backup if the primary is missing. */
  readonly partitions: readonly Partition[]
  readonly warnings: readonly FormatError[]
}

/** Reads both copies of the GUID partition table; undefined if there is neither. */
export function readGpt(source: ByteSource, limits: Limits = DEFAULT_LIMITS): GuidPartitionTable | undefined {
  for (const blockSize of BLOCK_SIZES) {
    const warnings: FormatError[] = []
    const primary = readCopy(source, limits, blockSize, blockSize, warnings)
    // The backup is in the last block. If the file has grown, the primary copy still says where it is (UEFI 5.3.2).
    const last = Math.floor(source.size / blockSize) * blockSize - blockSize
    const places = new Set([...(primary === undefined ? [] : [primary.alternate]), last])
    let backup: ReadCopy | undefined
    for (const place of places)
      backup ??= place > blockSize ? readCopy(source, limits, blockSize, place, warnings) : undefined
    const copy = primary ?? backup
    if (copy === undefined) continue
    if (backup === undefined || primary === undefined) {
      const missing = primary === undefined ? 'primary' : 'backup'
      warnings.push(
        formatError('MALFORMED', `the ${missing} copy of the partition table is missing`, source, {
          structure: gptHeader.name,
          offset: primary === undefined ? blockSize : primary.alternate,
        }),
      )
    }
    return {
      blockSize,
      ...(primary === undefined ? {} : { primary: primary.copy }),
      ...(backup === undefined ? {} : { backup: backup.copy }),
      partitions: copy.copy.partitions,
      warnings,
    }
  }
  return undefined
}

/** The checksums of both copies of a table, each copy under its name. */
export function gptChecksums({ primary, backup }: GuidPartitionTable): readonly StructureChecksum[] {
  const ofBackup = (backup?.checksums ?? []).map((one) => ({ ...one, structure: `backup ${one.structure}` }))
  return [...(primary?.checksums ?? []), ...ofBackup]
}

interface ReadCopy {
  readonly copy: GptCopy
  /** Byte offset of the other copy's header. */
  readonly alternate: number
}

function readCopy(
  source: ByteSource,
  limits: Limits,
  blockSize: number,
  offset: number,
  warnings: FormatError[],
): ReadCopy | undefined {
  if (offset < 0 || offset + gptHeader.size > source.size) return undefined
  const header = gptHeader.read(source, offset)
  if (header.signature !== SIGNATURE) return undefined
  const headerLength = Math.min(Math.max(header.headerSize, gptHeader.size), blockSize, source.size - offset)
  const warn = (detail: string, field: string, found: number): void => {
    warnings.push(formatError('MALFORMED', detail, source, { structure: gptHeader.name, offset, field, found }))
  }
  const checksums: StructureChecksum[] = []
  const compare = (covered: string, at: number, detail: string, field: string, found: number, expected: number) => {
    const place = { structure: gptHeader.name, offset, field, found, expected }
    const problem = found === expected ? undefined : formatError('CHECKSUM', detail, source, place)
    if (problem !== undefined) warnings.push(problem)
    checksums.push({ structure: covered, algorithm: 'CRC-32', offset: at, problem })
  }
  const headerCrc = crc32(withoutChecksum(source.read(offset, headerLength)), 0, headerLength)
  compare('GPT header', offset, 'the header is damaged', 'HeaderCRC32', header.headerCrc32, headerCrc)
  const { numberOfPartitionEntries: count, sizeOfPartitionEntry: entrySize } = header
  const arrayOffset = header.partitionEntryLba * blockSize
  const hasValidSize = entrySize >= MIN_ENTRY_SIZE && entrySize <= MAX_ENTRY_SIZE
  const isValid = hasValidSize && arrayOffset < source.size
  const isUsable = isValid && count <= limits.partitions
  if (!hasValidSize) warn('the size of partition entries is invalid', 'SizeOfPartitionEntry', entrySize)
  else if (!isValid) {
    warn('the partition entries begin past the end of the file', 'PartitionEntryLBA', header.partitionEntryLba)
  } else if (!isUsable) {
    const place = { structure: gptHeader.name, offset, field: 'NumberOfPartitionEntries', found: count }
    const detail = `more than ${limits.partitions} partitions; none of them is read`
    warnings.push(formatError('LIMIT', detail, source, { ...place, ...atLimit(limits, 'partitions') }))
  }
  const arrayLength = isUsable ? Math.min(count * entrySize, source.size - arrayOffset) : 0
  const array = source.read(isUsable ? arrayOffset : 0, arrayLength)
  if (isUsable) {
    const [stored, arrayCrc] = [header.partitionEntryArrayCrc32, crc32(array, 0, arrayLength)]
    const detail = 'the partition entry array is damaged'
    compare('GPT partition array', arrayOffset, detail, 'PartitionEntryArrayCRC32', stored, arrayCrc)
  }
  const copy = {
    headerOffset: offset,
    headerLength,
    arrayOffset,
    arrayLength,
    diskGuid: guidText(header.diskGuid),
    partitions: isUsable ? readEntries(array, entrySize, blockSize) : [],
    checksums,
  }
  return { copy, alternate: header.alternateLba * blockSize }
}

function readEntries(array: Uint8Array, entrySize: number, blockSize: number): Partition[] {
  const partitions: Partition[] = []
  const view = new DataView(array.buffer, array.byteOffset, array.length)
  for (let index = 0; (index + 1) * entrySize <= array.length; index += 1) {
    // An unused entry, like nearly all, has type zero. An entry that ends before it starts has no bytes.
    if (isZero(array, index * entrySize, partitionEntry.offsets.uniquePartitionGuid)) continue
    const entry = partitionEntry.from(view, index * entrySize)
    if (entry.endingLba < entry.startingLba) continue
    partitions.push({
      table: 'GPT',
      number: index + 1,
      start: entry.startingLba * blockSize,
      length: (entry.endingLba - entry.startingLba + 1) * blockSize,
      type: guidText(entry.partitionTypeGuid),
      name: utf16Name(entry.partitionName),
    })
  }
  return partitions
}

function isZero(bytes: Uint8Array, start: number, length: number): boolean {
  for (let at = start; at < start + length; at += 1) if (bytes[at] !== 0) return false
  return true
}

/** The header as its checksum sees it, with zeros for the checksum itself. */
function withoutChecksum(header: Uint8Array): Uint8Array {
  // `slice` of a Node buffer is no copy.
  const copy = Uint8Array.from(header)
  const at = gptHeader.offsets.headerCrc32
  copy.fill(0, at, at + 4)
  return copy
}

/** A GUID in its usual form: the first three groups are little-endian (UEFI, appendix A). */
function guidText(guid: Uint8Array): string {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
  const digits = order.map((index) => guid[index]!.toString(16).padStart(2, '0')).join('')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function utf16Name(name: Uint8Array): ByteString {
  let text = ''
  for (let at = 0; at < name.length; at += 2) {
    const unit = name[at]! | (name[at + 1]! << 8)
    if (unit === 0) break
    text += String.fromCharCode(unit)
  }
  return byteStringOfText(text)
}
