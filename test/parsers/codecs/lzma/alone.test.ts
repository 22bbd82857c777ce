import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decompressLzmaAlone } from '../../../../parsers/codecs/lzma/alone.ts'
import { FormatError } from '../../../../parsers/index.ts'
import { codeOf, decompressed, decompressGuarded, sameBytes } from '../guarded.ts'
import { machineCode, randomBytes } from '../samples.ts'
import { type LzmaSymbol, lzmaFile } from './encoder.ts'
import { anyProperties, someSymbols } from './random-symbols.ts'
import { withSize } from './with-size.ts'

const usual = { literalContextBits: 3, literalPositionBits: 0, positionBits: 2 }
const marker: LzmaSymbol = { kind: 'end marker' }
const literals = (text: string): LzmaSymbol[] => Array.from(Buffer.from(text), (byte) => ({ kind: 'literal', byte }))

describe('.lzma of any symbols', () => {
  it('is read with any properties, with size, end marker, both or neither', () => {
    fc.assert(
      fc.property(anyProperties, someSymbols, (properties, symbols) => {
        const { content } = lzmaFile(properties, symbols)
        const size = content.length
        for (const file of [
          lzmaFile(properties, symbols, size).file,
          lzmaFile(properties, [...symbols, marker], size).file,
          lzmaFile(properties, [...symbols, marker]).file,
        ]) {
          expect(sameBytes(decompressed(decompressLzmaAlone, file, size), content)).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('is read without size and end marker where its end can be told: not all bits of the last symbol are 0', () => {
    fc.assert(
      fc.property(anyProperties, someSymbols, (properties, symbols) => {
        const { content, file } = lzmaFile(properties, [...symbols, { kind: 'literal', byte: 0xff }])
        for (const sizeless of [file, withSize(file, 2n ** 40n)]) {
          expect(sameBytes(decompressed(decompressLzmaAlone, sizeless, content.length), content)).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('ends early, and never with other bytes, where symbols of 0 bits follow on all there is to read', () => {
    fc.assert(
      fc.property(anyProperties, someSymbols, (properties, symbols) => {
        const { content, file } = lzmaFile(properties, symbols)
        const found = decompressed(decompressLzmaAlone, file, content.length)
        expect(sameBytes(found, content.subarray(0, found.length))).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  it('is read without size and end marker when the output has more room', () => {
    const { file, content } = lzmaFile(usual, literals('the size of the output does not tell'))
    expect(sameBytes(decompressed(decompressLzmaAlone, file, content.length + 50), content)).toBe(true)
    expect(codeOf(decompressLzmaAlone, file, content.length - 1)).toBe('LIMIT')
    expect(decompressed(decompressLzmaAlone, lzmaFile(usual, []).file, 50)).toHaveLength(0)
  })

  it('is read with distances of every slot', () => {
    const start = Array.from(randomBytes(70_000), (byte): LzmaSymbol => ({ kind: 'literal', byte }))
    const distances = Array.from({ length: 33 }, (_, index) => Math.floor(2 ** (index / 2)))
    const matches = distances.flatMap((distance): LzmaSymbol[] => [
      { kind: 'match', distance, length: 2 },
      { kind: 'match', distance: distance + 1, length: 5 },
    ])
    const { file, content } = lzmaFile(usual, [...start, ...matches, marker])
    expect(sameBytes(decompressed(decompressLzmaAlone, file, content.length), content)).toBe(true)
  })
})

describe('.lzma that is refused', () => {
  const errorOf = (input: Uint8Array, room = 1000) => {
    const result = decompressGuarded(decompressLzmaAlone, input, room)
    if (!(result instanceof FormatError)) throw new Error('is not refused')
    return result
  }

  it('has a header that ends early or has no properties', () => {
    const { file } = lzmaFile(usual, [marker])
    for (let length = 0; length < 18; length++) {
      expect(errorOf(file.subarray(0, length))).toMatchObject({ code: 'TRUNCATED' })
    }
    expect(errorOf(Uint8Array.from(file, (byte, index) => (index === 0 ? 225 : byte))).message).toBe(
      'input: LZMA header at 0x0: Properties: are invalid; found 225, expected at most 224',
    )
    expect(errorOf(Uint8Array.from(file, (byte, index) => (index === 13 ? 1 : byte)))).toMatchObject({
      code: 'MALFORMED',
      facts: { structure: 'LZMA stream', offset: 13 },
    })
  })

  it.each<[string, LzmaSymbol[]]>([
    ['a match at the very start', [{ kind: 'match', distance: 1, length: 2 }]],
    ['a repeated match at the very start', [{ kind: 'rep', which: 0, length: 5 }]],
    ['a short repeated match at the very start', [{ kind: 'short rep' }]],
    ['a match from one byte before the start', [...literals('abc'), { kind: 'match', distance: 4, length: 2 }]],
    ['a match from 2 GiB back', [...literals('abc'), { kind: 'match', distance: 2 ** 31, length: 2 }]],
    ['a match from 4 GiB - 1 back', [...literals('abc'), { kind: 'match', distance: 2 ** 32 - 1, length: 2 }]],
    [
      'a second distance that is none',
      [
        { kind: 'literal', byte: 1 },
        { kind: 'match', distance: 1, length: 2 },
        { kind: 'match', distance: 9, length: 2 },
      ],
    ],
  ])('has %s', (_, symbols) => {
    const { file } = lzmaFile(usual, [...symbols, ...literals('and more than enough behind it'), marker])
    expect(errorOf(file)).toMatchObject({
      code: 'MALFORMED',
      detail: 'has a match that reaches before the start of the data',
    })
  })

  it('has a match or literals over its size, or an end marker before it', () => {
    const symbols: LzmaSymbol[] = [...literals('abc'), { kind: 'match', distance: 3, length: 20 }, ...literals('def')]
    for (const size of [0, 1, 2, 3, 4, 22, 23, 25, 27, 30]) {
      expect(errorOf(lzmaFile(usual, [...symbols, marker], size).file)).toMatchObject({ code: 'MALFORMED' })
    }
    expect(codeOf(decompressLzmaAlone, lzmaFile(usual, [...symbols, marker], 26).file, 26)).toBe('none')
  })

  it('goes on behind its end', () => {
    const ended = lzmaFile(usual, [...literals('abc'), marker]).file
    const sized = lzmaFile(usual, literals('abc'), 3).file
    for (const file of [ended, sized]) {
      for (const more of [[0], [0, 0, 0, 0], [1, 2, 3]]) {
        expect(errorOf(Buffer.concat([file, Uint8Array.from(more)])).code).toBe('MALFORMED')
      }
    }
  })

  const text = Buffer.from(
    'The quick brown fox jumps over the lazy dog; the lazy dog sleeps over the quick fox. '.repeat(4),
  )
  const symbolsOfText: LzmaSymbol[] = [
    ...literals(text.subarray(0, 85).toString()),
    { kind: 'match', distance: 85, length: 255 },
  ]
  const noisy = Array.from(machineCode(300), (byte): LzmaSymbol => ({ kind: 'literal', byte }))
  const files: [string, Uint8Array][] = [
    ['text with an end marker', lzmaFile(usual, [...symbolsOfText, marker]).file],
    ['text with its size', lzmaFile(usual, symbolsOfText, 340).file],
    ['machine code', lzmaFile(usual, [...noisy, marker]).file],
  ]

  it.each(files)('is any prefix of %s', (_, file) => {
    for (let length = 0; length < file.length; length++) {
      expect(['TRUNCATED', 'MALFORMED']).toContain(codeOf(decompressLzmaAlone, file.subarray(0, length), 400))
    }
  })

  it.each(files)('is, or is decoded safely, with every other value of every byte of %s', (_, file) => {
    let refused = 0
    for (let offset = 0; offset < file.length; offset++) {
      for (let value = 1; value < 256; value += offset < 20 ? 1 : 13) {
        const damaged = Uint8Array.from(file)
        damaged[offset]! ^= value
        if (decompressGuarded(decompressLzmaAlone, damaged, 400) instanceof FormatError) refused++
      }
    }
    // LZMA has no checksum, but its end is where it is by chance only.
    expect(refused).toBeGreaterThan(file.length * 12)
  })
})
