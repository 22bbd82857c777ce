/**
 * Undoes the ARM64 filter, which converts BL and ADRP. BL is 100101, then a distance in words, 26 bits. ADRP is 1, its
 * two lowest immediate bits, 10000, its 19 higher immediate bits, and a register. Its immediate is a distance in 4 KiB
 * pages. The encoder converts ADRP only for distances of less than 512 MiB.
 */
export function decodeArm64(bytes: Uint8Array, start: number, end: number, startOffset: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, end)
  let position = start
  // Four bytes are inside `bytes` as long as position <= end - 4.
  for (; position <= end - 4; position += 4) {
    const highByte = bytes[position + 3]!
    const isBranch = highByte >>> 2 === 0b100101
    const isPageAddress = (highByte & 0x9f) === 0x90
    if (!isBranch && !isPageAddress) continue
    const instruction = view.getInt32(position, true)
    const address = (startOffset + position - start) | 0
    if (isBranch) {
      const distance = (instruction & 0x03ffffff) - (address >> 2)
      view.setInt32(position, 0x94000000 | (distance & 0x03ffffff), true)
      continue
    }
    const page = ((instruction >>> 29) & 3) | ((instruction >>> 3) & 0x1ffffc)
    // As a signed 21-bit number it must fit into 18 bits, so its highest four bits are equal.
    if (((page + 0x20000) & 0x1c0000) !== 0) continue
    const distance = page - (address >>> 12)
    const immediateLow = (distance & 3) << 29
    const immediateHigh = (distance & 0x3fffc) << 3
    const sign = -(distance & 0x20000) & 0xe00000
    view.setInt32(position, (instruction & 0x9000001f) | immediateLow | immediateHigh | sign, true)
  }
  return position
}
