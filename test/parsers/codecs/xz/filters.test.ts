import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decompressXz } from '../../../../parsers/codecs/xz/stream.ts'
import { describeWith, mustRun } from '../../../oracle.ts'
import { decompressed, sameBytes } from '../guarded.ts'
import { machineCode, pseudoRandom, randomBytes } from '../samples.ts'
import { storedThrough } from './container.ts'
import { riscVCode } from './riscv-code.ts'
import { encodeRiscV } from './riscv-encoder.ts'

interface Branch {
  readonly option: string
  readonly id: number
  readonly alignment: number
  /** Bytes that begin, end or look like what the filter changes. */
  readonly opcodes: readonly number[]
}

const branches: Readonly<Record<string, Branch>> = {
  x86: { option: '--x86', id: 4, alignment: 1, opcodes: [0xe8, 0xe9, 0, 0xff] },
  PowerPC: { option: '--powerpc', id: 5, alignment: 4, opcodes: [0x48, 0x4b, 1, 5, 3] },
  'IA-64': { option: '--ia64', id: 6, alignment: 16, opcodes: [0x10, 0x12, 0x16, 0x1c, 0x50, 0x05, 0x14, 0] },
  ARM: { option: '--arm', id: 7, alignment: 4, opcodes: [0xeb] },
  'ARM-Thumb': { option: '--armthumb', id: 8, alignment: 2, opcodes: [0xf0, 0xf4, 0xf8, 0xfc] },
  SPARC: { option: '--sparc', id: 9, alignment: 4, opcodes: [0x40, 0x7f, 0x00, 0xc0, 0x3f, 0xff] },
  ARM64: { option: '--arm64', id: 10, alignment: 4, opcodes: [0x94, 0x97, 0x90, 0xb0, 0xf0, 0x00, 0xff] },
}

/** Half of it opcodes. */
function dense(opcodes: readonly number[], length: number, seed: number): Uint8Array {
  const random = pseudoRandom(seed)
  return Uint8Array.from({ length }, () =>
    random() < 0.5 ? opcodes[Math.floor(random() * opcodes.length)]! : random() * 256,
  )
}

function littleEndianBytes(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]
}

describeWith(['xz'], 'branch filters as the xz tool applies them', () => {
  describe.each(Object.entries(branches))('%s', (_, { option, id, alignment, opcodes }) => {
    const startOffsets = [0, 4096, 0x7ffffff0, 0xfffffff0, 0x12345670].map((offset) => offset - (offset % alignment))

    it.each(startOffsets)('of machine code and of opcodes that are none, from %i on', (start) => {
      for (const data of [
        machineCode(100_001),
        dense(opcodes, 100_003, start),
        new Uint8Array(999).fill(opcodes[0]!),
      ]) {
        const file = mustRun('xz', ['-c', '-T1', `${option}=start=${start}`, '--lzma2=preset=0'], { input: data })
        expect(sameBytes(decompressed(decompressXz, file, data.length), data)).toBe(true)
      }
    })

    it('of any length, in blocks that count from 0 each', () => {
      const data = dense(opcodes, 3000, 5)
      for (let length = 1; length <= 37; length += 3) {
        const file = mustRun('xz', ['-c', '-T1', `--block-size=${length}`, option, '--lzma2=preset=0'], {
          input: data.subarray(0, 40 * length + (length >> 1)),
        })
        const room = 40 * length + (length >> 1)
        expect(sameBytes(decompressed(decompressXz, file, room), data.subarray(0, room))).toBe(true)
      }
    })

    it('undone where it was never applied, as the xz tool does it', () => {
      for (const [index, length] of [0, 1, 3, 4, 5, 7, 8, 15, 16, 17, 33, 200_000, 70_001].entries()) {
        const start = startOffsets[index % startOffsets.length]!
        const file = storedThrough([[id, 4, ...littleEndianBytes(start)]], dense(opcodes, length, index))
        const expected = mustRun('xz', ['-dc', '-T1'], { input: file })
        expect(sameBytes(decompressed(decompressXz, file, length), expected)).toBe(true)
      }
    })
  })

  it.each([1, 2, 3, 4, 7, 255, 256])('Delta with distance %i', (distance) => {
    for (const data of [machineCode(10_001), randomBytes(distance), randomBytes(distance + 1), randomBytes(1)]) {
      const file = mustRun('xz', ['-c', `--delta=dist=${distance}`, '--lzma2=preset=0'], { input: data })
      expect(sameBytes(decompressed(decompressXz, file, data.length), data)).toBe(true)
    }
  })

  it.each([
    [['--x86', '--delta=dist=4']],
    [['--delta=dist=3', '--x86']],
    [['--arm=start=64', '--armthumb', '--delta=dist=1']],
    [['--delta=dist=1', '--delta=dist=256', '--ia64']],
    [['--x86=start=77', '--x86', '--x86=start=99']],
  ])('chained, %s', (options) => {
    const data = machineCode(50_001)
    const file = mustRun('xz', ['-c', '-T1', '--block-size=9999', ...options, '--lzma2=preset=0'], { input: data })
    expect(sameBytes(decompressed(decompressXz, file, data.length), data)).toBe(true)
  })
})

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
