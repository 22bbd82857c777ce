import type { BranchMemory } from '../filter.ts'

/** CALL and JMP with a 32-bit distance. */
const OPCODE = 0xe8
const OPCODE_MASK = 0xfe

/**
 * Indexed by the pattern of opcodes in the last three bytes, with bit 0 the latest: whether we may convert an
 * instruction here. Two opcodes that close together are hardly both instructions.
 */
const MAY_CONVERT = [true, true, true, false, true, false, false, false]
/**
 * Indexed by the same pattern: how many bytes of the distance, from the highest down, come after the earliest of them.
 */
const BYTES_SHARED = [0, 1, 2, 2, 3, 3, 3, 3]

/**
 * Undoes the x86 filter. It converts CALL and JMP whose highest byte is 0 or 255, so it rarely mistakes data for code.
 * It remembers which recent bytes looked like an opcode but were not converted. It treats an instruction with care if
 * its bytes may belong to one of those.
 */
export function decodeX86(
  bytes: Uint8Array,
  start: number,
  end: number,
  startOffset: number,
  memory: BranchMemory,
): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, end)
  /** Bit n: an opcode began n bytes before `recentPosition`, and was not converted. */
  let { recent } = memory
  let recentPosition = start - memory.gap
  let position = start
  // Five bytes are inside `bytes` as long as position <= end - 5.
  for (; position <= end - 5; position++) {
    if ((bytes[position]! & OPCODE_MASK) !== OPCODE) continue
    const gap = position - recentPosition
    recentPosition = position
    recent = gap > 3 ? 0 : (recent << (gap - 1)) & 7
    const shared = BYTES_SHARED[recent]!
    if (recent !== 0 && (!MAY_CONVERT[recent] || isSignByte(bytes[position + 4 - shared]!))) {
      recent = (recent << 1) | 1
      continue
    }
    if (!isSignByte(bytes[position + 4]!)) {
      recent = (recent << 1) | 1
      continue
    }
    const address = startOffset + position - start + 5
    let distance = (view.getInt32(position + 1, true) - address) | 0
    if (recent !== 0) {
      // The encoder inverted the lower bits if its result would have had a sign byte in the shared place.
      const sharedBits = 32 - 8 * shared
      if (isSignByte((distance >>> (sharedBits - 8)) & 0xff)) {
        distance = ((distance ^ ((1 << sharedBits) - 1)) - address) | 0
      }
    }
    // 25 bits and their sign.
    view.setInt32(position + 1, (distance << 7) >> 7, true)
    recent = 0
    position += 4
  }
  memory.recent = recent
  memory.gap = position - recentPosition
  return position
}

function isSignByte(byte: number): boolean {
  return byte === 0 || byte === 0xff
}
