import { blockOffset, type Volume } from './volume.ts'

/** Bytes of a record before its file identifier (ECMA-119 9.1). */
export const RECORD_HEADER = 33

/** File flags (ECMA-119 9.1.6). */
export const DIRECTORY = 0x02
export const ASSOCIATED_FILE = 0x04
export const NOT_FINAL_EXTENT = 0x80

/** One directory record (ECMA-119 9.1). `bytes` is only valid until the reader reads the next record. */
export interface DirectoryRecord {
  /** Offset of the record in the source. */
  readonly offset: number
  /** The bytes that hold the record, and its offset in them. */
  readonly bytes: Uint8Array
  readonly at: number
  /** Blocks of the extended attribute record, which comes before the data. */
  readonly extendedAttributeLength: number
  /** First block of the extent. If there is an extended attribute record, it begins with that. */
  readonly extent: number
  /** Bytes of data. */
  readonly dataLength: number
  readonly flags: number
  readonly fileUnitSize: number
  readonly interleaveGap: number
  readonly volumeSequenceNumber: number
  /** The bounds of the file identifier in `bytes`. */
  readonly nameStart: number
  readonly nameEnd: number
  /** The bounds of the system use field in `bytes`. */
  readonly systemUseStart: number
  readonly systemUseEnd: number
}

/**
 * Reads the record at `at` of `bytes`, which must hold the 34 bytes of the smallest record.
 * @param end where its file identifier and system use end: `at` plus its length
 * @param offset the offset of the record in the source
 */
export function readDirectoryRecord(
  volume: Volume,
  bytes: Uint8Array,
  at: number,
  end: number,
  offset: number,
): DirectoryRecord {
  const nameStart = at + RECORD_HEADER
  const nameEnd = nameStart + bytes[at + 32]!
  return {
    offset,
    bytes,
    at,
    extendedAttributeLength: bytes[at + 1]!,
    extent: location(volume, bytes, at + 2, offset),
    dataLength: length(volume, bytes, at + 10, offset),
    flags: bytes[at + 25]!,
    fileUnitSize: bytes[at + 26]!,
    interleaveGap: bytes[at + 27]!,
    volumeSequenceNumber: bytes[at + 28]! | (bytes[at + 29]! << 8),
    nameStart,
    nameEnd,
    // The file identifier is padded to an even length (ECMA-119 9.1.12).
    systemUseStart: Math.min(nameEnd + ((nameEnd - at) & 1), end),
    systemUseEnd: end,
  }
}

/** Where the data of a record starts, in bytes. Like Linux, we skip the extended attribute record (ECMA-119 9.1.2). */
export function dataOffset(volume: Volume, record: DirectoryRecord): number {
  return blockOffset(volume, record.extent + record.extendedAttributeLength)
}

/** '.' and '..' are the single bytes 0 and 1 in every tree (ECMA-119 7.6.2), including Joliet's. */
export function isSelfOrParent(record: DirectoryRecord): boolean {
  return record.nameEnd - record.nameStart === 1 && record.bytes[record.nameStart]! <= 1
}

function location(volume: Volume, bytes: Uint8Array, at: number, offset: number): number {
  const little = u32le(bytes, at)
  const big = u32be(bytes, at + 4)
  return little === big
    ? little
    : eitherEndian(
        volume,
        little,
        big,
        blockOffset(volume, little),
        blockOffset(volume, big),
        offset,
        'Location of Extent',
      )
}

function length(volume: Volume, bytes: Uint8Array, at: number, offset: number): number {
  const little = u32le(bytes, at)
  const big = u32be(bytes, at + 4)
  return little === big ? little : eitherEndian(volume, little, big, little, big, offset, 'Data Length')
}

/**
 * A record stores a number in both byte orders. If they differ, we take the little-endian one, as Linux and libisofs
 * do, unless only the big-endian one is possible.
 */
function eitherEndian(
  { source, warnings }: Volume,
  little: number,
  big: number,
  littleBytes: number,
  bigBytes: number,
  offset: number,
  field: string,
): number {
  const useBig = littleBytes > source.size && bigBytes <= source.size
  warnings.add(
    'MALFORMED',
    useBig
      ? 'the little-endian number leaves the image, so its big-endian twin is used'
      : 'the little-endian number is used, its big-endian twin differs',
    { structure: 'directory record', offset, field, found: big, expected: little },
  )
  return useBig ? big : little
}

/** Little-endian 32 bits (ECMA-119 7.3.1). */
export function u32le(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}

/** Big-endian 32 bits (ECMA-119 7.3.2). */
function u32be(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}
