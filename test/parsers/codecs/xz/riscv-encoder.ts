/**
 * Applies the RISC-V filter as its description says (the comments of riscv.c in xz 5.6, xz 1.2: 5.3.2), field by field
 * of the instructions, which are numbers here: the twin of the decoder, and its opposite.
 */
export function encodeRiscV(content: Uint8Array, startOffset = 0): Uint8Array {
  const bytes = Uint8Array.from(content)
  const view = new DataView(bytes.buffer)
  let position = 0
  while (position + 8 <= bytes.length) {
    const instruction = view.getUint32(position, true)
    const opcode = field(instruction, 0, 7)
    const register = field(instruction, 7, 5)
    const address = BigInt(startOffset + position)
    if (opcode === 0x6f && (register === 1 || register === 5)) {
      position += encodeCall(view, position, instruction, address)
    } else if (opcode === 0x17) {
      const isSpecial = register === 0 || register === 2
      position += isSpecial ? encodeLookalike(view, position, instruction) : encodePair(view, position, address)
    } else {
      position += 2
    }
  }
  return bytes
}

/** JAL: the immediate becomes an address, with its bits 20 to 1 in order from bit 12 of the instruction up. */
function encodeCall(view: DataView, position: number, instruction: number, address: bigint): number {
  const distance =
    field(instruction, 31, 1) * 2 ** 20 +
    field(instruction, 12, 8) * 2 ** 12 +
    field(instruction, 20, 1) * 2 ** 11 +
    field(instruction, 21, 10) * 2
  const target = Number(BigInt.asUintN(21, BigInt(distance) + address))
  // Highest first: bits 20 to 17 in the upper half of byte 1, 16 to 9 in byte 2, 8 to 1 in byte 3.
  view.setUint8(position + 1, field(target, 17, 4) * 16 + field(instruction, 8, 4))
  view.setUint8(position + 2, field(target, 9, 8))
  view.setUint8(position + 3, field(target, 1, 8))
  return 4
}

/** AUIPC and an instruction that adds a signed immediate to the register AUIPC has set. */
function encodePair(view: DataView, position: number, address: bigint): number {
  const first = view.getUint32(position, true)
  const second = view.getUint32(position + 4, true)
  if (field(second, 15, 5) !== field(first, 7, 5) || field(second, 0, 2) !== 3) return 6
  const high = BigInt(field(first, 12, 20)) << 12n
  const low = BigInt.asIntN(12, BigInt(field(second, 20, 12)))
  view.setUint32(position, field(second, 0, 20) * 2 ** 12 + 2 * 2 ** 7 + 0x17, true)
  view.setUint32(position + 4, Number(BigInt.asUintN(32, high + low + address)))
  return 8
}

/** AUIPC x2 that a decoder would take for a converted pair: it becomes a pair, by exchange of fields only. */
function encodeLookalike(view: DataView, position: number, instruction: number): number {
  const packed = field(instruction, 12, 20)
  const register = field(packed, 15, 5)
  const looksAlike = field(instruction, 7, 5) === 2 && field(packed, 0, 2) === 3 && register !== 0 && register !== 2
  if (!looksAlike) return 4
  const other = view.getUint32(position + 4, true)
  view.setUint32(position, field(other, 12, 20) * 2 ** 12 + register * 2 ** 7 + 0x17, true)
  view.setUint32(position + 4, field(other, 0, 12) * 2 ** 20 + packed, true)
  return 8
}

function field(value: number, first: number, bits: number): number {
  return Math.floor(value / 2 ** first) % 2 ** bits
}
