import type { RunningChecksum } from './running-checksum.ts'

/** The polynomial of CRC-32 (RFC 1952 8, xz 1.2: 6), bits reversed. */
const POLYNOMIAL = 0xedb88320

/**
 * "Slicing by 16": `[256 * n + byte]` is the CRC of that byte with n zero bytes after it. The first call fills the
 * table, so a program that needs no CRC does not pay for it. It is a constant, so V8 compiles its address into the
 * loop.
 */
const sliceTable = new Int32Array(16 * 256)

/**
 * CRC-32 of `bytes[start, end)`, unsigned: what gzip, GPT and .xz store.
 * @param before the CRC of bytes that precede these
 */
export function crc32(bytes: Uint8Array, start: number, end: number, before = 0): number {
  // The CRC of byte 1 is not 0.
  if (sliceTable[1] === 0) fillSliceTable()
  const table = sliceTable
  const view = new DataView(bytes.buffer, bytes.byteOffset, end)
  let position = start
  let crc = ~before
  // Sixteen bytes are inside the input as long as position <= end - 16, and an index made of bytes is below 16 * 256.
  // Twelve of the sixteen lookups do not wait for the previous CRC. This is 1.15 times (Node 24) to 1.4 times (Node 20)
  // as fast as eight bytes at a time.
  for (; position <= end - 16; position += 16) {
    const first = crc ^ view.getInt32(position, true)
    const second = view.getInt32(position + 4, true)
    const third = view.getInt32(position + 8, true)
    const fourth = view.getInt32(position + 12, true)
    crc =
      table[3840 + (first & 0xff)]! ^
      table[3584 + ((first >>> 8) & 0xff)]! ^
      table[3328 + ((first >>> 16) & 0xff)]! ^
      table[3072 + (first >>> 24)]! ^
      table[2816 + (second & 0xff)]! ^
      table[2560 + ((second >>> 8) & 0xff)]! ^
      table[2304 + ((second >>> 16) & 0xff)]! ^
      table[2048 + (second >>> 24)]! ^
      table[1792 + (third & 0xff)]! ^
      table[1536 + ((third >>> 8) & 0xff)]! ^
      table[1280 + ((third >>> 16) & 0xff)]! ^
      table[1024 + (third >>> 24)]! ^
      table[768 + (fourth & 0xff)]! ^
      table[512 + ((fourth >>> 8) & 0xff)]! ^
      table[256 + ((fourth >>> 16) & 0xff)]! ^
      table[fourth >>> 24]!
  }
  for (; position < end; position++) crc = table[(crc ^ bytes[position]!) & 0xff]! ^ (crc >>> 8)
  return ~crc >>> 0
}

/** CRC-32 of bytes that arrive in pieces. */
export function startCrc32(): RunningChecksum<number> {
  let crc = 0
  return {
    update(bytes, start, end) {
      crc = crc32(bytes, start, end, crc)
    },
    digest: () => crc,
  }
}

function fillSliceTable(): void {
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    sliceTable[byte] = crc
  }
  for (let index = 256; index < sliceTable.length; index++) {
    const shorter = sliceTable[index - 256]!
    sliceTable[index] = sliceTable[shorter & 0xff]! ^ (shorter >>> 8)
  }
}
