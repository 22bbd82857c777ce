import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../../parsers/bytes/source.ts'
import { decompressStream, detectCompression } from '../../../../parsers/index.ts'
import { machineCode, randomBytes, samples } from '../samples.ts'

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
      'initrd: first bytes at 0x0: is compressed with bzip2, not with zstd, xz, lzma, lz4 or gzip',
    )
    expect(() => start(randomBytes(100))).toThrow('is not compressed with zstd, xz, lzma, lz4 or gzip')
    expect(() => start(new Uint8Array(0))).toThrow('is not compressed with zstd, xz, lzma, lz4 or gzip')
  })
})
