import { describe, expect, it } from 'vitest'
import { decompressLz4Block } from '../../../../parsers/codecs/lz4/block.ts'
import { decompressLzo1x } from '../../../../parsers/codecs/lzo/lzo1x.ts'
import { codeOf } from '../guarded.ts'

/** The length that wraps around to 0 in numbers of 32 bits. */
const WRAPS = 2 ** 32

/** Bytes that add up to `length`, 255 at a time; `full` stands for 255 and the last one for itself. */
function lengthBytes(length: number, full: number): Buffer {
  const count = Math.ceil(length / 255) - 1
  const bytes = Buffer.alloc(count + 1, full)
  bytes[count] = length - 255 * count
  return bytes
}

// WebAssembly once took them for short, because it adds numbers of 32 bits.
describe('a length above 2^32, in a block of 17 MB', () => {
  const literals = Buffer.from('literals')

  it.each([0, 20, 100])('is above every room to LZ4: %i more', (more) => {
    const bytes = lengthBytes(WRAPS + more - 19, 255)
    // One literal, then a match of 15 and more bytes, 1 back. Last come literals.
    const match = Buffer.concat([Buffer.of(0x1f, 65, 1, 0), bytes, Buffer.of(literals.length << 4), literals])
    expect(codeOf(decompressLz4Block, match, 1000)).toBe('LIMIT')
    const run = Buffer.concat([Buffer.of(0xf0), lengthBytes(WRAPS + more - 15, 255), Buffer.alloc(more)])
    expect(codeOf(decompressLz4Block, run, 1000)).not.toBe('none')
  })

  it.each([40, 100])('is above every room to LZO: %i more', (more) => {
    // Four literals, then a match of 31 and more bytes, 1 back; of 7 and more bytes, far back; literals.
    for (const [head, base, tail] of [
      [[21, 1, 2, 3, 4, 0x20], 33, [0, 0]],
      [[21, 1, 2, 3, 4, 0x10], 9, [4, 0]],
      [[0], 18, Array.from({ length: more }, () => 65)],
    ] as const) {
      const bytes = lengthBytes(WRAPS + more - base, 0)
      const stream = Buffer.concat([Buffer.from(head), bytes, Buffer.from(tail), Buffer.of(0x11, 0, 0)])
      expect(codeOf(decompressLzo1x, stream, 1000)).not.toBe('none')
    }
  })
})
