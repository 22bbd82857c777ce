import { describe, expect, it } from 'vitest'
import { decompressZstd } from '../../../../parsers/codecs/zstd/zstd.ts'
import { FormatError } from '../../../../parsers/index.ts'
import { decompressed, decompressGuarded } from '../guarded.ts'

describe('zstd that is refused', () => {
  const frame = (...bytes: number[]) => Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, ...bytes)
  const errorOf = (input: Uint8Array) => {
    const result = decompressGuarded(decompressZstd, input, 1000)
    if (!(result instanceof FormatError)) throw new Error('is not refused')
    return result
  }

  it('says what the frame header asks for', () => {
    expect(errorOf(frame(0x01, 0x00, 0x07))).toMatchObject({
      code: 'UNSUPPORTED',
      facts: { structure: 'zstd Frame_Header', field: 'Dictionary_ID', offset: 6, found: '0x7' },
    })
    expect(errorOf(frame(0x03, 0x00, 0x78, 0x56, 0x34, 0x12))).toMatchObject({ facts: { found: '0x12345678' } })
    expect(errorOf(frame(0x08, 0x00))).toMatchObject({ code: 'UNSUPPORTED', facts: { field: 'Reserved_Bit' } })
    expect(errorOf(frame(0x00, 0xa8))).toMatchObject({ code: 'LIMIT', facts: { field: 'Window_Size' } })
    expect(errorOf(frame(0xe0, 0, 0, 0, 0, 0, 0, 0, 0x80))).toMatchObject({ code: 'LIMIT' })
    expect(errorOf(frame(0x60, 0xe9, 0x02)).message).toBe(
      'input: zstd Frame_Header at 0x5: decompresses to more than the output has room for; ' +
        'found at least 1001 more bytes, expected at most 1000',
    )
  })

  it('says what is no frame', () => {
    expect(errorOf(Uint8Array.of())).toMatchObject({ code: 'TRUNCATED', facts: { structure: 'zstd Magic_Number' } })
    expect(errorOf(Uint8Array.of(1, 2, 3, 4))).toMatchObject({ code: 'MALFORMED', facts: { found: '0x4030201' } })
    expect(errorOf(Uint8Array.of(0x25, 0xb5, 0x2f, 0xfd))).toMatchObject({
      code: 'UNSUPPORTED',
      detail: 'begins a frame in the draft format of zstd 0.5',
    })
  })

  it('takes an empty block, and no reserved or too large ones', () => {
    expect(decompressed(decompressZstd, frame(0x00, 0x00, 0x01, 0x00, 0x00), 0)).toHaveLength(0)
    expect(decompressed(decompressZstd, frame(0x01, 0x00, 0x00, 0x01, 0x00, 0x00), 0)).toHaveLength(0)
    expect(errorOf(frame(0x00, 0x00, 0x07, 0x00, 0x00))).toMatchObject({ facts: { field: 'Block_Type', found: 3 } })
    expect(errorOf(frame(0x00, 0x00, 0x0b, 0x20, 0x00))).toMatchObject({
      code: 'MALFORMED',
      facts: { structure: 'zstd Block_Header', field: 'Block_Size', found: 1025, expected: 'at most 1024' },
    })
    expect(errorOf(frame(0x20, 0x05, 0x21, 0x00, 0x00, 1, 2, 3, 4))).toMatchObject({
      code: 'MALFORMED',
      facts: { field: 'Frame_Content_Size', found: 5, expected: 4 },
    })
  })
})
