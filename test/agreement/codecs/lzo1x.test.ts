import { expect, it } from 'vitest'
import { decompressLzo1x } from '../../../parsers/codecs/lzo/lzo1x.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { codeOf, decompressed, sameBytes } from '../../parsers/codecs/guarded.ts'
import { machineCode, randomBytes, samples } from '../../parsers/codecs/samples.ts'

/** The compressed blocks of the file that lzop writes, each with the bytes it stands for. */
function lzopBlocks(data: Uint8Array, ...options: string[]): { block: Uint8Array; content: Uint8Array }[] {
  const file = mustRun('lzop', ['-q', '-c', '-F', ...options], { input: data })
  expect(file.subarray(0, 9).toString('latin1')).toBe('\x89LZO\0\r\n\x1a\n')
  // Versions 3 * 2, method, level, flags, mode, time 2 * 4, name length, name, checksum; numbers are big-endian.
  const flags = file.readUInt32BE(17)
  // -F: no checksums of the blocks (2, 0x200, CRC 0x100), no filter (0x800); levels 7 to 9 keep one of the content (1).
  expect(flags & 0xb02).toBe(0)
  const checksumSize = (flags & 1) * 4
  let offset = 9 + 8 + 4 + 4 + 8
  offset += 1 + file[offset]! + 4
  const blocks: { block: Uint8Array; content: Uint8Array }[] = []
  for (let start = 0; ; ) {
    const size = file.readUInt32BE(offset)
    if (size === 0) return blocks
    const stored = file.readUInt32BE(offset + 4)
    offset += 8 + checksumSize + stored
    // A block that did not shrink is stored as it is.
    if (stored < size)
      blocks.push({ block: file.subarray(offset - stored, offset), content: data.subarray(start, start + size) })
    start += size
  }
}

describeWith(['lzop'], 'LZO1X streams as lzop writes them', () => {
  const everything = Buffer.concat(Object.values(samples))

  // lzop: 1 is LZO1X-1(15), 2 to 6 LZO1X-1, 7 to 9 LZO1X-999.
  it.each(['-1', '-3', '-7', '-8', '-9'])('reads all samples, %s', (level) => {
    const blocks = lzopBlocks(everything, level)
    expect(blocks.length).toBeGreaterThan(0)
    for (const { block, content } of blocks) {
      for (const room of [content.length, content.length + 100]) {
        expect(sameBytes(decompressed(decompressLzo1x, block, room), content)).toBe(true)
      }
      expect(codeOf(decompressLzo1x, block, content.length - 1)).toBe('LIMIT')
    }
  })

  it.each(Object.entries(samples))('reads a sample that is %s', (_, data) => {
    for (const level of ['-1', '-3', '-9']) {
      for (const { block, content } of lzopBlocks(data, level)) {
        expect(sameBytes(decompressed(decompressLzo1x, block, content.length), content)).toBe(true)
      }
    }
  })

  it('reads streams that begin with few and with many literals', () => {
    for (let length = 0; length < 300; length += 1 + (length >> 3)) {
      const data = Buffer.concat([randomBytes(length), Buffer.alloc(200)])
      for (const { block, content } of lzopBlocks(data, '-9')) {
        expect(decompressed(decompressLzo1x, block, content.length)).toEqual(Uint8Array.from(content))
      }
    }
  })

  const text = Buffer.from(
    'The quick brown fox jumps over the lazy dog; the lazy dog sleeps over the quick fox. '.repeat(9),
  )
  const data = Buffer.concat([text, randomBytes(400), machineCode(900), Buffer.alloc(700)])

  it.each(['-1', '-3', '-9'])('refuses every prefix, %s', (level) => {
    const { block } = lzopBlocks(data, level)[0]!
    for (let length = 0; length < block.length; length++) {
      expect(codeOf(decompressLzo1x, block.subarray(0, length), data.length)).toBe('TRUNCATED')
    }
    expect(codeOf(decompressLzo1x, Buffer.concat([block, Buffer.of(0)]), data.length)).toBe('MALFORMED')
  })

  it('survives every other value of every byte', () => {
    const { block } = lzopBlocks(data, '-9')[0]!
    const codes = new Set<string>()
    for (let offset = 0; offset < block.length; offset++) {
      for (let change = 1; change < 256; change += offset < 100 ? 1 : 17) {
        const damaged = Uint8Array.from(block)
        damaged[offset]! ^= change
        codes.add(codeOf(decompressLzo1x, damaged, data.length))
      }
    }
    // Unsupported is a first byte of 17, LZO-RLE.
    expect([...codes].sort()).toEqual(['LIMIT', 'MALFORMED', 'TRUNCATED', 'UNSUPPORTED', 'none'])
  })
})
