import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { CodecName } from '../../../parsers/codecs/codec.ts'
import { portableDecoders } from '../../../parsers/codecs/decoders.ts'
import { decompressed, sameBytes } from './guarded.ts'
import { machineCode } from './samples.ts'

const OWN = fileURLToPath(new URL('../../../bench/own.js', import.meta.url))
export const BLOCK_SIZE = 128 * 1024
const BLOCKS = 300
/** Bytes for a block: objects of a few fields, and no array that has to do with its size. */
export const ALLOCATION_LIMIT = 4096

/** Four blocks, so that they differ. */
const contents = [0, 1, 2, 3].map((index) => machineCode(BLOCK_SIZE, (4 + index) << 20))

/** What the decoder of dist/ allocates for a block, once it is warm, as `npm run bench codecs` measures it. */
export function allocation(codec: CodecName, encode: (content: Uint8Array) => Uint8Array): number {
  const parts = contents.flatMap((content) => {
    const block = encode(content)
    const decompress = portableDecoders[codec]
    expect(sameBytes(decompressed(decompress, block, content.length), content)).toBe(true)
    const header = Buffer.alloc(12)
    header.writeUInt32LE(content.length, 4)
    header.writeUInt32LE(block.length, 8)
    return [header, block]
  })
  const folder = mkdtempSync(join(tmpdir(), 'isoscope-allocation-'))
  try {
    const path = join(folder, codec)
    writeFileSync(path, Buffer.concat(parts))
    const printed = execFileSync(process.execPath, [OWN, 'allocate', codec, path, String(BLOCKS)], { encoding: 'utf8' })
    const { arrays, heap } = JSON.parse(printed) as { arrays: number; heap: { bytes: number }[] }
    return heap.reduce((sum, { bytes }) => sum + bytes, arrays)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
