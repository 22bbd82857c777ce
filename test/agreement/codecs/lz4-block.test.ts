import { expect, it } from 'vitest'
import { decompressLz4Block } from '../../../parsers/codecs/lz4/block.ts'
import { FormatError } from '../../../parsers/index.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { codeOf, decompressed, decompressGuarded, sameBytes } from '../../parsers/codecs/guarded.ts'
import { machineCode, randomBytes, samples } from '../../parsers/codecs/samples.ts'

/** The compressed blocks of the frame that the lz4 tool writes, each with the bytes it stands for. */
function lz4Blocks(data: Uint8Array, ...options: string[]): { block: Uint8Array; content: Uint8Array }[] {
  const frame = mustRun('lz4', ['-q', '-c', '--no-frame-crc', ...options], { input: data })
  expect(frame.readUInt32LE(0)).toBe(0x184d2204)
  // LZ4 frame format: FLG says what follows it; BD holds the block size, 4 being 64 KiB and each one more four times it.
  const flags = frame[4]!
  expect(flags & 0b0111_1101).toBe(0b0110_0000)
  const blockSize = 2 ** (8 + 2 * (frame[5]! >>> 4))
  const blocks: { block: Uint8Array; content: Uint8Array }[] = []
  let offset = 7
  for (let start = 0; ; start += blockSize) {
    const word = frame.readUInt32LE(offset)
    const size = word % 2 ** 31
    offset += 4 + size
    if (size === 0) return blocks
    // The highest bit says "stored", and that is no block of the format.
    if (word === size)
      blocks.push({ block: frame.subarray(offset - size, offset), content: data.subarray(start, start + blockSize) })
  }
}

describeWith(['lz4'], 'LZ4 blocks as the lz4 tool writes them', () => {
  const everything = Buffer.concat(Object.values(samples))

  it.each(['-1', '-3', '-9', '-12', '--fast=9'])('reads all samples, %s', (level) => {
    for (const size of ['-B4', '-B5', '-B7']) {
      const blocks = lz4Blocks(everything, level, size)
      expect(blocks.length).toBeGreaterThan(0)
      for (const { block, content } of blocks) {
        for (const room of [content.length, content.length + 100]) {
          expect(sameBytes(decompressed(decompressLz4Block, block, room), content)).toBe(true)
        }
        expect(codeOf(decompressLz4Block, block, content.length - 1)).toBe('LIMIT')
      }
    }
  })

  it.each(Object.entries(samples))('reads a sample that is %s', (_, data) => {
    for (const { block, content } of lz4Blocks(data, '-9', '-B4')) {
      expect(sameBytes(decompressed(decompressLz4Block, block, content.length), content)).toBe(true)
    }
  })

  const text = Buffer.from(
    'The quick brown fox jumps over the lazy dog; the lazy dog sleeps over the quick fox. '.repeat(9),
  )
  const data = Buffer.concat([text, randomBytes(400), machineCode(900), Buffer.alloc(700)])

  it('reads a prefix as the beginning of the content, or refuses it', () => {
    const { block } = lz4Blocks(data, '-9')[0]!
    for (let length = 0; length < block.length; length++) {
      const result = decompressGuarded(decompressLz4Block, block.subarray(0, length), data.length)
      if (result instanceof FormatError) expect(result.code).toBe('TRUNCATED')
      else {
        expect(result.length).toBeLessThan(data.length)
        expect(sameBytes(result, data.subarray(0, result.length))).toBe(true)
      }
    }
  })

  it('survives every other value of every byte', () => {
    const { block } = lz4Blocks(data, '-9')[0]!
    const codes = new Set<string>()
    for (let offset = 0; offset < block.length; offset++) {
      for (let change = 1; change < 256; change += offset < 100 ? 1 : 17) {
        const damaged = Uint8Array.from(block)
        damaged[offset]! ^= change
        codes.add(codeOf(decompressLz4Block, damaged, data.length))
      }
    }
    expect([...codes].sort()).toEqual(['LIMIT', 'MALFORMED', 'TRUNCATED', 'none'])
  })
})
