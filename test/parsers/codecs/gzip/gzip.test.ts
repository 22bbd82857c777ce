import { inflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decompressGzip } from '../../../../parsers/codecs/gzip/gzip.ts'
import { decompressGzipStream } from '../../../../parsers/codecs/gzip/gzip-stream.ts'
import { FormatError } from '../../../../parsers/index.ts'
import { decompressGuarded } from '../guarded.ts'
import { randomBytes, samples } from '../samples.ts'
import { expectBothToRead } from '../streams/agreement.ts'
import { streamed } from '../streams/collect.ts'
import { comment, extra, member, name } from './member.ts'

const format = { decompress: decompressGzip, decompressStream: decompressGzipStream }

describe('gzip headers', () => {
  const data = samples['lines']!
  const errorOf = (file: Uint8Array) => {
    const result = decompressGuarded(decompressGzip, file, data.length)
    if (!(result instanceof FormatError)) throw new Error('is not refused')
    const { code, detail } = result
    expect(streamed(decompressGzipStream, file)).toMatchObject({ code, detail })
    return result
  }

  it('are read with all fields and any of them', () => {
    for (let flags = 0; flags < 32; flags++) {
      const fields = [(flags & 4) !== 0 ? extra : [], (flags & 8) !== 0 ? name : [], (flags & 16) !== 0 ? comment : []]
      expectBothToRead(format, member(flags, Buffer.concat(fields.map((field) => Uint8Array.from(field))), data), data)
    }
    expectBothToRead(format, member(0x04, Uint8Array.of(0xff, 0xff, ...randomBytes(65535)), data), data)
  })

  it('may be as long as the limit, with a checksum behind it', () => {
    // The fixed fields take ten bytes, and the zero that ends the name is the last that may be.
    const name = Buffer.concat([Buffer.alloc(256 * 1024 - 11, 65), Uint8Array.of(0)])
    expectBothToRead(format, member(0x0a, name, data), data)
  })

  it('are refused for what is wrong or not known', () => {
    const file = member(0, new Uint8Array(0), data)
    const changed = (offset: number, value: number) =>
      Uint8Array.from(file, (byte, index) => (index === offset ? value : byte))
    expect(errorOf(Buffer.from('hello'))).toMatchObject({
      message: 'input: gzip member header at 0x0: ID1, ID2: no member begins here; found 0x6568, expected 0x8b1f',
    })
    expect(errorOf(changed(2, 7))).toMatchObject({ code: 'UNSUPPORTED', facts: { field: 'CM', found: 7 } })
    for (const flag of [0x20, 0x40, 0x80]) {
      expect(errorOf(changed(3, flag))).toMatchObject({ code: 'UNSUPPORTED', facts: { field: 'FLG' } })
    }
    const checked = member(0x02, new Uint8Array(0), data)
    checked[4]! ^= 1
    expect(errorOf(checked)).toMatchObject({ code: 'CHECKSUM', facts: { field: 'CRC16', offset: 10 } })
    const long = Buffer.concat([Buffer.alloc(300_000, 65), Uint8Array.of(0)])
    expect(errorOf(member(0x08, long, data))).toMatchObject({ code: 'LIMIT', facts: { field: 'file name' } })
    expect(errorOf(member(0x10, long.subarray(0, 200_000), new Uint8Array(0)).subarray(0, 190_000))).toMatchObject({
      code: 'TRUNCATED',
      facts: { field: 'file comment' },
    })
  })

  it('have a trailer that is verified', () => {
    const file = member(0, new Uint8Array(0), data)
    for (let back = 1; back <= 8; back++) {
      const damaged = Uint8Array.from(file)
      damaged[file.length - back]! ^= 1
      expect(errorOf(damaged)).toMatchObject({
        code: back > 4 ? 'CHECKSUM' : 'MALFORMED',
        facts: { structure: 'gzip member trailer', field: back > 4 ? 'CRC32' : 'ISIZE' },
      })
    }
    expect(inflateRawSync(file.subarray(10, -8))).toHaveLength(data.length)
  })
})
