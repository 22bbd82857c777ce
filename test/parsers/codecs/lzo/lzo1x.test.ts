import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decompressLzo1x } from '../../../../parsers/codecs/lzo/lzo1x.ts'
import { FormatError } from '../../../../parsers/index.ts'
import { decompressed, decompressGuarded } from '../guarded.ts'

describe('decompressLzo1x', () => {
  const END = [0x11, 0, 0]
  const read = (...bytes: number[]) => [...decompressed(decompressLzo1x, Uint8Array.from(bytes), 3000)]
  const errorOf = (...bytes: number[]) => {
    const result = decompressGuarded(decompressLzo1x, Uint8Array.from(bytes), 3000)
    if (!(result instanceof FormatError)) throw new Error('is not refused')
    return result
  }

  it('carries out every instruction as the kernel documentation writes it', () => {
    expect(read(...END)).toEqual([])
    expect(read(18, 1, ...END)).toEqual([1])
    expect(read(21, 1, 2, 3, 4, ...END)).toEqual([1, 2, 3, 4])
    // Literals without the first-byte form: 0000LLLL, and its long form.
    expect(read(0x01, 1, 2, 3, 4, ...END)).toEqual([1, 2, 3, 4])
    expect(read(0, 0, 1, ...Array<number>(274).fill(5), ...END)).toEqual(
      Array(274 - 1)
        .fill(5)
        .concat([5]),
    )
    // Behind 1 to 3 literals: 0000DDSS, 2 bytes from up to 1 KiB, and SS literals more.
    expect(read(19, 1, 2, 0b0100 | 1, 0, 7, ...END)).toEqual([1, 2, 1, 2, 7])
    // 01LDDDSS and 1LLDDDSS
    expect(read(21, 1, 2, 3, 4, 0b0110_1100, 0, ...END)).toEqual([1, 2, 3, 4, 1, 2, 3, 4])
    expect(read(21, 1, 2, 3, 4, 0b1110_0010, 0, 8, 9, ...END)).toEqual([1, 2, 3, 4, ...Array(8).fill(4), 8, 9])
    // 001LLLLL, and its long form: 31 + 255 + 1 + 2
    expect(read(21, 1, 2, 3, 4, 0b0010_0010, 0b1100, 0, ...END)).toEqual([1, 2, 3, 4, 1, 2, 3, 4])
    expect(read(18, 6, 0b0010_0000, 0, 1, 0, 0, ...END)).toEqual(Array(290).fill(6))
    // Behind 4 literals and more: 0000DDSS, 3 bytes from 2 KiB and further.
    const far = [0, ...Array<number>(8).fill(0), 243, ...Array.from({ length: 2301 }, (_, index) => index & 255)]
    expect(read(...far, 0b0100, 1, ...END).slice(-3)).toEqual([0xf7, 0xf8, 0xf9])
  })

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200, size: 'max' }), fc.nat(500), (input, room) => {
        decompressGuarded(decompressLzo1x, input, room)
      }),
      { numRuns: 3000 },
    )
  })

  it('says what is wrong', () => {
    expect(errorOf()).toMatchObject({ code: 'TRUNCATED' })
    expect(errorOf(0x11, 0, 0, 0)).toMatchObject({ code: 'MALFORMED', detail: 'is followed by more input' })
    expect(errorOf(0x12, 1, 0x12, 0, 0)).toMatchObject({
      code: 'MALFORMED',
      detail: 'is neither a match nor the end of stream',
    })
    expect(errorOf(17, 1, 17, 0, 0)).toMatchObject({ code: 'UNSUPPORTED' })
    expect(errorOf(18, 1, 0b0110_0100, 0, ...END)).toMatchObject({
      message:
        'input: LZO1X instruction at 0x2: distance: is outside the data decompressed so far; ' +
        'found 2, expected 1 to 1',
    })
    expect(errorOf(18, 1, 0b0010_0000, ...Array<number>(12).fill(0), 1, 0, 0, ...END)).toMatchObject({
      code: 'LIMIT',
      facts: { found: 'at least 3095 bytes', expected: 'at most 3000' },
    })
    expect(errorOf(18, 1, 0b0010_0000, ...Array<number>(12).fill(0))).toMatchObject({ code: 'TRUNCATED' })
  })
})
