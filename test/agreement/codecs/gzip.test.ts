import { expect, it } from 'vitest'
import { decompressGzip } from '../../../parsers/codecs/gzip/gzip.ts'
import { decompressGzipStream } from '../../../parsers/codecs/gzip/gzip-stream.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { codeOf, decompressed, sameBytes } from '../../parsers/codecs/guarded.ts'
import { comment, extra, member, name } from '../../parsers/codecs/gzip/member.ts'
import { machineCode, samples } from '../../parsers/codecs/samples.ts'
import { expectBothToRead, expectBothToReadPadded } from '../../parsers/codecs/streams/agreement.ts'
import { collect, streamCode } from '../../parsers/codecs/streams/collect.ts'

const format = { decompress: decompressGzip, decompressStream: decompressGzipStream }

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
    expectBothToReadPadded(format, file, data)
    expectBothToRead(format, Buffer.concat(members), data)
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
})
