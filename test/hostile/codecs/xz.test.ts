import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decompressXz } from '../../../parsers/codecs/xz/stream.ts'
import { FormatError } from '../../../parsers/index.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { codeOf, decompressGuarded, sameBytes } from '../../parsers/codecs/guarded.ts'
import { machineCode, randomBytes, samples } from '../../parsers/codecs/samples.ts'

function xz(data: Uint8Array, ...options: string[]): Buffer {
  return mustRun('xz', ['-c', '-T1', ...options], { input: data })
}

describeWith(['xz'], 'damaged xz', () => {
  const text = Buffer.from(
    'The quick brown fox jumps over the lazy dog; the lazy dog sleeps over the quick fox. '.repeat(9),
  )
  const noisy = Buffer.concat([text, randomBytes(40), machineCode(500)])
  const sized = mustRun('xz', ['-c', '-T2', '--block-size=500', '--check=sha256'], { input: noisy })
  const files: [string, Buffer, Buffer][] = [
    ['text', text, xz(text, '--check=crc32')],
    ['text and code, filtered', noisy, xz(noisy, '--x86', '--lzma2=preset=9', '--check=crc64')],
    ['text and code, in blocks with sizes', noisy, sized],
    ['random bytes', Buffer.from(randomBytes(300)), xz(randomBytes(300), '--check=crc32')],
    ['text, unchecked', text, xz(text, '--check=none')],
    ['nothing', Buffer.alloc(0), xz(new Uint8Array(0))],
  ]

  it.each(files)('refuses every prefix of %s', (_, data, file) => {
    for (let length = 0; length < file.length; length++) {
      expect(codeOf(decompressXz, file.subarray(0, length), data.length)).toBe('TRUNCATED')
    }
  })

  it.each(files)('survives any other value of every byte of %s', (name, data, file) => {
    let refused = 0
    for (let offset = 0; offset < file.length; offset++) {
      // All values of what is not compressed data, and every flipped bit of that.
      const values = offset < 40 || offset >= file.length - 40 ? 255 : 8
      for (let index = 0; index < values; index++) {
        const damaged = Buffer.from(file)
        damaged[offset]! ^= values === 8 ? 1 << index : index + 1
        const result = decompressGuarded(decompressXz, damaged, data.length)
        if (result instanceof FormatError) refused++
        else if (!name.endsWith('unchecked')) expect(sameBytes(result, data)).toBe(true)
      }
    }
    expect(refused).toBeGreaterThan(file.length * 7)
  })

  it('survives bytes that are lost, doubled or put elsewhere', () => {
    const data = samples['lines']!
    const file = xz(data, '--check=crc32', '--block-size=8000')
    fc.assert(
      fc.property(fc.nat(file.length), fc.nat(file.length), fc.nat(200), (from, to, length) => {
        const piece = file.subarray(from, from + length)
        for (const damaged of [
          Buffer.concat([file.subarray(0, to), piece, file.subarray(to)]),
          Buffer.concat([file.subarray(0, from), file.subarray(from + length)]),
          Buffer.concat([file.subarray(0, to), piece, file.subarray(to + length)]),
        ]) {
          const result = decompressGuarded(decompressXz, damaged, data.length)
          if (!(result instanceof FormatError)) expect(sameBytes(result, data)).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  it.each<[string, number]>([
    ['crc32', 4],
    ['crc64', 8],
    ['sha256', 32],
  ])('says CHECKSUM for every flipped bit of a %s, and for other content', (name, size) => {
    const data = randomBytes(1000, 3)
    const file = xz(data, `--check=${name}`)
    const checkEnd = file.length - 12 - (file.readUInt32LE(file.length - 8) + 1) * 4
    for (let bit = 0; bit < size * 8; bit++) {
      const damaged = Buffer.from(file)
      damaged[checkEnd - 1 - (bit >>> 3)]! ^= 1 << (bit & 7)
      expect(codeOf(decompressXz, damaged, data.length)).toBe('CHECKSUM')
    }
    // Random bytes are stored as they are.
    const damaged = Buffer.from(file)
    damaged[500]! ^= 1
    expect(codeOf(decompressXz, damaged, data.length)).toBe('CHECKSUM')
  })
})
