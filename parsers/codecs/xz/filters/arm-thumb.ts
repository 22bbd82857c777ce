/**
 * Undoes the ARM-Thumb filter, which converts BL pairs. The two halfwords begin with 11110 and 11111. They hold the
 * high and the low 11 bits of a distance in halfwords, which counts from 4 bytes after the first.
 */
export function decodeArmThumb(bytes: Uint8Array, start: number, end: number, startOffset: number): number {
  const pipeline = 4
  let position = start
  // Four bytes are inside `bytes` as long as position <= end - 4.
  for (; position <= end - 4; position += 2) {
    const first = bytes[position]! | (bytes[position + 1]! << 8)
    const second = bytes[position + 2]! | (bytes[position + 3]! << 8)
    if (first >>> 11 !== 0b11110 || second >>> 11 !== 0b11111) continue
    const address = (((first & 0x7ff) << 11) | (second & 0x7ff)) << 1
    const distance = (address - (startOffset + position - start + pipeline)) >> 1
    bytes[position + 1] = 0xf0 | ((distance >> 19) & 7)
    bytes[position] = distance >> 11
    bytes[position + 3] = 0xf8 | ((distance >> 8) & 7)
    bytes[position + 2] = distance
    position += 2
  }
  return position
}
