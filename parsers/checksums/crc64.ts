/** The polynomial of CRC-64 as in ECMA-182 (xz 1.2: 6), bits reversed: 0xc96c5795d7870f42. */
const POLYNOMIAL_HIGH = 0xc96c5795
const POLYNOMIAL_LOW = 0xd7870f42

/** A 64-bit number, its halves unsigned. */
export interface Crc64 {
  readonly high: number
  readonly low: number
}

/** Made by the first call, so that a program that needs no CRC makes no table. */
let tables: { readonly high: Int32Array; readonly low: Int32Array } | undefined

/** CRC-64 of `bytes[start, end)`: what .xz files made by xz store unless told otherwise. */
export function crc64(bytes: Uint8Array, start: number, end: number): Crc64 {
  tables ??= makeTables()
  const { high: highTable, low: lowTable } = tables
  const view = new DataView(bytes.buffer, bytes.byteOffset, end)
  let position = start
  let high = -1
  let low = -1
  // Four bytes are there as long as position <= end - 4, and an index made of a byte is below 4 * 256.
  for (; position <= end - 4; position += 4) {
    const word = low ^ view.getInt32(position, true)
    const first = 768 + (word & 0xff)
    const second = 512 + ((word >>> 8) & 0xff)
    const third = 256 + ((word >>> 16) & 0xff)
    const fourth = word >>> 24
    low = high ^ lowTable[first]! ^ lowTable[second]! ^ lowTable[third]! ^ lowTable[fourth]!
    high = highTable[first]! ^ highTable[second]! ^ highTable[third]! ^ highTable[fourth]!
  }
  for (; position < end; position++) {
    const index = (low ^ bytes[position]!) & 0xff
    low = lowTable[index]! ^ ((low >>> 8) | (high << 24))
    high = highTable[index]! ^ (high >>> 8)
  }
  return { high: ~high >>> 0, low: ~low >>> 0 }
}

/** "Slicing by 4": `[256 * n + byte]` is the CRC of that byte with n zero bytes behind it. */
function makeTables(): { high: Int32Array; low: Int32Array } {
  const highTable = new Int32Array(4 * 256)
  const lowTable = new Int32Array(4 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let high = 0
    let low = byte
    for (let bit = 0; bit < 8; bit++) {
      const carry = low & 1
      low = (low >>> 1) | (high << 31)
      high >>>= 1
      if (carry === 1) {
        high ^= POLYNOMIAL_HIGH
        low ^= POLYNOMIAL_LOW
      }
    }
    highTable[byte] = high
    lowTable[byte] = low
  }
  for (let index = 256; index < highTable.length; index++) {
    const high = highTable[index - 256]!
    const low = lowTable[index - 256]!
    highTable[index] = highTable[low & 0xff]! ^ (high >>> 8)
    lowTable[index] = lowTable[low & 0xff]! ^ ((low >>> 8) | (high << 24))
  }
  return { high: highTable, low: lowTable }
}
