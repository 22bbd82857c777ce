// CRC-64 of xz (xz 1.2: 6; ECMA-182).
import { CRC64_TABLES } from './memory'

const POLYNOMIAL: u64 = 0xc96c5795d7870f42
let isBuilt = false

/** Adds the bytes [start, end) to a checksum, which is 0 at first. Eight bytes at a time, each by a table of its own. */
export function crc64(checksum: u64, start: usize, end: usize): u64 {
  if (!isBuilt) build()
  let crc = ~checksum
  let position = start
  for (; end - position >= 8; position += 8) {
    const bytes = load<u64>(position) ^ crc
    crc =
      word(7, bytes) ^ word(6, bytes >> 8) ^ word(5, bytes >> 16) ^ word(4, bytes >> 24) ^
      word(3, bytes >> 32) ^ word(2, bytes >> 40) ^ word(1, bytes >> 48) ^ word(0, bytes >> 56)
  }
  for (; position < end; position += 1) crc = (crc >> 8) ^ word(0, crc ^ load<u8>(position))
  return ~crc
}

/** What a byte becomes when `table` more bytes follow it. */
@inline
function word(table: usize, byte: u64): u64 {
  return load<u64>(CRC64_TABLES + (table << 11) + ((<usize>byte & 255) << 3))
}

function build(): void {
  for (let byte: usize = 0; byte < 256; byte++) {
    let crc: u64 = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (POLYNOMIAL & (0 - (crc & 1)))
    store<u64>(CRC64_TABLES + (byte << 3), crc)
  }
  for (let entry: usize = 256; entry < 8 * 256; entry++) {
    const crc = load<u64>(CRC64_TABLES + ((entry - 256) << 3))
    store<u64>(CRC64_TABLES + (entry << 3), (crc >> 8) ^ word(0, crc))
  }
  isBuilt = true
}
