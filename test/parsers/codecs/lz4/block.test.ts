import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decompressLz4Block } from '../../../../parsers/codecs/lz4/block.ts'
import { codeOf, decompressed, decompressGuarded, sameBytes } from '../guarded.ts'
import { carryOut, encodeBlock, type Sequence } from './random-block.ts'

describe('decompressLz4Block', () => {
  const errorOf = (...bytes: number[]) => decompressGuarded(decompressLz4Block, Uint8Array.from(bytes), 20)

  it('reads the smallest blocks', () => {
    expect(decompressed(decompressLz4Block, Uint8Array.of(0x00), 0)).toHaveLength(0)
    expect(decompressed(decompressLz4Block, Uint8Array.of(0x10, 65), 1)).toEqual(Uint8Array.of(65))
    // One literal, a match of 4 at offset 1, one literal.
    expect(decompressed(decompressLz4Block, Uint8Array.of(0x10, 65, 1, 0, 0x10, 66), 6)).toEqual(
      Uint8Array.of(65, 65, 65, 65, 65, 66),
    )
  })

  it('does what its twin does, byte by byte, in exactly the room it needs', () => {
    // Lengths and offsets about the borders of what is copied at once, and bytes of 255.
    const length = fc.oneof({ weight: 8, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.nat(600) })
    const sequence = fc.record({
      literals: length.chain((size) => {
        const byte = fc.oneof(fc.constant(255), fc.nat(255))
        return fc.array(byte, { minLength: size, maxLength: size, size: 'max' })
      }),
      back: fc.oneof(fc.nat(20), fc.nat(5000)),
      matchLength: length,
    })
    fc.assert(
      fc.property(fc.array(sequence, { minLength: 1, maxLength: 40, size: 'max' }), fc.nat(40), (choices, more) => {
        let position = 0
        const sequences = choices.map(({ literals, back, matchLength }, index): Sequence => {
          // A match needs something before it.
          const own = index === 0 && literals.length === 0 ? [1] : literals
          position += own.length
          const result = {
            literals: Uint8Array.from(own),
            offset: 1 + (back % position),
            matchLength: 4 + matchLength,
          }
          position += result.matchLength
          return result
        })
        const block = encodeBlock(sequences)
        const content = carryOut(sequences)
        expect(sameBytes(decompressed(decompressLz4Block, block, content.length), content)).toBe(true)
        expect(sameBytes(decompressed(decompressLz4Block, block, content.length + more), content)).toBe(true)
        if (content.length > 0) expect(codeOf(decompressLz4Block, block, content.length - 1)).toBe('LIMIT')
      }),
      { numRuns: 500 },
    )
  })

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200, size: 'max' }), fc.nat(500), (input, room) => {
        decompressGuarded(decompressLz4Block, input, room)
      }),
      { numRuns: 3000 },
    )
  })

  it('says what is wrong', () => {
    expect(errorOf()).toMatchObject({ code: 'TRUNCATED', detail: 'input ends where a token should be' })
    expect(errorOf(0xf0, 0xff)).toMatchObject({ detail: 'input ends where the length of the literals should be' })
    expect(errorOf(0x20, 1)).toMatchObject({ detail: 'input ends where 2 literals should be' })
    expect(errorOf(0x10, 1, 1)).toMatchObject({ detail: 'input ends where an offset should be' })
    expect(errorOf(0x1f, 1, 1, 0)).toMatchObject({ detail: 'input ends where the length of the match should be' })
    expect(errorOf(0x14, 1, 0, 0, 0)).toMatchObject({ code: 'MALFORMED', facts: { field: 'offset', found: 0 } })
    expect(errorOf(0x14, 1, 1, 0, 0x04, 10, 0)).toMatchObject({
      message:
        'input: LZ4 sequence at 0x4: offset: is outside the data decompressed so far; ' + 'found 10, expected 1 to 9',
    })
    expect(errorOf(0x1f, 1, 1, 0, 1, 0)).toMatchObject({
      code: 'LIMIT',
      facts: { found: 'at least 21 bytes', expected: 'at most 20' },
    })
    expect(errorOf(0xf0, 6, ...Array<number>(21).fill(1))).toMatchObject({ code: 'LIMIT' })
  })
})
