/** The polynomial of CRC-32C (Castagnoli, RFC 3720 12.1), bits reversed. */
const POLYNOMIAL = 0x82f63b78

/** `[byte]` is the CRC of that byte. The first call fills the table, so a program that needs no CRC does not pay. */
const table = new Int32Array(256)

/**
 * CRC-32C of `bytes[start, end)`, unsigned: what EROFS, ext4 and iSCSI store. EROFS stores it without the last
 * inversion.
 * @param before the CRC of bytes that precede these
 */
export function crc32c(bytes: Uint8Array, start: number, end: number, before = 0): number {
  // The CRC of byte 1 is not 0.
  if (table[1] === 0) fillTable()
  let crc = ~before
  for (let position = start; position < end; position++) {
    crc = table[(crc ^ bytes[position]!) & 0xff]! ^ (crc >>> 8)
  }
  return ~crc >>> 0
}

function fillTable(): void {
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    table[byte] = crc
  }
}
