import type { RunningChecksum } from './running-checksum.ts'

/** The polynomial of CRC-64 as in ECMA-182 (xz 1.2: 6), bits reversed: 0xc96c5795d7870f42. */
const POLYNOMIAL_HIGH = 0xc96c5795
const POLYNOMIAL_LOW = 0xd7870f42

/** A 64-bit number as two unsigned halves. */
export interface Crc64 {
  readonly high: number
  readonly low: number
}

// "Slicing by 8": `[256 * n + byte]` is half of the CRC of that byte with n zero bytes after it. The first call fills
// the tables, so a program that needs no CRC does not pay for them. They are constants, so V8 compiles their addresses
// into the loop. Sixteen bytes at a time are no faster: two tables of 16 KiB fill the first-level cache.
const highSliceTable = new Int32Array(8 * 256)
const lowSliceTable = new Int32Array(8 * 256)

/** The CRC of no bytes. */
const NOTHING: Crc64 = { high: 0, low: 0 }

/**
 * CRC-64 of `bytes[start, end)`, which xz stores by default.
 * @param before the CRC of bytes that precede these
 */
export function crc64(bytes: Uint8Array, start: number, end: number, before: Crc64 = NOTHING): Crc64 {
  // Neither half of the CRC of byte 1 is 0.
  if (lowSliceTable[1] === 0) fillSliceTables()
  const highTable = highSliceTable
  const lowTable = lowSliceTable
  const view = new DataView(bytes.buffer, bytes.byteOffset, end)
  let position = start
  let high = ~before.high
  let low = ~before.low
  // Eight bytes are inside the input while position <= end - 8, and an index made of a byte is below 8 * 256.
  for (; position <= end - 8; position += 8) {
    const early = low ^ view.getInt32(position, true)
    const late = high ^ view.getInt32(position + 4, true)
    const first = 1792 + (early & 0xff)
    const second = 1536 + ((early >>> 8) & 0xff)
    const third = 1280 + ((early >>> 16) & 0xff)
    const fourth = 1024 + (early >>> 24)
    const fifth = 768 + (late & 0xff)
    const sixth = 512 + ((late >>> 8) & 0xff)
    const seventh = 256 + ((late >>> 16) & 0xff)
    const eighth = late >>> 24
    low =
      lowTable[first]! ^
      lowTable[second]! ^
      lowTable[third]! ^
      lowTable[fourth]! ^
      lowTable[fifth]! ^
      lowTable[sixth]! ^
      lowTable[seventh]! ^
      lowTable[eighth]!
    high =
      highTable[first]! ^
      highTable[second]! ^
      highTable[third]! ^
      highTable[fourth]! ^
      highTable[fifth]! ^
      highTable[sixth]! ^
      highTable[seventh]! ^
      highTable[eighth]!
  }
  for (; position < end; position++) {
    const index = (low ^ bytes[position]!) & 0xff
    low = lowTable[index]! ^ ((low >>> 8) | (high << 24))
    high = highTable[index]! ^ (high >>> 8)
  }
  return { high: ~high >>> 0, low: ~low >>> 0 }
}

/** CRC-64 of bytes that arrive in pieces. */
export function startCrc64(): RunningChecksum<Crc64> {
  let crc = NOTHING
  return {
    update(bytes, start, end) {
      crc = crc64(bytes, start, end, crc)
    },
    digest: () => crc,
  }
}

function fillSliceTables(): void {
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
    highSliceTable[byte] = high
    lowSliceTable[byte] = low
  }
  for (let index = 256; index < highSliceTable.length; index++) {
    const high = highSliceTable[index - 256]!
    const low = lowSliceTable[index - 256]!
    highSliceTable[index] = highSliceTable[low & 0xff]! ^ (high >>> 8)
    lowSliceTable[index] = lowSliceTable[low & 0xff]! ^ ((low >>> 8) | (high << 24))
  }
}
