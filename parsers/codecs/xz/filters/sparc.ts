/**
 * Undoes the SPARC filter, big-endian, which converts CALL instructions: 01 and a distance in words, 30 bits. The
 * distance must fit into 22 bits and a sign, so the bits between are all 0 or all 1.
 */
export function decodeSparc(bytes: Uint8Array, start: number, end: number, startOffset: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, end)
  let position = start
  // Four bytes are inside `bytes` as long as position <= end - 4.
  for (; position <= end - 4; position += 4) {
    const instruction = view.getInt32(position)
    const high = instruction >>> 22
    if (high !== 0x100 && high !== 0x1ff) continue
    const distance = ((instruction << 2) - (startOffset + position - start)) >>> 2
    const sign = -((distance >>> 22) & 1) & 0xff
    view.setInt32(position, 0x40000000 | (sign << 22) | (distance & 0x3fffff))
  }
  return position
}
