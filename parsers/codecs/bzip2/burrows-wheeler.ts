/**
 * Prepares to reverse the Burrows-Wheeler transform. The block has the last byte of each of its rotations, in the order
 * of the sorted rotations. The sorted bytes are the first bytes of these, and equal bytes have the same order in both.
 * So for each row we find the row that the rotation by one byte has, and put its number above the byte.
 * @param block bytes; they become `row << 8 | byte`, where the byte is still that of `block`
 */
export function linkBlock(block: Int32Array, length: number): void {
  /** For each byte, the row of the first rotation that begins with it and that we have not seen yet. */
  const rows = new Int32Array(256)
  for (let index = 0; index < length; index++) rows[block[index]!]!++
  let row = 0
  for (let byte = 0; byte < 256; byte++) {
    const count = rows[byte]!
    rows[byte] = row
    row += count
  }
  // Each row from 0 to length - 1 comes up once. A block has at most 900,000 bytes, so `index << 8` is positive.
  for (let index = 0; index < length; index++) {
    const byte = block[index]! & 0xff
    const first = rows[byte]!
    rows[byte] = first + 1
    block[first] = block[first]! | (index << 8)
  }
}
