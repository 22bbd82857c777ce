import { constants, crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decompressGzip } from '../../../../parsers/codecs/gzip/gzip.ts'
import { decompressGzipStream } from '../../../../parsers/codecs/gzip/gzip-stream.ts'
import { FormatError } from '../../../../parsers/index.ts'
import { codeOf, decompressed, decompressGuarded, sameBytes } from '../guarded.ts'
import { machineCode, pseudoRandom, randomBytes, samples } from '../samples.ts'
import { expectBothToRead } from '../streams/agreement.ts'
import { streamCode } from '../streams/collect.ts'
import type { Reads } from '../zstd/bits.ts'
import {
  append,
  bitsOf,
  type Codes,
  compressedBlock,
  type DeflateSymbol,
  deflated,
  describedCodes,
  FIXED_CODES,
  randomLengths,
  storedBlock,
} from './encoder.ts'

const format = { decompress: decompressGzip, decompressStream: decompressGzipStream }

/** A gzip member, whose content is verified. */
function member(data: Uint8Array, content: Uint8Array): Uint8Array {
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32(content))
  trailer.writeUInt32LE(content.length, 4)
  return Buffer.concat([Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), data, trailer])
}

/** Blocks of all types by chance, with codes that no compressor would choose. */
function randomData(seed: number): { data: Uint8Array; content: Uint8Array } {
  const random = pseudoRandom(seed)
  for (let warmUp = 0; warmUp < 8; warmUp++) random()
  const below = (limit: number) => Math.floor(random() * limit)
  const reads: Reads = []
  const content: number[] = []
  const blocks = 1 + below(5)
  for (let block = 1; block <= blocks; block++) {
    const isLast = block === blocks
    if (below(5) === 0) {
      const bytes = Array.from({ length: below(2) * below(400) }, () => below(256))
      reads.push(...storedBlock(bytes, bitsOf(reads), isLast))
      content.push(...bytes)
      continue
    }
    const symbols: DeflateSymbol[] = []
    let position = content.length
    for (let count = below(below(2) === 0 ? 30 : 1500); count > 0; count--) {
      const reach = Math.min(position, 32_768)
      if (reach === 0 || below(3) > 0) symbols.push(below(below(2) === 0 ? 8 : 256))
      else
        symbols.push({
          length: 3 + below(below(8) === 0 ? 256 : 20),
          distance: 1 + below(below(3) === 0 ? Math.min(9, reach) : reach),
        })
      const last = symbols.at(-1)!
      position += typeof last === 'number' ? 1 : last.length
    }
    reads.push(...compressedBlock(below(5) === 0 ? FIXED_CODES : randomCodes(below), symbols, isLast))
    append(content, symbols)
  }
  return { data: deflated(reads), content: Uint8Array.from(content) }
}

function randomCodes(below: (limit: number) => number): Codes {
  const random = () => below(2 ** 30) / 2 ** 30
  const numbers = (count: number) => Array.from({ length: count }, (_, symbol) => symbol)
  return { literals: randomLengths(numbers(286), random), distances: randomLengths(numbers(30), random) }
}

describe('DEFLATE data of blocks of all types, with codes of any lengths', () => {
  it('are read as node:zlib reads them, at once and in pieces', () => {
    for (let seed = 0; seed < 150; seed++) {
      const { data, content } = randomData(seed)
      expect(sameBytes(inflateRawSync(data), content)).toBe(true)
      expectBothToRead(format, member(data, content), content, [1, 300 + seed])
    }
  })

  it('are read in exact room, refused in less and when cut', () => {
    for (let seed = 200; seed < 207; seed++) {
      const { data, content } = randomData(seed)
      const file = member(data, content)
      if (content.length > 0) expect(codeOf(decompressGzip, file, content.length - 1)).toBe('LIMIT')
      for (let length = 0; length < file.length; length += 1 + (length >> 5)) {
        expect(codeOf(decompressGzip, file.subarray(0, length), content.length)).toBe('TRUNCATED')
        expect(streamCode(decompressGzipStream, file.subarray(0, length), { readAhead: 7 })).toBe('TRUNCATED')
      }
    }
  })

  it('are accepted and refused with any bit changed as by node:zlib', () => {
    let accepted = 0
    let refused = 0
    for (let seed = 300; seed < 315; seed++) {
      const { data, content } = randomData(seed)
      for (let bit = seed % 7; bit < data.length * 8; bit += 7 + (bit >> 6)) {
        const damaged = Uint8Array.from(data)
        damaged[bit >> 3]! ^= 1 << (bit & 7)
        const room = content.length + 3000
        let expected: Uint8Array | undefined
        try {
          expected = inflateRawSync(damaged, { maxOutputLength: room })
        } catch {
          // Is refused.
        }
        const result = decompressGuarded(decompressGzip, member(damaged, expected ?? content), room)
        if (expected === undefined) {
          refused++
          expect(result).toBeInstanceOf(FormatError)
        } else {
          accepted++
          // What node:zlib leaves behind the end is not the trailer.
          if (result instanceof FormatError) expect(result.facts.structure).toBe('gzip member trailer')
          else expect(sameBytes(result, expected)).toBe(true)
        }
      }
    }
    expect(accepted).toBeGreaterThan(400)
    expect(refused).toBeGreaterThan(400)
  })

  it('are read with matches of every length and distances of every code, near both ends', () => {
    const start = Array.from(randomBytes(32_768))
    const symbols: DeflateSymbol[] = [...start]
    for (let length = 3; length <= 258; length++) symbols.push({ length, distance: 1 + ((length * 127) % 32_768) })
    for (let distance = 1; distance <= 40; distance++) symbols.push({ length: 3 + (distance % 30), distance })
    for (let code = 0; code < 30; code++) {
      const distance = code < 2 ? code + 1 : (2 + (code & 1)) * 2 ** ((code >> 1) - 1) + 1
      symbols.push({ length: 5, distance }, { length: 17, distance: Math.max(1, distance - 1) })
    }
    symbols.push({ length: 258, distance: 32_768 })
    const content: number[] = []
    append(content, symbols)
    for (const seed of [1, 2]) {
      const random = pseudoRandom(seed)
      const codes = randomCodes((limit) => Math.floor(random() * limit))
      const data = deflated(compressedBlock(codes, symbols, true))
      expectBothToRead(format, member(data, Uint8Array.from(content)), Uint8Array.from(content), [5])
    }
  })
})

describe('DEFLATE data that compressors write in parts', () => {
  it('are read where levels and strategies change in between', () => {
    const { Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_SYNC_FLUSH, Z_DEFAULT_STRATEGY } = constants
    const parts = [
      samples['lines']!,
      machineCode(90_000),
      randomBytes(70_000),
      new Uint8Array(50_000),
      samples['skewed values']!,
    ]
    for (let seed = 0; seed < 8; seed++) {
      const data = parts.map((part, index) =>
        deflateRawSync(part, {
          level: (seed + 3 * index) % 10,
          strategy: [Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE][(seed + index) % 4]!,
          memLevel: 1 + ((seed + index) % 9),
          finishFlush: Z_SYNC_FLUSH,
        }),
      )
      const content = Buffer.concat(parts)
      // An empty block with fixed codes is the last.
      expectBothToRead(format, member(Buffer.concat([...data, Uint8Array.of(3, 0)]), content), content, [1000])
    }
  })
})

describe('DEFLATE data that are refused', () => {
  const literal = [...Array(97).fill(0), 1, ...Array(158).fill(0), 1]
  const dynamic = (codes: Codes): Reads => [[1, 1], [2, 2], ...describedCodes(codes)]

  it.each<[string, Reads, string]>([
    [
      'a block of the reserved type',
      [
        [1, 1],
        [3, 2],
      ],
      'has a block of the reserved type',
    ],
    [
      'sizes that do not agree',
      [
        [1, 1],
        [0, 2],
        [0, 5],
        [5, 16],
        [5, 16],
      ],
      'has a stored block whose LEN and NLEN do not agree',
    ],
    [
      '287 literals and lengths',
      [
        [1, 1],
        [2, 2],
        [30, 5],
        [0, 5],
        [0, 4],
      ],
      'has a block with too many codes',
    ],
    [
      '31 distances',
      [
        [1, 1],
        [2, 2],
        [29, 5],
        [30, 5],
        [0, 4],
      ],
      'has a block with too many codes',
    ],
    [
      'code lengths without a code',
      [
        [1, 1],
        [2, 2],
        [0, 5],
        [0, 5],
        [0, 4],
        [0, 12],
      ],
      'has a block with an invalid code length code',
    ],
    [
      'too many codes of code lengths',
      [
        [1, 1],
        [2, 2],
        [0, 5],
        [0, 5],
        [0, 4],
        [1, 3],
        [1, 3],
        [1, 3],
        [0, 3],
      ],
      'has a block with an invalid code length code',
    ],
    // Codes of one bit for 16 and 0.
    [
      'a repetition of nothing',
      [
        [1, 1],
        [2, 2],
        [0, 5],
        [0, 5],
        [0, 4],
        [1, 3],
        [0, 6],
        [1, 3],
        [1, 1],
        [0, 2],
      ],
      'has a block whose first code length repeats a previous one',
    ],
    [
      'a repetition over the end',
      [
        [1, 1],
        [2, 2],
        [0, 5],
        [0, 5],
        [0, 4],
        [0, 6],
        [1, 3],
        [1, 3],
        [1, 1],
        [127, 7],
        [1, 1],
        [127, 7],
      ],
      'has a block with more code lengths than codes',
    ],
    [
      'no end of its block',
      dynamic({ literals: [1, 1, ...Array(255).fill(0)], distances: [1] }),
      'has a block without an end-of-block code',
    ],
    [
      'too many codes of literals',
      dynamic({ literals: [1, 1, ...Array(254).fill(0), 1], distances: [1] }),
      'has a block with an invalid literal/length code',
    ],
    [
      'too few codes of literals',
      dynamic({ literals: [2, 2, ...Array(254).fill(0), 2], distances: [1] }),
      'has a block with an invalid literal/length code',
    ],
    [
      'too many codes of distances',
      dynamic({ literals: literal, distances: [1, 1, 1] }),
      'has a block with an invalid distance code',
    ],
    [
      'one code of distances of two bits',
      dynamic({ literals: literal, distances: [2] }),
      'has a block with an invalid distance code',
    ],
    [
      'a length that is none',
      [
        [1, 1],
        [1, 2],
        [0x63, 8],
      ],
      'has an unknown literal/length code',
    ],
    [
      'a distance that is none',
      [
        [1, 1],
        [1, 2],
        [0x0c, 8],
        [0b1000000, 7],
        [0b01111, 5],
      ],
      'has an unknown distance code',
    ],
    [
      'a distance where there is none',
      // A match of 3 bytes has code 257, the second of two of one bit.
      [...dynamic({ literals: [...Array(256).fill(0), 1, 1], distances: [0] }), [1, 1], [0, 5]],
      'has an unknown distance code',
    ],
    [
      'a distance too far',
      compressedBlock(FIXED_CODES, [1, 2, { length: 3, distance: 3 }], true),
      'has a distance that reaches before the start of the data',
    ],
  ])('for %s', (_, reads, detail) => {
    // With few bytes behind it, and with many.
    for (const more of [4, 100]) {
      const file = Buffer.concat([member(deflated(reads), new Uint8Array(0)), new Uint8Array(more).fill(0x55)])
      expect(() => inflateRawSync(file.subarray(10))).toThrow()
      expect(decompressGuarded(decompressGzip, file, 1000)).toMatchObject({ code: 'MALFORMED', detail })
      expect(streamCode(decompressGzipStream, file, { readAhead: 1 })).toBe('MALFORMED')
    }
  })

  it('never for the one bit of a code that is alone', () => {
    const codes = { literals: [...Array(97).fill(0), 2, ...Array(158).fill(0), 1, 2], distances: [1] }
    const symbols: DeflateSymbol[] = [97, 97, { length: 3, distance: 1 }]
    const content = Buffer.from('aaaaa')
    expectBothToRead(format, member(deflated(compressedBlock(codes, symbols, true)), content), content)
    const alone = { literals: [...Array(256).fill(0), 1], distances: [0] }
    expect(
      decompressed(decompressGzip, member(deflated(compressedBlock(alone, [], true)), new Uint8Array(0)), 9),
    ).toHaveLength(0)
  })
})
