// CRC-32 of gzip (RFC 1952 8) and xz (xz 1.2: 6).
import { CRC32_TABLES } from './memory'

const POLYNOMIAL: u32 = 0xedb88320
let isBuilt = false

/** Adds the bytes [start, end) to a checksum, which is 0 at first. Sixteen bytes at a time, each by a table of its own. */
export function crc32(checksum: u32, start: usize, end: usize): u32 {
  if (!isBuilt) build()
  let crc = ~checksum
  let position = start
  for (; end - position >= 16; position += 16) {
    const low = load<u64>(position) ^ <u64>crc
    const high = load<u64>(position, 8)
    crc =
      word(15, low) ^ word(14, low >> 8) ^ word(13, low >> 16) ^ word(12, low >> 24) ^
      word(11, low >> 32) ^ word(10, low >> 40) ^ word(9, low >> 48) ^ word(8, low >> 56) ^
      word(7, high) ^ word(6, high >> 8) ^ word(5, high >> 16) ^ word(4, high >> 24) ^
      word(3, high >> 32) ^ word(2, high >> 40) ^ word(1, high >> 48) ^ word(0, high >> 56)
  }
  for (; position < end; position += 1) crc = (crc >>> 8) ^ word(0, crc ^ load<u8>(position))
  return ~crc
}

/** What a byte becomes when `table` more bytes follow it. */
@inline
function word(table: usize, byte: u64): u32 {
  return load<u32>(CRC32_TABLES + (table << 10) + ((<usize>byte & 255) << 2))
}

function build(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (POLYNOMIAL & (0 - (crc & 1)))
    store<u32>(CRC32_TABLES + (byte << 2), crc)
  }
  for (let entry: usize = 256; entry < 16 * 256; entry++) {
    const crc = load<u32>(CRC32_TABLES + ((entry - 256) << 2))
    store<u32>(CRC32_TABLES + (entry << 2), (crc >>> 8) ^ word(0, crc))
  }
  isBuilt = true
}
