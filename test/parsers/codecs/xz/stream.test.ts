import { describe, expect, it } from 'vitest'
import { decompressXz } from '../../../../parsers/codecs/xz/stream.ts'
import { FormatError } from '../../../../parsers/index.ts'
import { codeOf, decompressGuarded } from '../guarded.ts'
import {
  type BlockParts,
  blockHeader,
  LZMA2_FLAGS,
  storedChunks,
  storedThrough,
  xzFooter,
  xzIndex,
  xzStream,
} from './container.ts'

describe('xz that is refused', () => {
  const hello = Buffer.from('hello')
  const good: BlockParts = { data: storedChunks(hello), uncompressedSize: 5 }
  const errorOf = (file: Uint8Array) => {
    const result = decompressGuarded(decompressXz, file, 1000)
    if (!(result instanceof FormatError)) throw new Error('is not refused')
    return result
  }
  const changed = (file: Uint8Array, offset: number, ...values: number[]) => {
    const copy = Uint8Array.from(file)
    copy.set(values, offset)
    return copy
  }

  it('has nothing, or something else', () => {
    expect(errorOf(new Uint8Array(0))).toMatchObject({ code: 'TRUNCATED', facts: { structure: 'xz Stream Header' } })
    expect(errorOf(Buffer.from('hello')).message).toBe(
      'input: xz Stream Header at 0x0: Header Magic Bytes: no stream begins here',
    )
  })

  it('has Stream Flags that are reserved', () => {
    const reserved = xzStream([good], 0x10)
    expect(errorOf(reserved)).toMatchObject({ code: 'UNSUPPORTED', facts: { field: 'Stream Flags', found: '0x1000' } })
    for (const id of [2, 3, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15]) {
      expect(errorOf(xzStream([good], id))).toMatchObject({ code: 'UNSUPPORTED', facts: { field: 'Type of Check' } })
    }
    expect(errorOf(changed(xzStream([good]), 7, 1))).toMatchObject({ code: 'CHECKSUM', facts: { field: 'CRC32' } })
  })

  it('has a Block Header that is reserved or wrong', () => {
    const cases: [Partial<BlockParts>, string, string][] = [
      [{ flags: 0x04 }, 'UNSUPPORTED', 'Block Flags'],
      [{ flags: 0x20 }, 'UNSUPPORTED', 'Block Flags'],
      [{ headerPadding: [0, 1] }, 'UNSUPPORTED', 'Header Padding'],
      [{ flags: 0x40, sizes: [0] }, 'MALFORMED', 'Compressed Size'],
      [{ flags: 0x40, sizes: [10] }, 'MALFORMED', 'Compressed Size'],
      [{ flags: 0x80, sizes: [6] }, 'MALFORMED', 'Uncompressed Size'],
      [{ flags: 0x80, sizes: [0x85, 0] }, 'MALFORMED', 'Uncompressed Size'],
      [{ flags: 0x80, sizes: [255, 255, 255, 255, 255, 255, 255, 255, 255, 1] }, 'MALFORMED', 'Uncompressed Size'],
      [{ flags: 0x80, sizes: [255, 255, 255, 255, 255, 255, 255, 255, 127] }, 'LIMIT', 'Uncompressed Size'],
      [{ filters: [[0xa1, 0xa1]] }, 'MALFORMED', 'Filter ID'],
      [{ filters: [[0x21, 1, 41]] }, 'MALFORMED', 'Dictionary Size'],
      [{ filters: [[0x21, 1, 0x40]] }, 'MALFORMED', 'Dictionary Size'],
      [{ filters: [[0x21, 0]] }, 'MALFORMED', 'Size of Properties'],
      [{ filters: [[0x21, 2, 22, 0]] }, 'MALFORMED', 'Size of Properties'],
      [{ filters: [[0x21, 200, 22]] }, 'MALFORMED', 'Filter Properties'],
      [{ filters: [[0x03, 1, 0]] }, 'MALFORMED', 'Filter ID'],
      [{ filters: [[0x04, 0]] }, 'MALFORMED', 'Filter ID'],
      [{ filters: [LZMA2_FLAGS, LZMA2_FLAGS] }, 'MALFORMED', 'Filter ID'],
      [{ filters: [[0x03, 0], LZMA2_FLAGS] }, 'MALFORMED', 'Size of Properties'],
      [{ filters: [[0x04, 1, 0], LZMA2_FLAGS] }, 'MALFORMED', 'Size of Properties'],
      [{ filters: [[0x07, 4, 2, 0, 0, 0], LZMA2_FLAGS] }, 'MALFORMED', 'start offset'],
      [{ filters: [[0x06, 4, 8, 0, 0, 0], LZMA2_FLAGS] }, 'MALFORMED', 'start offset'],
      [{ filters: [[0x0b, 4, 1, 0, 0, 0], LZMA2_FLAGS] }, 'MALFORMED', 'start offset'],
      [{ filters: [[0x0c, 0], LZMA2_FLAGS] }, 'UNSUPPORTED', 'Filter ID'],
      [{ filters: [[0x20, 0]] }, 'UNSUPPORTED', 'Filter ID'],
      [{ filters: [[0x8f, 0x01, 0], LZMA2_FLAGS] }, 'UNSUPPORTED', 'Filter ID'],
    ]
    for (const [parts, code, field] of cases) {
      expect(errorOf(xzStream([{ ...good, ...parts }]))).toMatchObject({ code, facts: { field } })
    }
    expect(errorOf(storedThrough([[0x0c, 0]], hello)).message).toBe(
      'input: xz Filter Flags at 0xe: Filter ID: names an unknown filter; found 0xc',
    )
    expect(errorOf(changed(xzStream([good]), 14, 0x20))).toMatchObject({ code: 'CHECKSUM' })
    expect(errorOf(xzStream([{ ...good, flags: 0x40, sizes: [255, 127] }]))).toMatchObject({ code: 'TRUNCATED' })
  })

  it('has Block Padding that is not zero', () => {
    expect(errorOf(xzStream([{ ...good, blockPadding: 1 }]))).toMatchObject({
      code: 'MALFORMED',
      facts: { structure: 'xz Block Padding', offset: 33 },
    })
  })

  it('has an Index that tells of other blocks', () => {
    const unpadded = blockHeader(good).length + good.data.length
    const withIndex = (index: Uint8Array) => xzStream([good, good], 0, index)
    const right = [unpadded, 5, unpadded, 5]
    expect(codeOf(decompressXz, withIndex(xzIndex(right)), 1000)).toBe('none')
    const cases: [Uint8Array, string][] = [
      [xzIndex([unpadded, 5]), 'Number of Records'],
      [xzIndex([...right, unpadded, 5]), 'Number of Records'],
      [xzIndex([]), 'Number of Records'],
      [xzIndex([], 2 ** 40), 'Number of Records'],
      [xzIndex([unpadded + 1, 5, unpadded - 1, 5]), 'Unpadded Size'],
      [xzIndex([unpadded, 5, unpadded + 128, 5]), 'Unpadded Size'],
      [xzIndex([unpadded, 4, unpadded, 6]), 'Uncompressed Size'],
      [xzIndex([unpadded, 5, unpadded, 5 + 2 ** 35]), 'Uncompressed Size'],
    ]
    for (const [index, field] of cases) {
      expect(errorOf(withIndex(index))).toMatchObject({ code: 'MALFORMED', facts: { structure: 'xz Index', field } })
    }
    const index = xzIndex(right)
    expect(errorOf(withIndex(changed(index, 7, 1)))).toMatchObject({
      code: 'MALFORMED',
      facts: { field: 'Index Padding' },
    })
    expect(errorOf(withIndex(changed(index, 8, index[8]! ^ 1)))).toMatchObject({ code: 'CHECKSUM' })
  })

  it('has a Stream Footer of another stream', () => {
    const file = xzStream([good])
    const body = file.subarray(0, -12)
    expect(codeOf(decompressXz, Buffer.concat([body, xzFooter(8)]), 1000)).toBe('none')
    expect(errorOf(Buffer.concat([body, xzFooter(12)]))).toMatchObject({
      code: 'MALFORMED',
      facts: { structure: 'xz Stream Footer', field: 'Backward Size', found: 12, expected: 8 },
    })
    expect(errorOf(Buffer.concat([body, xzFooter(8, 1)]))).toMatchObject({ facts: { field: 'Stream Flags' } })
    expect(errorOf(changed(file, file.length - 1, 0x5b))).toMatchObject({ facts: { field: 'Footer Magic Bytes' } })
    expect(errorOf(changed(file, file.length - 12, 1, 2, 3, 4))).toMatchObject({ code: 'CHECKSUM' })
  })
})
