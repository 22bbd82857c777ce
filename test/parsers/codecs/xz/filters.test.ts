import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decompressXz } from '../../../../parsers/codecs/xz/stream.ts'
import { decompressed, sameBytes } from '../guarded.ts'
import { storedThrough } from './container.ts'
import { riscVCode } from './riscv-code.ts'
import { encodeRiscV } from './riscv-encoder.ts'

function littleEndianBytes(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]
}

/** The xz tool has this filter only since 5.6, so its oracles are vectors checked by hand and a twin, which 7-Zip agrees with. */
describe('the RISC-V filter', () => {
  const filtered = (bytes: Uint8Array, start = 0) => {
    const file = storedThrough([start === 0 ? [11, 0] : [11, 4, ...littleEndianBytes(start)]], bytes)
    return Buffer.from(decompressed(decompressXz, file, bytes.length)).toString('hex')
  }
  const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
  const nops = '13000000 13000000'

  it('makes addresses relative again, checked by hand', () => {
    // jal ra, +0x1234 at 0x10: immediate 20|10:1|11|19:12 = 0|0x11a|0|0x01 is 0x234010ef, its target 0x1244.
    const before = '13000000'.repeat(4)
    expect(filtered(hex(`${before} ef000922 ${nops}`))).toBe(`${before}ef104023${nops.replace(' ', '')}`)
    // auipc ra, 0x12345; jalr ra, -42(ra) at 8: 97503412 e78060fd, the address 0x12344fd6 + 8 highest byte first.
    expect(filtered(hex(`${nops} 1771 0e08 12344fde`))).toBe(`${nops.replace(' ', '')}97503412e78060fd`)
  })

  it('leaves what the encoder leaves', () => {
    // jal x0; auipc x0 (a landing pad) and addi; auipc a0 and an instruction that uses a1; auipc a0 and a compressed one.
    for (const code of ['6f00c000 13000000', '17000100 93070000', '17050100 93850500', '17050100 01058280']) {
      expect(filtered(hex(code))).toBe(code.replace(' ', ''))
      expect(Buffer.from(encodeRiscV(hex(code))).toString('hex')).toBe(code.replace(' ', ''))
    }
  })

  it('undoes what its twin does, of any length and start offset', () => {
    for (let length = 0; length < 60; length++) {
      const data = riscVCode(length, length)
      expect(filtered(encodeRiscV(data, 2), 2)).toBe(Buffer.from(data).toString('hex'))
    }
    const starts = [0, 2, 4096, 0x7ffffffe, 0xfffffffe]
    let changed = 0
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1000, max: 3000 }), fc.constantFrom(...starts), (seed, length, start) => {
        const data = riscVCode(length, seed)
        const encoded = encodeRiscV(data, start)
        if (!sameBytes(encoded, data)) changed += 1
        expect(filtered(encoded, start)).toBe(Buffer.from(data).toString('hex'))
      }),
      { numRuns: 100 },
    )
    // Now and then there is nothing in the code that the filter changes.
    expect(changed).toBeGreaterThan(90)
  })

  it('has a twin that does what 7-Zip 26.02 does (7zz a -txz -mf=RISCV)', () => {
    const encoded = encodeRiscV(riscVCode(100_001, 1))
    expect(createHash('sha256').update(encoded).digest('hex')).toBe(
      'e45f9b08d0c4ebf0d53bdea989470ae9dfda43a2f8d38180780c1872d500127e',
    )
  })
})
