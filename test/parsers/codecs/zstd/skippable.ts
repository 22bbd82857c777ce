export function skippable(length: number): Uint8Array {
  const frame = Buffer.alloc(8 + length, 0xee)
  frame.writeUInt32LE(0x184d2a5e, 0)
  frame.writeUInt32LE(length, 4)
  return frame
}
