import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../../parsers/bytes/source.ts'
import { decompressStream, detectCompression } from '../../../../parsers/index.ts'
import { bzip2Stream } from '../bzip2/encoder.ts'
import { part } from '../lzop/part.ts'
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
  it('reads a file of bzip2, and one of lzop', () => {
    for (const [name, file] of [
      ['bzip2', bzip2Stream([{ content: samples['a few bytes']! }])],
      ['lzop', part({ flags: 1 }, [{ content: samples['a few bytes']! }])],
    ] as const) {
      expect(nameOf(file)).toBe(name)
      expect(collect(decompressStream, file).bytes.toString()).toBe('hello')
    }
  })

  it('refuses what it cannot read at once, and says what it is', () => {
    const start = (bytes: Uint8Array) => decompressStream(bytesSource(bytes, 'initrd'))
    const known = 'zstd, xz, lzma, lz4, gzip, bzip2 or lzop'
    expect(() => start(Buffer.from('LZIP\x01'))).toThrow(
      `initrd: first bytes at 0x0: is compressed with lzip, not with ${known}`,
    )
    expect(() => start(randomBytes(100))).toThrow(`is not compressed with ${known}`)
    expect(() => start(new Uint8Array(0))).toThrow(`is not compressed with ${known}`)
  })
})
