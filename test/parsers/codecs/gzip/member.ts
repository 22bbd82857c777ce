import { gzipSync, crc32 as zlibCrc32 } from 'node:zlib'

/** A member with these flags and what they say is behind the ten bytes of every header. */
export function member(flags: number, fields: Uint8Array, data: Uint8Array): Uint8Array {
  const plain = gzipSync(data)
  const header = Buffer.concat([Uint8Array.of(0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 3), fields])
  const crc16 = Buffer.alloc((flags & 2) === 0 ? 0 : 2)
  if (crc16.length > 0) crc16.writeUInt16LE(zlibCrc32(header) & 0xffff)
  return Buffer.concat([header, crc16, plain.subarray(10)])
}

export const extra = Uint8Array.of(5, 0, 65, 66, 1, 0, 0)
export const name = Buffer.from('a name\0', 'latin1')
export const comment = Buffer.from('a comment\0', 'latin1')
