const JAL = 0xef
const AUIPC = 0x17
/** The register that marks a converted pair: x2, the stack pointer. No program loads it with AUIPC. */
const MARK = 2

/**
 * Undoes the RISC-V filter. It examines eight bytes from each halfword on and converts two kinds of instructions:
 * - JAL that saves the return address in x1 or x5. Its distance, 20 bits scattered over the instruction, became an
 *   address, highest bits first.
 * - AUIPC, with a next instruction that uses the register. The two have 20 and 12 bits of a distance. They became
 *   AUIPC x2 with the rest of the second instruction, then all 32 bits of the address, highest byte first.
 * The encoder turned input that already looked like such a result into a pair, so the decoder can undo everything.
 */
export function decodeRiscV(bytes: Uint8Array, start: number, end: number, startOffset: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, end)
  let position = start
  // Eight bytes are inside `bytes` as long as position <= end - 8.
  while (position <= end - 8) {
    const opcode = bytes[position]!
    const address = startOffset + position - start
    if (opcode === JAL) position += decodeJal(bytes, position, address)
    else if ((opcode & 0x7f) === AUIPC) position += decodePair(view, position, address)
    else position += 2
  }
  return position
}

/** @returns the number of bytes done */
function decodeJal(bytes: Uint8Array, position: number, address: number): number {
  const second = bytes[position + 1]!
  // The low half of this byte has the upper four bits of the register, 0 or 2. The lowest bit is 1, from opcode 0xef.
  if ((second & 0x0d) !== 0) return 2
  const target = ((second & 0xf0) << 13) | (bytes[position + 2]! << 9) | (bytes[position + 3]! << 1)
  const distance = target - address
  // Bits 20, 10 to 1, 11 and 19 to 12, from the highest bit of the instruction down.
  bytes[position + 1] = (second & 0x0f) | ((distance >> 8) & 0xf0)
  bytes[position + 2] = ((distance >> 16) & 0x0f) | ((distance >> 7) & 0x10) | ((distance << 4) & 0xe0)
  bytes[position + 3] = ((distance >> 4) & 0x7f) | ((distance >> 13) & 0x80)
  return 4
}

/** @returns the number of bytes done */
function decodePair(view: DataView, position: number, address: number): number {
  const first = view.getInt32(position, true)
  const register = (first >>> 7) & 0x1f
  if (register !== 0 && register !== MARK) {
    const second = view.getInt32(position + 4, true)
    // No pair: the second instruction uses another register or is compressed. Six bytes on is the first position whose
    // conversion cannot have changed the bytes that we compared here.
    if (((second >>> 15) & 0x1f) !== register || (second & 3) !== 3) return 6
    // This looked like a result before the encoder saw it.
    view.setInt32(position, AUIPC | (MARK << 7) | (second << 12), true)
    view.setInt32(position + 4, (first & 0xfffff000) + (second >>> 20), true)
    return 8
  }
  // A result has the mark and the lowest 20 bits of the second instruction. The lowest two of these are 1. They also
  // include the register that both instructions use, which is neither 0 nor the mark.
  const shared = first >>> 27
  if (register !== MARK || ((first >>> 12) & 3) !== 3 || shared === 0 || shared === MARK) return 4
  const distance = (view.getInt32(position + 4) - address) | 0
  // The second instruction adds its 12 bits as a signed number, so we round AUIPC.
  view.setInt32(position, AUIPC | (shared << 7) | ((distance + 0x800) & 0xfffff000), true)
  view.setInt32(position + 4, (first >>> 12) | (distance << 20), true)
  return 8
}
