const JAL = 0xef
const AUIPC = 0x17
/** The register that marks a pair that was converted: x2, the stack pointer, is not loaded with AUIPC otherwise. */
const MARK = 2

/**
 * Undoes the RISC-V filter. It looks at halfwords, from each on at the next eight bytes, for
 * - JAL that saves the return address in x1 or x5: its distance, 20 bits scattered over the instruction, became an
 *   address, highest bits first;
 * - AUIPC with an instruction behind it that uses what it loaded: the two, with 20 and 12 bits of a distance, became
 *   AUIPC x2 with the rest of the second instruction, and all 32 bits of the address, highest byte first.
 * What looked like such a result before was turned into a pair, so that everything can be undone.
 */
export function decodeRiscV(bytes: Uint8Array, start: number, end: number, startOffset: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, end)
  let position = start
  // Eight bytes are there as long as position <= end - 8.
  while (position <= end - 8) {
    const opcode = bytes[position]!
    const address = startOffset + position - start
    if (opcode === JAL) position += decodeJal(bytes, position, address)
    else if ((opcode & 0x7f) === AUIPC) position += decodePair(view, position, address)
    else position += 2
  }
  return position
}

/** @returns how many bytes are done */
function decodeJal(bytes: Uint8Array, position: number, address: number): number {
  const second = bytes[position + 1]!
  // The low half of this byte has the upper four bits of the register, 0 or 2; the lowest is 1 as the opcode is 0xef.
  if ((second & 0x0d) !== 0) return 2
  const target = ((second & 0xf0) << 13) | (bytes[position + 2]! << 9) | (bytes[position + 3]! << 1)
  const distance = target - address
  // Bits 20, 10 to 1, 11 and 19 to 12, from the highest bit of the instruction down.
  bytes[position + 1] = (second & 0x0f) | ((distance >> 8) & 0xf0)
  bytes[position + 2] = ((distance >> 16) & 0x0f) | ((distance >> 7) & 0x10) | ((distance << 4) & 0xe0)
  bytes[position + 3] = ((distance >> 4) & 0x7f) | ((distance >> 13) & 0x80)
  return 4
}

/** @returns how many bytes are done */
function decodePair(view: DataView, position: number, address: number): number {
  const first = view.getInt32(position, true)
  const register = (first >>> 7) & 0x1f
  if (register !== 0 && register !== MARK) {
    const second = view.getInt32(position + 4, true)
    // No pair: the second uses another register or is a compressed instruction. Six bytes on is the first place whose
    // conversion cannot have changed what was compared here.
    if (((second >>> 15) & 0x1f) !== register || (second & 3) !== 3) return 6
    // What looked like a result before it was encoded.
    view.setInt32(position, AUIPC | (MARK << 7) | (second << 12), true)
    view.setInt32(position + 4, (first & 0xfffff000) + (second >>> 20), true)
    return 8
  }
  // A result has the mark, the lowest 20 bits of the second instruction, whose lowest two are 1, and among them the
  // register the two share, which is neither 0 nor the mark.
  const shared = first >>> 27
  if (register !== MARK || ((first >>> 12) & 3) !== 3 || shared === 0 || shared === MARK) return 4
  const distance = (view.getInt32(position + 4) - address) | 0
  // The second instruction adds its 12 bits signed, so AUIPC is rounded.
  view.setInt32(position, AUIPC | (shared << 7) | ((distance + 0x800) & 0xfffff000), true)
  view.setInt32(position + 4, (first >>> 12) | (distance << 20), true)
  return 8
}
