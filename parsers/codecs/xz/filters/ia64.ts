/** Bytes. A bundle is 128 bits: a template of 5 and three slots of 41 (Itanium Architecture 3.3). */
const BUNDLE_SIZE = 16
const TEMPLATE_SIZE = 5
const SLOT_SIZE = 41

/** Templates with instructions of type B, and a bit for each slot that has one. */
const BRANCH_SLOTS: Readonly<Record<number, number>> = {
  16: 0b100, // MIB
  17: 0b100,
  18: 0b110, // MBB
  19: 0b110,
  22: 0b111, // BBB
  23: 0b111,
  24: 0b100, // MMB
  25: 0b100,
  28: 0b100, // MFB
  29: 0b100,
}

/**
 * Undoes the IA-64 filter. It converts instructions with major opcode 5 (br.call relative to the bundle) and zeros in
 * bits 9 to 11, which br.call does not use. Their immediate is a distance in bundles, 20 bits and a sign.
 */
export function decodeIa64(bytes: Uint8Array, start: number, end: number, startOffset: number): number {
  let position = start
  // A bundle is inside `bytes` as long as position <= end - 16, and its three slots end with its last bit.
  for (; position <= end - BUNDLE_SIZE; position += BUNDLE_SIZE) {
    const branchSlots = BRANCH_SLOTS[bytes[position]! & 0x1f]
    if (branchSlots === undefined) continue
    for (let slot = 0; slot < 3; slot++) {
      if (((branchSlots >> slot) & 1) === 0) continue
      const bit = TEMPLATE_SIZE + slot * SLOT_SIZE
      if (getBits(bytes, position, bit + 37, 4) !== 5 || getBits(bytes, position, bit + 9, 3) !== 0) continue
      const low = getBits(bytes, position, bit + 13, 20)
      const high = getBits(bytes, position, bit + 36, 1)
      const address = ((high << 20) | low) << 4
      const distance = (address - (startOffset + position - start)) >>> 4
      setBits(bytes, position, bit + 13, 20, distance & 0xfffff)
      setBits(bytes, position, bit + 36, 1, (distance >>> 20) & 1)
    }
  }
  return position
}

/** `count` bits of the bundle at `position`, from bit `first` on, lowest bit first. */
function getBits(bytes: Uint8Array, position: number, first: number, count: number): number {
  let value = 0
  for (let index = 0; index < count; index++) {
    const bit = first + index
    value |= ((bytes[position + (bit >>> 3)]! >>> (bit & 7)) & 1) << index
  }
  return value
}

function setBits(bytes: Uint8Array, position: number, first: number, count: number, value: number): void {
  for (let index = 0; index < count; index++) {
    const bit = first + index
    const mask = 1 << (bit & 7)
    if (((value >>> index) & 1) === 1) bytes[position + (bit >>> 3)]! |= mask
    else bytes[position + (bit >>> 3)]! &= ~mask
  }
}
