import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../../parsers/bytes/source.ts'
import { decompressStream, detectCompression } from '../../../../parsers/index.ts'
import { describeWith, mustRun } from '../../../oracle.ts'
import { sameBytes } from '../guarded.ts'
import { machineCode, randomBytes, samples } from '../samples.ts'
import { collect } from './collect.ts'

const nameOf = (bytes: Uint8Array) => detectCompression(bytesSource(bytes, 'file'))?.name

describe('detectCompression', () => {
  it('names nothing that is not compressed', () => {
    for (const bytes of [
      ...Object.values(samples),
      new Uint8Array(20),
      Buffer.from('hello, this is text\n'.repeat(9)),
    ]) {
      expect(nameOf(bytes)).toBeUndefined()
    }
    expect(nameOf(machineCode(1000, 0))).toBeUndefined()
    expect(nameOf(Uint8Array.of(0x1f))).toBeUndefined()
  })

  it('looks behind skippable frames, which zstd and LZ4 share', () => {
    const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3)
    const zstd = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd)
    const lz4 = Uint8Array.of(0x04, 0x22, 0x4d, 0x18)
    expect(nameOf(Buffer.concat([skippable, skippable, lz4]))).toBe('lz4')
    expect(nameOf(Buffer.concat([skippable, zstd]))).toBe('zstd')
    expect(nameOf(skippable)).toBe('zstd')
    expect(nameOf(skippable.subarray(0, 9))).toBe('zstd')
  })
})

describe('decompressStream', () => {
  it('refuses what it cannot read at once, and says what it is', () => {
    const start = (bytes: Uint8Array) => decompressStream(bytesSource(bytes, 'initrd'))
    expect(() => start(Buffer.from('BZh91AY&SY'))).toThrow(
      'initrd: first bytes at 0x0: is compressed with bzip2, and not with zstd, xz, lzma, lz4 or gzip',
    )
    expect(() => start(randomBytes(100))).toThrow('is in no known format')
    expect(() => start(new Uint8Array(0))).toThrow('is in no known format')
  })
})

describeWith(['zstd', 'xz', 'lz4', 'gzip', 'lzop'], 'decompressStream of what each tool writes', () => {
  const data = Buffer.concat([samples['machine code']!, samples['lines']!])

  it.each([
    ['zstd', 'zstd', '-q -c'],
    ['xz', 'xz', '-c'],
    ['lzma', 'xz', '-c --format=lzma'],
    ['lzma', 'xz', '-c --format=lzma -0'],
    ['lzma', 'xz', '-c --format=lzma -9e'],
    ['lz4', 'lz4', '-q -c'],
    ['lz4', 'lz4', '-q -c -l'],
    ['gzip', 'gzip', '-c'],
  ])('%s, by %s %s', (name, tool, options) => {
    const file = mustRun(tool, options.split(' '), { input: data })
    expect(nameOf(file)).toBe(name)
    expect(sameBytes(collect(decompressStream, file).bytes, data)).toBe(true)
  })

  it('is known and not read', () => {
    expect(nameOf(Buffer.from('BZh91AY&SY'))).toBe('bzip2')
    expect(nameOf(mustRun('lzop', ['-c'], { input: data }))).toBe('lzop')
  })

  it('runs several at the same time', () => {
    const files = [
      mustRun('xz', ['-c', '--lzma2=preset=0,dict=4KiB'], { input: data }),
      mustRun('xz', ['-c', '--format=lzma', '-1'], { input: data }),
      mustRun('xz', ['-c', '-1', '--block-size=20000'], { input: data }),
      mustRun('zstd', ['-q', '-c', '--zstd=wlog=12'], { input: data }),
      mustRun('zstd', ['-q', '-c', '-19'], { input: data }),
      mustRun('lz4', ['-q', '-c', '-B4', '-BD'], { input: data }),
      mustRun('gzip', ['-c'], { input: data }),
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
