import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { decompressStream, detectCompression } from '../../../parsers/index.ts'
import { describeWith, eachWith, mustRun } from '../../oracle.ts'
import { sameBytes } from '../../parsers/codecs/guarded.ts'
import { samples } from '../../parsers/codecs/samples.ts'
import { collect } from '../../parsers/codecs/streams/collect.ts'

const nameOf = (bytes: Uint8Array) => detectCompression(bytesSource(bytes, 'file'))?.name

const data = Buffer.concat([samples['machine code']!, samples['lines']!])

describe('decompressStream of what each tool writes', () => {
  eachWith<[string, string, string]>(
    [
      ['zstd', 'zstd', '-q -c'],
      ['xz', 'xz', '-c'],
      ['lzma', 'xz', '-c --format=lzma'],
      ['lzma', 'xz', '-c --format=lzma -0'],
      ['lzma', 'xz', '-c --format=lzma -9e'],
      ['lz4', 'lz4', '-q -c'],
      ['lz4', 'lz4', '-q -c -l'],
      ['gzip', 'gzip', '-c'],
      ['bzip2', 'bzip2', '-c'],
      ['lzop', 'lzop', '-c'],
    ],
    (_, tool) => [tool],
    '%s, by %s %s',
    (name, tool, options) => {
      const file = mustRun(tool, options.split(' '), { input: data })
      expect(nameOf(file)).toBe(name)
      expect(sameBytes(collect(decompressStream, file).bytes, data)).toBe(true)
    },
  )
})

describeWith(['zstd', 'xz', 'lz4', 'gzip', 'bzip2', 'lzop'], 'decompressStream', () => {
  it('runs several at the same time', () => {
    const files = [
      mustRun('xz', ['-c', '--lzma2=preset=0,dict=4KiB'], { input: data }),
      mustRun('xz', ['-c', '--format=lzma', '-1'], { input: data }),
      mustRun('xz', ['-c', '-1', '--block-size=20000'], { input: data }),
      mustRun('zstd', ['-q', '-c', '--zstd=wlog=12'], { input: data }),
      mustRun('zstd', ['-q', '-c', '-19'], { input: data }),
      mustRun('lz4', ['-q', '-c', '-B4', '-BD'], { input: data }),
      mustRun('gzip', ['-c'], { input: data }),
      mustRun('bzip2', ['-c', '-1'], { input: data }),
      mustRun('bzip2', ['-c', '-9'], { input: data }),
      mustRun('lzop', ['-c'], { input: data }),
    ]
    const streams = files.map((file) => decompressStream(bytesSource(file, 'file')))
    const pieces: Buffer[][] = files.map(() => [])
    for (let running = streams.length; running > 0; ) {
      running = 0
      for (const [index, stream] of streams.entries()) {
        const next = stream.next()
        if (next.done === true) continue
        running++
        pieces[index]!.push(Buffer.from(next.value))
      }
    }
    for (const found of pieces) expect(sameBytes(Buffer.concat(found), data)).toBe(true)
  })
})
