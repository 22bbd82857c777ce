import type { RunningChecksum } from './running-checksum.ts'

/** The polynomial of CRC-32, highest bit first. */
const POLYNOMIAL = 0x04c11db7

/** `[byte]` is the CRC of that byte. The first call fills the table, so a program that needs no CRC does not pay. */
const table = new Int32Array(256)

/**
 * CRC-32 of `bytes[start, end)`, unsigned, as bzip2 computes it: the polynomial of `crc32`, but the highest bit of each
 * byte comes first. Catalogues call it CRC-32/BZIP2.
 * @param before the CRC of bytes that precede these
 */
export function crc32Bzip2(bytes: Uint8Array, start: number, end: number, before = 0): number {
  // The CRC of byte 1 is not 0.
  if (table[1] === 0) fillTable()
  let crc = ~before
  for (let position = start; position < end; position++) {
    crc = table[(crc >>> 24) ^ bytes[position]!]! ^ (crc << 8)
  }
  return ~crc >>> 0
}

/** The CRC-32 of bzip2 for bytes that arrive in pieces. */
export function startCrc32Bzip2(): RunningChecksum<number> {
  let crc = 0
  return {
    update(bytes, start, end) {
      crc = crc32Bzip2(bytes, start, end, crc)
    },
    digest: () => crc,
  }
}

function fillTable(): void {
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte << 24
    for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ POLYNOMIAL : crc << 1
    table[byte] = crc
  }
}
