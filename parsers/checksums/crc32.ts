/** The polynomial of CRC-32 (RFC 1952 8, xz 1.2: 6), bits reversed. */
const POLYNOMIAL = 0xedb88320

/** Made by the first call, so that a program that needs no CRC makes no table. */
let tables: Int32Array | undefined

/** CRC-32 of `bytes[start, end)`, unsigned: what gzip, GPT and .xz store. */
export function crc32(bytes: Uint8Array, start: number, end: number): number {
  tables ??= makeTables()
  const table = tables
  const view = new DataView(bytes.buffer, bytes.byteOffset, end)
  let position = start
  let crc = -1
  // Eight bytes are there as long as position <= end - 8, and an index made of bytes is below 8 * 256.
  for (; position <= end - 8; position += 8) {
    const low = crc ^ view.getInt32(position, true)
    const high = view.getInt32(position + 4, true)
    crc =
      table[1792 + (low & 0xff)]! ^
      table[1536 + ((low >>> 8) & 0xff)]! ^
      table[1280 + ((low >>> 16) & 0xff)]! ^
      table[1024 + (low >>> 24)]! ^
      table[768 + (high & 0xff)]! ^
      table[512 + ((high >>> 8) & 0xff)]! ^
      table[256 + ((high >>> 16) & 0xff)]! ^
      table[high >>> 24]!
  }
  for (; position < end; position++) crc = table[(crc ^ bytes[position]!) & 0xff]! ^ (crc >>> 8)
  return ~crc >>> 0
}

/** "Slicing by 8": `table[256 * n + byte]` is the CRC of that byte with n zero bytes behind it. */
function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    made[byte] = crc
  }
  for (let index = 256; index < made.length; index++) {
    const shorter = made[index - 256]!
    made[index] = made[shorter & 0xff]! ^ (shorter >>> 8)
  }
  return made
}
