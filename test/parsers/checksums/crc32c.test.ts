import { describe, expect, it } from 'vitest'
import { crc32c } from '../../../parsers/checksums/crc32c.ts'

describe('crc32c', () => {
  it('has the check value of the catalogues, and those of RFC 3720 B.4', () => {
    expect(crc32c(new TextEncoder().encode('123456789'), 0, 9)).toBe(0xe3069283)
    expect(crc32c(new Uint8Array(32), 0, 32)).toBe(0x8a9136aa)
    expect(crc32c(new Uint8Array(32).fill(0xff), 0, 32)).toBe(0x62a8ab43)
    const ascending = Uint8Array.from({ length: 32 }, (_, index) => index)
    expect(crc32c(ascending, 0, 32)).toBe(0x46dd794e)
    expect(crc32c(ascending.toReversed(), 0, 32)).toBe(0x113fdb5c)
    expect(crc32c(new Uint8Array(0), 0, 0)).toBe(0)
  })

  it('continues from the checksum of earlier bytes', () => {
    const bytes = new TextEncoder().encode('some bytes in two pieces')
    expect(crc32c(bytes, 7, bytes.length, crc32c(bytes, 0, 7))).toBe(crc32c(bytes, 0, bytes.length))
  })
})
