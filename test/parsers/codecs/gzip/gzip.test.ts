import { gzipSync, inflateRawSync, crc32 as zlibCrc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decompressGzip } from '../../../../parsers/codecs/gzip/gzip.ts'
import { decompressGzipStream } from '../../../../parsers/codecs/gzip/gzip-stream.ts'
import { FormatError } from '../../../../parsers/index.ts'
import { describeWith, mustRun } from '../../../oracle.ts'
import { codeOf, decompressed, decompressGuarded, sameBytes } from '../guarded.ts'
import { machineCode, randomBytes, samples } from '../samples.ts'
import { expectBothToRead, refusesEveryPrefix, survivesDamage } from '../streams/agreement.ts'
import { collect, streamCode, streamed } from '../streams/collect.ts'

const format = { decompress: decompressGzip, decompressStream: decompressGzipStream }

/** A member with these flags and what they say is behind the ten bytes of every header. */
function member(flags: number, fields: Uint8Array, data: Uint8Array): Uint8Array {
  const plain = gzipSync(data)
  const header = Buffer.concat([Uint8Array.of(0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 3), fields])
  const crc16 = Buffer.alloc((flags & 2) === 0 ? 0 : 2)
  if (crc16.length > 0) crc16.writeUInt16LE(zlibCrc32(header) & 0xffff)
  return Buffer.concat([header, crc16, plain.subarray(10)])
}

const extra = Uint8Array.of(5, 0, 65, 66, 1, 0, 0)
const name = Buffer.from('a name\0', 'latin1')
const comment = Buffer.from('a comment\0', 'latin1')

describeWith(['gzip'], 'gzip files as the gzip tool writes them', () => {
  const gzip = (data: Uint8Array, ...options: string[]) => mustRun('gzip', ['-c', ...options], { input: data })
  const everything = Buffer.concat(Object.values(samples))

  it.each(['-1', '-2', '-3', '-4', '-5', '-6', '-7', '-8', '-9', '--rsyncable'])('reads all samples, %s', (level) => {
    expectBothToRead(format, gzip(everything, level), everything)
  })

  it.each(Object.entries(samples))('reads a sample that is %s', (_, data) => {
    const file = gzip(data)
    expectBothToRead(format, file, data)
    expect(sameBytes(decompressed(decompressGzip, file, data.length + 100), data)).toBe(true)
    if (data.length > 0) expect(codeOf(decompressGzip, file, data.length - 1)).toBe('LIMIT')
  })

  it('reads several members, and zero bytes behind them, as the tool does', () => {
    const first = samples['lines']!
    const second = samples['machine code']!
    const members = [
      gzip(first),
      gzip(new Uint8Array(0)),
      gzip(second, '-1'),
      member(0x1f, Buffer.concat([extra, name, comment]), first),
    ]
    const file = Buffer.concat([...members, new Uint8Array(70_001)])
    const data = Buffer.concat([first, second, first])
    expect(sameBytes(mustRun('gzip', ['-dc'], { input: file }), data)).toBe(true)
    expectBothToRead(format, file, data)
    for (const more of ['x', 'rest of it', '\u001f\u008b']) {
      const code = more === 'x' ? 'MALFORMED' : 'MALFORMED'
      const longer = Buffer.concat([file, Buffer.from(more, 'latin1')])
      expect(codeOf(decompressGzip, longer, data.length)).toBe(code)
      expect(streamCode(decompressGzipStream, longer)).toBe(code)
    }
    const unpadded = Buffer.concat([...members, Uint8Array.of(0x1f, 0x8b)])
    expect(codeOf(decompressGzip, unpadded, data.length)).toBe('TRUNCATED')
    expect(streamCode(decompressGzipStream, unpadded)).toBe('TRUNCATED')
  })

  it('reads a long file in little memory', () => {
    const data = Buffer.concat([machineCode(5_000_000), new Uint8Array(5_000_000)])
    const { bytes, largestBuffer } = collect(decompressGzipStream, gzip(data))
    expect(sameBytes(bytes, data)).toBe(true)
    expect(largestBuffer).toBeLessThan(300_000)
  })

  const text = 'The quick brown fox jumps over the lazy dog; the lazy dog sleeps over the quick fox. '.repeat(9)
  const noisy = Buffer.concat([Buffer.from(text), randomBytes(40), machineCode(500)])
  const named = member(0x1f, Buffer.concat([extra, name, comment]), noisy)
  refusesEveryPrefix('a member', format, gzip(noisy, '-9'))
  refusesEveryPrefix('a member with all fields', format, named)
  survivesDamage('a member', format, gzip(noisy, '-9'), noisy)
  survivesDamage('a member with all fields', format, named, noisy)
})

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
