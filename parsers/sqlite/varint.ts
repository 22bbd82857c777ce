/** A number of variable length, and where the bytes after it begin. */
export interface Varint {
  readonly value: bigint
  readonly end: number
}

/**
 * Reads a number of 1 to 9 bytes: 7 bits of each of the first eight, and all bits of the ninth. It is a signed one of 64 bits
 * (SQLite file format 1.6).
 * @returns undefined if the bytes end before it does
 */
export function varintAt(bytes: Uint8Array, at: number): Varint | undefined {
  let value = 0n
  for (let index = at; index < at + 8; index += 1) {
    const byte = bytes[index]
    if (byte === undefined) return undefined
    value = (value << 7n) | BigInt(byte & 0x7f)
    if (byte < 0x80) return { value, end: index + 1 }
  }
  const last = bytes[at + 8]
  return last === undefined ? undefined : { value: BigInt.asIntN(64, (value << 8n) | BigInt(last)), end: at + 9 }
}
