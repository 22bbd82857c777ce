import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesSource, sliceSource } from '../../../../parsers/bytes/source.ts'
import { decompressBzip2Stream } from '../../../../parsers/codecs/bzip2/bzip2-stream.ts'
import { FormatError } from '../../../../parsers/index.ts'
import { sameBytes } from '../guarded.ts'
import { pseudoRandom, randomBytes } from '../samples.ts'
import { collect, streamed } from '../streams/collect.ts'
import { type Block, bzip2Stream, counted, crcOf, evenLengths, GROUP_SIZE, treeBits } from './encoder.ts'

const text = new TextEncoder().encode('a line of text, and the same line of text again\n'.repeat(5))

/** It yields `content`, also when it reads a little at a time. */
function expectToRead(file: Uint8Array, content: Uint8Array): void {
  for (const readAhead of [1, 3, 150, 1 << 20]) {
    expect(sameBytes(collect(decompressBzip2Stream, file, { readAhead }).bytes, content)).toBe(true)
  }
}

/** The error, which is the same however much is read at a time. */
function errorOf(file: Uint8Array): FormatError {
  const [error, other] = [1 << 20, 1].map((readAhead) => streamed(decompressBzip2Stream, file, { readAhead }))
  if (!(error instanceof FormatError) || !(other instanceof FormatError)) throw new Error('is not refused')
  expect(other.message).toBe(error.message)
  return error
}

const errorOfBlock = (block: Partial<Block>) => errorOf(bzip2Stream([{ content: text, ...block }]))

/** Content that has the symbols for runs only, and what its block is made of. */
const letters = (length: number): Block => ({ content: new Uint8Array(length).fill(65), bytes: Array(length).fill(65) })

describe('bzip2 streams by hand', () => {
  it('are read at every level, with any number of blocks', () => {
    for (let level = 1; level <= 9; level++) {
      const blocks = Array.from({ length: level - 1 }, (_, index) => ({ content: text.subarray(index) }))
      expectToRead(bzip2Stream(blocks, { level }), Buffer.concat(blocks.map(({ content }) => content)))
    }
  })

  it('are read one behind the other, with zero bytes behind the last, as gzip members are', () => {
    const [first, second, empty] = [
      bzip2Stream([{ content: text }], { level: 1 }),
      bzip2Stream([{ content: randomBytes(300) }]),
      bzip2Stream([]),
    ]
    const content = Buffer.concat([text, randomBytes(300), text])
    const file = Buffer.concat([empty, first, empty, second, first, empty])
    expectToRead(file, content)
    expectToRead(Buffer.concat([file, new Uint8Array(70_000)]), content)
    expectToRead(empty, new Uint8Array(0))
    expect(errorOf(Buffer.concat([empty, new Uint8Array(20), Uint8Array.of(7)]))).toMatchObject({
      message: 'file: bzip2 padding at 0x22: has a non-zero byte; found 0x7',
    })
    // The tool ignores these, with a warning.
    expect(errorOf(Buffer.concat([empty, Buffer.from('rest')]))).toMatchObject({ facts: { field: 'HeaderMagic' } })
    expect(errorOf(Buffer.concat([empty, new Uint8Array(3), empty]))).toMatchObject({ code: 'MALFORMED' })
  })

  it('are read with any bits in the padding', () => {
    expectToRead(bzip2Stream([{ content: text }], { padding: '1' }), text)
  })

  it('have runs of up to 259 bytes, at the end of a block too, and none across blocks', () => {
    for (const length of [1, 2, 3, 4, 5, 254, 255, 256, 258, 259, 260, 263, 600, 100_000]) {
      const content = new Uint8Array(length).fill(7)
      for (const most of [0, 1, 251, 255].slice(length > 1000 ? 2 : 0)) {
        expectToRead(bzip2Stream([{ content, bytes: counted(content, most) }]), content)
      }
    }
    const blocks = [2, 3, 4, 1].map(letters).map(({ content }) => ({ content, bytes: counted(content) }))
    expectToRead(bzip2Stream(blocks), letters(10).content)
    const { message } = errorOf(bzip2Stream([letters(4)]))
    expect(message).toMatch(/^file: bzip2 BlockData at 0x1a: ends where the count of a run is missing$/)
  })

  it('have as many bytes in a block as the level allows', () => {
    // All bytes are equal, so every fifth is a count, of 65 more.
    const content = new Uint8Array(100_000 + 20_000 * (65 - 1)).fill(65)
    const whole = (symbols: readonly number[]) =>
      bzip2Stream([{ content, bytes: [65, 66], origPtr: 0, symbols }], { level: 1 })
    expectToRead(whole([...run(100_000), 3]), content)
    for (const symbols of [[...run(100_001), 3], [...run(100_000), 2, 3], Array(GROUP_SIZE).fill(1)]) {
      expect(errorOf(whole(symbols))).toMatchObject({
        code: 'MALFORMED',
        message: expect.stringMatching(
          /^file: bzip2 BlockData at 0x[12][0-9a-f]: has more bytes than the level allows; expected at most 100000$/,
        ),
      })
    }
  })

  it('have two to six trees, which take turns', () => {
    const content = randomBytes(2000)
    const count = new Set(counted(content)).size + 2
    for (let numTrees = 2; numTrees <= 6; numTrees++) {
      const trees = Array.from({ length: numTrees }, (_, tree) => skewedLengths(count, tree))
      expectToRead(bzip2Stream([{ content, trees }]), content)
    }
  })

  it('have codes of 1 to 20 bits, in any order of symbols', () => {
    const content = Uint8Array.from({ length: 400 }, (_, index) => (index * 7 + (index >> 4)) % 19)
    const lengths = [...Array.from({ length: 20 }, (_, index) => index + 1), 20]
    expectToRead(bzip2Stream([{ content, trees: [lengths, lengths.toReversed()] }]), content)
  })

  it('are read with too few or too many codes, as long as no other is used', () => {
    const content = new TextEncoder().encode('abracadabra')
    // RUNA, RUNB, four letters that are not at the front, the end.
    const incomplete = Array(7).fill(20)
    expectToRead(bzip2Stream([{ content, trees: [incomplete, incomplete] }]), content)
    // RUNA has a code of two bits, which begins like that of the end. The tool reads it as the end.
    const [oversubscribed, two] = [[2, 1, 1], Uint8Array.of(5, 5)]
    expectToRead(bzip2Stream([{ content: two, trees: [oversubscribed, oversubscribed] }]), two)
    const one = bzip2Stream([{ content: two.subarray(1), trees: [oversubscribed, oversubscribed] }])
    expect(errorOf(one)).toMatchObject({ facts: { field: 'OrigPtr', expected: 'less than 0' } })
  })

  it('are read with more selectors than any block needs', () => {
    for (const more of [1, 17_990, 18_001, 18_002, 32_000]) {
      const selectors = [0, 1, ...Array.from({ length: more }, (_, index) => index & 1)]
      expectToRead(bzip2Stream([{ content: text, selectors }]), text)
    }
  })

  it('yield pieces of a bounded size, of any number of streams in turns', () => {
    const contents = [1, 2, 3].map((seed) => Buffer.alloc(250_000, randomBytes(40, seed)).fill(seed, 0, 200_000))
    const files = contents.map((content) => {
      const parts = [content.subarray(0, 200_000), ...pieces(content.subarray(200_000), 1000)]
      return bzip2Stream(parts.map((part) => ({ content: part })))
    })
    const streams = files.map((file) => decompressBzip2Stream(bytesSource(file, 'file'), { readAhead: 77 }))
    const found: Buffer[][] = files.map(() => [])
    for (let running = streams.length; running > 0; ) {
      running = 0
      for (const [index, stream] of streams.entries()) {
        const { value, done } = stream.next()
        if (done === true) continue
        running++
        expect(value.buffer.byteLength).toBeLessThan(200_000)
        found[index]!.push(Buffer.from(value))
      }
    }
    for (const [index, content] of contents.entries()) {
      expect(sameBytes(Buffer.concat(found[index]!), content)).toBe(true)
    }
  })

  it('are read of any content', () => {
    const runs = fc.array(fc.tuple(fc.nat(255), fc.oneof(fc.integer({ min: 1, max: 9 }), fc.nat(600))), {
      maxLength: 30,
    })
    fc.assert(
      fc.property(runs, fc.nat(), (parts, seed) => {
        const content = Buffer.concat(parts.map(([byte, length]) => Buffer.alloc(length, byte)))
        if (content.length === 0) return
        const bytes = counted(content, seed % 256)
        const count = new Set(bytes).size + 2
        const trees = Array.from({ length: 2 + (seed % 5) }, (_, tree) => skewedLengths(count, seed + tree))
        const file = bzip2Stream([{ content, bytes, trees }])
        expect(sameBytes(collect(decompressBzip2Stream, file).bytes, content)).toBe(true)
        expect(sameBytes(collect(decompressBzip2Stream, file, { readAhead: 1 }).bytes, content)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })
})

describe('bzip2 streams that are refused', () => {
  it('say what is wrong with the header', () => {
    expect(errorOf(Buffer.from('BXh9'))).toMatchObject({
      code: 'MALFORMED',
      message: 'file: bzip2 StreamHeader at 0x0: HeaderMagic: no stream begins here; found 0x4258, expected 0x425a',
    })
    expect(errorOf(Buffer.from('BZ0951'))).toMatchObject({
      code: 'UNSUPPORTED',
      message:
        'file: bzip2 StreamHeader at 0x2: Version: is that of bzip, the predecessor of bzip2; found 0x30, expected 0x68',
    })
    expect(errorOf(Buffer.from('BZip'))).toMatchObject({ code: 'MALFORMED', facts: { field: 'Version', offset: 2 } })
    for (const level of ['0', ':', 'a']) {
      expect(errorOf(Buffer.from(`BZh${level}`))).toMatchObject({
        code: 'MALFORMED',
        facts: { structure: 'bzip2 StreamHeader', field: 'Level', offset: 3, expected: '0x31 to 0x39' },
      })
    }
    for (const start of ['', 'B', 'BZ', 'BZh', 'BZh9', 'BZh91AY&S']) {
      expect(errorOf(Buffer.from(start, 'latin1'))).toMatchObject({
        code: 'TRUNCATED',
        facts: { offset: start.length },
      })
    }
  })

  it('say what is wrong with a block', () => {
    expect(errorOfBlock({ magic: 0x314159265358 })).toMatchObject({
      message:
        'file: bzip2 StreamBlock at 0x4: BlockMagic: neither a block nor the footer begins here; ' +
        'found 0x314159265358, expected 0x314159265359 or 0x177245385090',
    })
    expect(errorOfBlock({ randomized: 1 })).toMatchObject({
      code: 'UNSUPPORTED',
      message:
        'file: bzip2 BlockHeader at 0xe: Randomized: is set, as only bzip2 before 0.9.5 does; found 1, expected 0',
    })
    const { length } = counted(text)
    for (const origPtr of [length, length + 1, 2 ** 24 - 1]) {
      expect(errorOfBlock({ origPtr })).toMatchObject({
        message:
          'file: bzip2 BlockHeader at 0xe: OrigPtr: is not a row of the block; ' +
          `found ${origPtr}, expected less than ${length}`,
      })
    }
    // Without a symbol but the last one, it has no row.
    expect(errorOfBlock({ symbols: [new Set(text).size + 1] })).toMatchObject({
      facts: { field: 'OrigPtr', expected: 'less than 0' },
    })
    expect(
      errorOfBlock({
        used: [],
        trees: [
          [2, 2],
          [2, 2],
        ],
        symbols: [1],
      }),
    ).toMatchObject({
      message: 'file: bzip2 BlockTrees at 0x11: SymMap: has no bytes',
    })
  })

  it('say what is wrong with the trees and their selectors', () => {
    for (const numTrees of [0, 1, 7]) {
      expect(errorOfBlock({ numTrees })).toMatchObject({
        code: 'MALFORMED',
        facts: { structure: 'bzip2 BlockTrees', field: 'NumTrees', found: numTrees, expected: '2 to 6' },
      })
    }
    expect(errorOfBlock({ numSels: 0 })).toMatchObject({ facts: { field: 'NumSels', expected: 'at least 1' } })
    expect(errorOfBlock({ selectors: [0, 1, 0, 1, 2] })).toMatchObject({
      detail: 'selects a tree that does not exist',
      facts: { field: 'Selectors', found: 'at least 2', expected: 'less than 2' },
    })
    for (const [bits, found] of [
      ['00000', 0],
      ['10101', 21],
      ['00001110', 0],
      ['10100100', 21],
      [`${treeBits(evenLengths(new Set(text).size + 2))}11111`, 31],
    ] as const) {
      expect(errorOfBlock({ treeBits: bits })).toMatchObject({
        code: 'MALFORMED',
        detail: 'has an invalid code length',
        facts: { structure: 'bzip2 BlockTrees', field: 'Trees', found, expected: '1 to 20' },
      })
    }
  })

  it('say what is wrong with the data', () => {
    const content = Buffer.alloc(400, 'abracadabra')
    // A symbol of a code of 20 bits that no symbol has.
    const lengths = Array(7).fill(20)
    const symbols = [...Array(60).fill(2), 6]
    const good = bzip2Stream([{ content, trees: [lengths, lengths], symbols }])
    expect(errorOf(good)).toMatchObject({ code: 'MALFORMED', facts: { field: 'OrigPtr' } })
    const wrong = Buffer.from(good)
    wrong[wrong.length - 50]! |= 0x80
    wrong[wrong.length - 51]! |= 0x88
    expect(errorOf(wrong)).toMatchObject({
      code: 'MALFORMED',
      detail: 'has bits that are not a code of the selected tree',
      facts: { structure: 'bzip2 BlockData' },
    })
    expect(errorOf(bzip2Stream([{ content: randomBytes(200), selectors: [0, 1] }]))).toMatchObject({
      message: expect.stringMatching(
        /^file: bzip2 BlockData at 0x[0-9a-f]+: has more symbols than its selectors decode; expected at most 100$/,
      ),
    })
  })

  it('say what checksums are wrong', () => {
    expect(errorOfBlock({ blockCrc: 1 })).toMatchObject({
      code: 'CHECKSUM',
      message:
        'file: bzip2 BlockHeader at 0xa: BlockCRC: does not match the content; ' +
        `found 0x1, expected 0x${crcOf(text).toString(16)}`,
    })
    const file = bzip2Stream([{ content: text }], { streamCrc: 5 })
    expect(errorOf(file)).toMatchObject({
      code: 'CHECKSUM',
      detail: 'does not match the checksums of the blocks',
      facts: { structure: 'bzip2 StreamFooter', field: 'StreamCRC', found: '0x5' },
    })
    expect(errorOf(bzip2Stream([], { streamCrc: 5 }))).toMatchObject({ code: 'CHECKSUM', facts: { offset: 10 } })
    expect(errorOf(bzip2Stream([{ content: text }, { content: text }], { streamCrc: 0 }))).toMatchObject({
      code: 'CHECKSUM',
      facts: { field: 'StreamCRC', found: '0x0' },
    })
  })

  it('lie in other sources, whose offsets are told as well', () => {
    const outer = bytesSource(Buffer.concat([Buffer.alloc(256), bzip2Stream([], { streamCrc: 5 })]), 'image')
    const slice = sliceSource(outer, 256, outer.size - 256, 'initrd in image')
    expect(() => [...decompressBzip2Stream(slice)]).toThrow(
      'initrd in image: bzip2 StreamFooter at 0xa (0x10a of the outer file): StreamCRC: does not match the checksums of ' +
        'the blocks; found 0x5, expected 0x0',
    )
  })

  it('end too early at every byte', () => {
    const lines = bzip2Stream([{ content: text }, { content: randomBytes(100) }], { level: 1 })
    const file = Buffer.concat([lines, bzip2Stream([]), lines])
    const content = Buffer.concat([text, randomBytes(100)])
    for (let length = 0; length < file.length; length++) {
      const result = streamed(decompressBzip2Stream, file.subarray(0, length), { readAhead: 1 + (length % 50) })
      if (length === lines.length || length === lines.length + 14) {
        expect(sameBytes(result as Uint8Array, content)).toBe(true)
      } else {
        expect([length, result]).toMatchObject([length, { code: 'TRUNCATED', facts: { offset: length } }])
      }
    }
  })

  it('are never read wrong, whatever bit is changed', () => {
    const content = Buffer.concat([text.subarray(0, 90), Buffer.alloc(50, 65), randomBytes(30)])
    const file = bzip2Stream([{ content }], { level: 1 })
    const codes = new Set<string>()
    let same = 0
    for (let bit = 0; bit < 8 * file.length; bit++) {
      const damaged = Uint8Array.from(file)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      const result = streamed(decompressBzip2Stream, damaged, { readAhead: 1 + (bit % 99) })
      if (result instanceof FormatError) codes.add(result.code)
      else {
        expect(sameBytes(result, content)).toBe(true)
        same++
      }
    }
    expect([...codes].sort()).toEqual(['CHECKSUM', 'MALFORMED', 'TRUNCATED', 'UNSUPPORTED'])
    // The level may be another, and so may codes that are not used, and the bits of the padding.
    expect(same).toBeLessThan(20)
  })
})

/** The symbols of a run. */
function run(length: number): number[] {
  const symbols: number[] = []
  for (let left = length; left > 0; left = (left - 1) >> 1) symbols.push((left - 1) & 1)
  return symbols
}

/** Lengths of a complete code with long codes and short ones, another for each seed. */
function skewedLengths(count: number, seed: number): number[] {
  const random = pseudoRandom(seed)
  const lengths = [1, 1]
  while (lengths.length < count) {
    const index = Math.floor(random() * lengths.length)
    const length = lengths[index]! + 1
    if (length <= 20) lengths.splice(index, 1, length, length)
  }
  return lengths
}

function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}
