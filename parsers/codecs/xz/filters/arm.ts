/**
 * Undoes the ARM filter, which converts unconditional BL instructions (0xeb in the highest byte). Their low 24 bits are
 * a distance in words from 8 bytes after the instruction.
 */
export function decodeArm(bytes: Uint8Array, start: number, end: number, startOffset: number): number {
  const pipeline = 8
  let position = start
  // Four bytes are inside `bytes` as long as position <= end - 4.
  for (; position <= end - 4; position += 4) {
    if (bytes[position + 3] !== 0xeb) continue
    const address = ((bytes[position + 2]! << 16) | (bytes[position + 1]! << 8) | bytes[position]!) << 2
    const distance = (address - (startOffset + position - start + pipeline)) >> 2
    bytes[position + 2] = distance >> 16
    bytes[position + 1] = distance >> 8
    bytes[position] = distance
  }
  return position
}
