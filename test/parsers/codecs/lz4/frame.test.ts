import { describe, expect, it } from 'vitest'
import { xxhash32 } from '../../../../parsers/checksums/xxhash32.ts'
import { decompressLz4Frame } from '../../../../parsers/codecs/lz4/frame.ts'
import { decompressLz4FrameStream } from '../../../../parsers/codecs/lz4/frame-stream.ts'
import { FormatError } from '../../../../parsers/index.ts'
import { codeOf, decompressGuarded } from '../guarded.ts'
import { expectBothToRead } from '../streams/agreement.ts'
import { streamed } from '../streams/collect.ts'

const format = { decompress: decompressLz4Frame, decompressStream: decompressLz4FrameStream }

/** A frame with this descriptor, whose checksum is right, and what follows it. */
function frame(descriptor: readonly number[], ...following: (Uint8Array | readonly number[])[]): Uint8Array {
  const bytes = Uint8Array.from(descriptor)
  const checksum = (xxhash32(bytes, 0, bytes.length) >>> 8) & 255
  return Buffer.concat([
    Uint8Array.of(0x04, 0x22, 0x4d, 0x18, ...bytes, checksum),
    ...following.map((part) => Uint8Array.from(part)),
  ])
}

const END_MARK = [0, 0, 0, 0]

describe('LZ4 frames that are refused', () => {
  const errorOf = (file: Uint8Array) => {
    const result = decompressGuarded(decompressLz4Frame, file, 1000)
    if (!(result instanceof FormatError)) throw new Error('is not refused')
    const { code, detail, facts } = result
    const { source: _, ...place } = facts
    // The stream says the same, but for what it has room for.
    if (code !== 'LIMIT') expect(streamed(decompressLz4FrameStream, file)).toMatchObject({ code, detail, facts: place })
    return result
  }
  const stored = (...bytes: number[]) => [bytes.length, 0, 0, 0x80, ...bytes]

  it('takes the smallest frames', () => {
    expectBothToRead(format, frame([0x60, 0x40], END_MARK), new Uint8Array(0))
    expectBothToRead(format, frame([0x60, 0x40], stored(1, 2, 3), END_MARK), Uint8Array.of(1, 2, 3))
    expectBothToRead(format, Uint8Array.of(0x02, 0x21, 0x4c, 0x18), new Uint8Array(0))
  })

  it('says what the descriptor asks for', () => {
    expect(errorOf(frame([0x61, 0x40, 7, 0, 0, 0], END_MARK))).toMatchObject({
      code: 'UNSUPPORTED',
      message: 'input: LZ4 Frame Descriptor at 0x6: Dictionary ID: needs a dictionary; found 0x7',
    })
    expect(errorOf(frame([0xa0, 0x40], END_MARK))).toMatchObject({
      code: 'UNSUPPORTED',
      facts: { field: 'Version Number', found: 2 },
    })
    expect(errorOf(frame([0x62, 0x40], END_MARK))).toMatchObject({ code: 'UNSUPPORTED', facts: { field: 'FLG, BD' } })
    expect(errorOf(frame([0x60, 0xc0], END_MARK))).toMatchObject({ code: 'UNSUPPORTED', facts: { field: 'FLG, BD' } })
    expect(errorOf(frame([0x60, 0x41], END_MARK))).toMatchObject({ code: 'UNSUPPORTED', facts: { field: 'FLG, BD' } })
    expect(errorOf(frame([0x60, 0x30], END_MARK))).toMatchObject({
      code: 'MALFORMED',
      facts: { field: 'Block Maximum Size', found: 3 },
    })
    expect(errorOf(frame([0x68, 0x40, 0, 4, 0, 0, 0, 0, 0, 0], END_MARK))).toMatchObject({ code: 'LIMIT' })
    expect(errorOf(Buffer.from('hello'))).toMatchObject({
      code: 'MALFORMED',
      facts: { structure: 'LZ4 Magic Number', offset: 0, found: '0x6c6c6568' },
    })
  })

  it('says what is wrong with a block', () => {
    expect(errorOf(frame([0x60, 0x40], [1, 0, 1, 0]))).toMatchObject({
      code: 'MALFORMED',
      facts: { structure: 'LZ4 Data Block', field: 'Block Size', found: 65537, offset: 7 },
    })
    // One literal and then a match from before the block, which only linked blocks may have.
    const block = [6, 0, 0, 0, 0x10, 65, 2, 0, 0x10, 66]
    expectBothToRead(
      format,
      frame([0x40, 0x40], stored(1, 2, 3), block, END_MARK),
      Uint8Array.of(1, 2, 3, 65, 3, 65, 3, 65, 66),
    )
    expect(errorOf(frame([0x60, 0x40], stored(1, 2, 3), block, END_MARK))).toMatchObject({
      code: 'MALFORMED',
      facts: { structure: 'LZ4 sequence', field: 'offset', offset: 18, found: 2 },
    })
    // A block whose bytes end early is not an input that does.
    expect(errorOf(frame([0x60, 0x40], [2, 0, 0, 0, 0x30, 65], END_MARK))).toMatchObject({
      code: 'MALFORMED',
      detail: 'block ends where 3 literals should be',
    })
    const run = [...[0x1f, 65, 1, 0, ...Array<number>(300).fill(255), 0], 0x10, 66]
    const long = frame([0x60, 0x40], [run.length & 255, run.length >> 8, 0, 0, ...run], END_MARK)
    expect(decompressGuarded(decompressLz4Frame, long, 100_000)).toMatchObject({
      code: 'MALFORMED',
      detail: 'decompresses to more than Block Maximum Size',
    })
    expect(streamed(decompressLz4FrameStream, long)).toMatchObject({ code: 'MALFORMED' })
    expect(codeOf(decompressLz4Frame, long, 1000)).toBe('LIMIT')
  })

  it('says what is wrong with a legacy block', () => {
    const legacy = (...bytes: number[]) => Uint8Array.of(0x02, 0x21, 0x4c, 0x18, ...bytes)
    for (const size of [0, 0x00_90_00_00]) {
      expect(errorOf(legacy(size & 255, 0, size >> 16, 0, 1, 2, 3))).toMatchObject({
        code: 'MALFORMED',
        facts: { structure: 'LZ4 legacy Data Block', field: 'Block Compressed Size', offset: 4, found: size },
      })
    }
    expect(errorOf(legacy(1, 0, 0))).toMatchObject({ code: 'TRUNCATED' })
  })
})
