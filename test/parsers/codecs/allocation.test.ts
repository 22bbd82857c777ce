import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deflateSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import type { CodecName } from '../../../parsers/codecs/codec.ts'
import { portableDecoders } from '../../../parsers/codecs/portable.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { decompressed, sameBytes } from './guarded.ts'
import { machineCode } from './samples.ts'

const OWN = fileURLToPath(new URL('../../../bench/own.js', import.meta.url))
const BLOCK_SIZE = 128 * 1024
const BLOCKS = 300
/** Bytes for a block: objects of a few fields, and no array that has to do with its size. */
const ALLOCATION_LIMIT = 4096

/** Four blocks, so that they differ. */
const contents = [0, 1, 2, 3].map((index) => machineCode(BLOCK_SIZE, (4 + index) << 20))
const folder = mkdtempSync(join(tmpdir(), 'isoscope-allocation-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What the decoder of dist/ allocates for a block, once it is warm, as `npm run bench codecs` measures it. */
function allocation(codec: CodecName, encode: (content: Uint8Array) => Uint8Array): number {
  const parts = contents.flatMap((content) => {
    const block = encode(content)
    const decompress = portableDecoders[codec]
    expect(sameBytes(decompressed(decompress, block, content.length), content)).toBe(true)
    const header = Buffer.alloc(12)
    header.writeUInt32LE(content.length, 4)
    header.writeUInt32LE(block.length, 8)
    return [header, block]
  })
  const path = join(folder, codec)
  writeFileSync(path, Buffer.concat(parts))
  const printed = execFileSync(process.execPath, [OWN, 'allocate', codec, path, String(BLOCKS)], { encoding: 'utf8' })
  const { arrays, heap } = JSON.parse(printed) as { arrays: number; heap: { bytes: number }[] }
  return heap.reduce((sum, { bytes }) => sum + bytes, arrays)
}

describe('no memory is allocated that grows with the blocks', () => {
  it('by the decoder for zlib', () => {
    expect(allocation('zlib', (content) => deflateSync(content, { level: 9 }))).toBeLessThan(ALLOCATION_LIMIT)
  })

  // For want of a tool that writes bare blocks: they are all literals, whose length is said by a byte for each 255.
  it('by the decoder for lz4', () => {
    const more = Buffer.alloc(Math.ceil((BLOCK_SIZE - 14) / 255), 255)
    more[more.length - 1] = (BLOCK_SIZE - 15) % 255
    const encode = (content: Uint8Array) => Buffer.concat([Uint8Array.of(0xf0), more, content])
    expect(allocation('lz4', encode)).toBeLessThan(ALLOCATION_LIMIT)
  })

  it('by the decoder for lzo', () => {
    const more = Buffer.alloc(Math.ceil((BLOCK_SIZE - 17) / 255))
    more[more.length - 1] = (BLOCK_SIZE - 18) % 255 || 255
    const encode = (content: Uint8Array) => Buffer.concat([Uint8Array.of(0), more, content, Uint8Array.of(0x11, 0, 0)])
    expect(allocation('lzo', encode)).toBeLessThan(ALLOCATION_LIMIT)
  })

  describeWith(['zstd', 'xz'], 'of what tools write', () => {
    it.each<[CodecName, string, string]>([
      ['zstd', 'zstd', '-q -c -19'],
      ['xz', 'xz', '-c --check=crc32'],
      ['lzma', 'xz', '-c --format=lzma'],
    ])('by the decoder for %s', (codec, tool, options) => {
      const encode = (content: Uint8Array) => mustRun(tool, options.split(' '), { input: content })
      expect(allocation(codec, encode)).toBeLessThan(ALLOCATION_LIMIT)
    })
  })
})
