/**
 * Undoes the PowerPC filter, big-endian, which converts BL instructions. They have 010010 in the highest bits and 01 in
 * the lowest: relative, sets the link register. The other 24 bits are a distance in words.
 */
export function decodePowerPc(bytes: Uint8Array, start: number, end: number, startOffset: number): number {
  let position = start
  // Four bytes are inside `bytes` as long as position <= end - 4.
  for (; position <= end - 4; position += 4) {
    if (bytes[position]! >>> 2 !== 0b010010 || (bytes[position + 3]! & 3) !== 1) continue
    const address =
      ((bytes[position]! & 3) << 24) |
      (bytes[position + 1]! << 16) |
      (bytes[position + 2]! << 8) |
      (bytes[position + 3]! & ~3)
    const distance = address - (startOffset + position - start)
    bytes[position] = (0b010010 << 2) | ((distance >>> 24) & 3)
    bytes[position + 1] = distance >>> 16
    bytes[position + 2] = distance >>> 8
    bytes[position + 3] = (distance & ~3) | 1
  }
  return position
}
