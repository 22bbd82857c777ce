import { describe, expect, it } from 'vitest'
import { decompressZstdStream } from '../../../../parsers/codecs/zstd/zstd-stream.ts'
import { skippable } from '../zstd/skippable.ts'
import { streamCode, streamed } from './collect.ts'

describe('a stream of zstd that is refused', () => {
  const frame = (...bytes: number[]) => Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, ...bytes)

  it('has a header that asks for too large a window, of which nothing more is looked at', () => {
    // Window_Descriptor 0x88: 128 MiB; 0x89: an eighth more. A block of a reserved type follows.
    expect(streamCode(decompressZstdStream, frame(0x00, 0x88, 0x07, 0, 0))).toBe('MALFORMED')
    expect(streamCode(decompressZstdStream, frame(0x00, 0x89, 0x07, 0, 0))).toBe('LIMIT')
    expect(streamCode(decompressZstdStream, frame(0x00, 0x89, 0x07, 0, 0), { windowSize: 2 ** 28 })).toBe('MALFORMED')
    // The same with Frame_Content_Size, of 4 bytes: no more need be kept.
    expect(streamCode(decompressZstdStream, frame(0x80, 0x89, 0, 0, 0, 8, 0x07, 0, 0))).toBe('MALFORMED')
    expect(streamCode(decompressZstdStream, frame(0x80, 0x89, 1, 0, 0, 8, 0x07, 0, 0))).toBe('LIMIT')
  })

  it('says where in the file, of the file’s name', () => {
    const error = streamed(decompressZstdStream, Buffer.concat([skippable(1_000_000), frame(0x01, 0x00, 0x07)]))
    expect(error).toMatchObject({
      message: 'file: zstd Frame_Header at 0xf424e: Dictionary_ID: needs a dictionary; found 0x7, expected 0',
    })
    expect(streamCode(decompressZstdStream, new Uint8Array(0))).toBe('TRUNCATED')
    expect(streamCode(decompressZstdStream, skippable(10).subarray(0, 17))).toBe('TRUNCATED')
  })

  it('has more content than it says, as soon as it has', () => {
    const raw = Uint8Array.of(0, 1, 0, ...new Uint8Array(32))
    const file = Buffer.concat([frame(0x20, 40), raw, raw, raw, raw])
    expect(streamed(decompressZstdStream, file)).toMatchObject({
      code: 'MALFORMED',
      facts: { field: 'Frame_Content_Size', offset: 4 },
    })
  })
})
