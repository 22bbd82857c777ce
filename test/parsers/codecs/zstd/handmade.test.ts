import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decompressZstd } from '../../../../parsers/codecs/zstd/zstd.ts'
import { FormatError } from '../../../../parsers/index.ts'
import { codeOf, decompressed, decompressGuarded, sameBytes } from '../guarded.ts'
import { backwardStream, forwardStream, type Reads } from './bits.ts'
import { FrameEncoder, type Made } from './frame-encoder.ts'
import { FRAMES, randomFrame } from './random-frame.ts'

const WANTED = [
  'Raw_Block',
  'RLE_Block',
  'Raw_Literals_Block',
  'RLE_Literals_Block',
  ...[0, 1, 2, 3].flatMap((format) => [
    `Compressed_Literals_Block, Size_Format ${format}`,
    `Treeless_Literals_Block, Size_Format ${format}`,
  ]),
  'compressed weights',
  'direct weights',
  ...['Literals_Length', 'Offset', 'Match_Length'].flatMap((field) =>
    ['Predefined', 'RLE', 'FSE_Compressed', 'Repeat'].map((mode) => `${field} ${mode}_Mode`),
  ),
]

describe('zstd frames with what the zstd tool hardly ever writes', () => {
  const frames = Array.from({ length: FRAMES }, (_, seed) => randomFrame(seed))

  it('use every form of the format', () => {
    const features = new Set(frames.flatMap((frame) => [...frame.features]))
    expect([...features].sort()).toEqual([...WANTED].sort())
  })

  it('are read as they were meant', () => {
    frames.forEach(({ bytes, content }, seed) => {
      const result = decompressed(decompressZstd, Uint8Array.from(bytes), content.length)
      if (!sameBytes(result, Uint8Array.from(content))) throw new Error(`frame ${seed} differs`)
    })
  })

  it('are refused when cut, and when the output is too small', () => {
    for (const { bytes, content } of frames.slice(0, 60)) {
      const input = Uint8Array.from(bytes)
      for (let length = 0; length < input.length; length += 1 + (length >> 4)) {
        expect(codeOf(decompressZstd, input.subarray(0, length), content.length)).toBe('TRUNCATED')
      }
      if (content.length > 0) expect(codeOf(decompressZstd, input, content.length - 1)).toBe('LIMIT')
    }
  })

  it('are refused or read as something else when damaged, and nothing worse', () => {
    const change = fc.record({
      at: fc.double({ min: 0, max: 0.999, noNaN: true }),
      by: fc.integer({ min: 1, max: 255 }),
    })
    fc.assert(
      fc.property(fc.nat(FRAMES - 1), fc.array(change, { minLength: 1, maxLength: 4 }), (seed, changes) => {
        const { bytes, content } = frames[seed]!
        const input = Uint8Array.from(bytes)
        for (const { at, by } of changes) input[Math.floor(at * input.length)]! ^= by
        decompressGuarded(decompressZstd, input, content.length)
      }),
      { numRuns: 5000 },
    )
  })
})

describe('zstd at its limits', () => {
  it('reads the longest count of sequences, and a full block of them', () => {
    const encoder = new FrameEncoder(() => 0.5)
    encoder.raw([1, 2, 3, 4])
    // 43690 matches of 3 bytes from 4 bytes back: 131070 bytes, two less than a block may have.
    encoder.compressed([9, 9], Array(43_690).fill([0, 3, 7]), true)
    const { bytes, content } = encoder.frame(0x38, 0)
    expect(content).toHaveLength(4 + 128 * 1024)
    expect(decompressed(decompressZstd, Uint8Array.from(bytes), content.length)).toEqual(Uint8Array.from(content))
    // One literal more is one byte too much, for the block and not for the output.
    const tooLong = new FrameEncoder(() => 0.5)
    tooLong.raw([1, 2, 3, 4])
    tooLong.compressed([9, 9, 9], Array(43_690).fill([0, 3, 7]), true)
    expect(errorOf(tooLong.frame(0x40, 0).bytes)).toMatchObject({
      code: 'MALFORMED',
      detail: 'decompresses to more than Block_Maximum_Size',
    })
  })

  it('reads lengths of more bits than a word is sure to hold, wherever they lie', () => {
    for (let offsetCode = 2; offsetCode < 10; offsetCode++) {
      const encoder = new FrameEncoder(() => 0.5)
      const literals = Array.from({ length: 2 * 8193 }, (_, index) => ((index * index) % 7 < 3 ? 7 : 9))
      // 13 bits each; the bits of the second sequence, all in RLE_Mode, put those of the first at any place in a byte.
      const sequence = [8193, 8196, 2 ** offsetCode + 1] as const
      encoder.compressed(literals, [sequence, sequence], true)
      expectToRead(encoder.frame(0x38, 0))
    }
  })

  it('reads states of more bits than a word is sure to hold, wherever they lie', () => {
    for (let offsetCode = 3; offsetCode < 11; offsetCode++) {
      // Tables of the highest accuracy in which the first code has one state, from which 9, 9 and 8 bits lead on.
      const encoder = new FrameEncoder(() => 0.99)
      encoder.raw(Array.from({ length: 2100 }, (_, index) => (index * index) % 251))
      const literals = [1, 2, 3, 4, 5, 6]
      // The bits of the second offset put them at any place in a byte, and it is found in a state with an odd number.
      encoder.compressed(
        literals,
        [
          [1, 3, 4],
          [2, 4, 2 ** offsetCode],
        ],
        true,
      )
      expectToRead(encoder.frame(0x38, 0))
    }
  })

  it('reads offsets of more bits than a word is sure to hold', () => {
    const blockSize = 128 * 1024
    const fillers = 600
    const offset = 4 + fillers * blockSize
    const literals = forwardStream([
      [0, 2],
      [0, 1],
      [0, 5],
    ])
    // RLE_Mode for all: literals length 0, offset code 26, match length code 43, which is 131 and what 7 bits say. They
    // put those of the offset where a word holds as few as can be.
    const reads: Reads = [
      [offset + 3 - 2 ** 26, 26],
      [0, 7],
    ]
    const sequences = [1, 0x54, 0, 26, 43, ...backwardStream(reads)]
    const input = [
      ...[0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88],
      ...blockHeader(0, 4),
      ...[1, 2, 3, 4],
      ...Array.from({ length: fillers }, () => [...blockHeader(1, blockSize), 0]).flat(),
      ...blockHeader(2, literals.length + sequences.length, true),
      ...literals,
      ...sequences,
    ]
    const output = new Uint8Array(offset + 131)
    expect(decompressZstd(Uint8Array.from(input), output)).toBe(output.length)
    expect(output.subarray(offset - 1)).toEqual(Uint8Array.of(0, 1, 2, 3, 4, ...new Uint8Array(127)))
  })

  it.each<[string, number[], object]>([
    ['no literals', [], { facts: { structure: 'zstd Literals_Section' } }],
    ['no sequences', [0x00], { detail: 'is missing', facts: { structure: 'zstd Sequences_Section_Header' } }],
    ['half a count', [0x00, 0x80], { detail: 'extends past the end of its block' }],
    ['no modes', [0x00, 0x01], { detail: 'extends past the end of its block' }],
    ['reserved modes', [0x00, 0x01, 0x01, 0x01], { facts: { field: 'Symbol_Compression_Modes', found: 1 } }],
    ['bytes behind no sequences', [0x00, 0x00, 0x00], { detail: 'has bytes after a count of 0 sequences' }],
    ['a tree repeated', [0x13, 0x40, 0x00, 0x01, 0x00], { detail: /Huffman tree, but the frame has none yet/ }],
    ['a table repeated', [0x00, 0x01, 0xc0, 0x01], { facts: { field: 'Literals_Length_Code' } }],
    ['no code for RLE_Mode', [0x00, 0x01, 0x40], { facts: { field: 'Literals_Length_Code' } }],
    ['a code there is not', [0x00, 0x01, 0x40, 36, 0x01], { facts: { found: 36, expected: 'at most 35' } }],
    ['a code beyond the window', [0x00, 0x01, 0x10, 31, 0x01], { facts: { field: 'Offset_Code', found: 31 } }],
    ['no end mark', [0x00, 0x01, 0x54, 0, 0, 0, 0x00], { detail: 'has a bitstream without an end mark' }],
    ['an Accuracy_Log too large', [0x00, 0x01, 0x80, 0x05], { facts: { field: 'Accuracy_Log', found: 10 } }],
    ['a distribution cut short', [0x00, 0x01, 0x80, 0x00], { detail: 'extends past the end of its section' }],
    // 8 bytes of a, then: literals length 0, offset code 2 or more, match length 3
    ['an offset before the frame', rleModes(0, 4, 0, [[0, 4]]), { facts: { field: 'Offset', found: 13 } }],
    ['an offset of 0', rleModes(0, 1, 0, [[1, 1]]), { facts: { field: 'Offset', found: 0 } }],
    ['too few literals', rleModes(1, 2, 0, [[0, 2]]), { detail: /take more literals than the block has/ }],
    ['too few bits', rleModes(0, 3, 0, [[0, 2]]), { detail: /bitstream that does not end with its last/ }],
    ['far too few bits', rleModes(35, 30, 52, []), { detail: /bitstream that ends before its last sequence/ }],
    ['too many bits', rleModes(0, 3, 0, [[0, 9]]), { detail: /bitstream that does not end with its last/ }],
    ['Huffman weights of 0', huffman([129, 0x00], [1]), { detail: /not form a complete tree/ }],
    ['Huffman weights too large', huffman([128, 0xc0], [1]), { facts: { field: 'Weight of literal 0', found: 12 } }],
    ['a sum that is no power of two', huffman([130, 0x33, 0x10], [1]), { detail: /not form a complete tree/ }],
    ['no longest codes', huffman([128, 0x20], [1]), { detail: 'has fewer than two literals with the longest code' }],
    ['a tree cut short', huffman([140, 0x11], [1]), { detail: /past the end of the literals section/ }],
    ['a stream without end mark', huffman([128, 0x10], [0]), { detail: 'has no end mark' }],
    ['a stream too short', huffman([128, 0x10], [4]), { detail: 'does not end with its last literal' }],
    ['a stream too long', huffman([128, 0x10], [32]), { detail: 'does not end with its last literal' }],
  ])('refuses %s', (_, block, expected) => {
    const error = errorOf([
      ...[0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38],
      ...blockHeader(0, 8),
      ...[97, 97, 97, 97, 97, 97, 97, 97],
      ...blockHeader(2, block.length, true),
      ...block,
    ])
    expect(error).toMatchObject({
      code: 'MALFORMED',
      ...((expected as { detail?: RegExp }).detail instanceof RegExp ? {} : expected),
    })
    const { detail } = expected as { detail?: RegExp | string }
    if (detail instanceof RegExp) expect(error.detail).toMatch(detail)
  })
})

function expectToRead({ bytes, content }: Made): void {
  const result = decompressed(decompressZstd, Uint8Array.from(bytes), content.length)
  expect(sameBytes(result, Uint8Array.from(content))).toBe(true)
}

function errorOf(input: readonly number[]): FormatError {
  const result = decompressGuarded(decompressZstd, Uint8Array.from(input), 200_000)
  if (!(result instanceof FormatError)) throw new Error('is not refused')
  return result
}

function blockHeader(type: number, size: number, last = false): number[] {
  return forwardStream([
    [last ? 1 : 0, 1],
    [type, 2],
    [size, 21],
  ])
}

/** A block of no literals and one sequence whose codes are in RLE_Mode. */
function rleModes(literalsLength: number, offset: number, matchLength: number, reads: Reads): number[] {
  return [0x00, 0x01, 0x54, literalsLength, offset, matchLength, ...backwardStream(reads)]
}

/** A block of 4 Huffman-coded literals in one stream, and no sequences. */
function huffman(tree: readonly number[], stream: readonly number[]): number[] {
  const size = tree.length + stream.length
  return [
    ...forwardStream([
      [2, 2],
      [0, 2],
      [4, 10],
      [size, 10],
    ]),
    ...tree,
    ...stream,
    0x00,
  ]
}
