import { expect, it } from 'vitest'
import { decompressZstd } from '../../../parsers/codecs/zstd/zstd.ts'
import { FormatError } from '../../../parsers/index.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { codeOf, decompressGuarded, sameBytes } from '../../parsers/codecs/guarded.ts'
import { machineCode, randomBytes } from '../../parsers/codecs/samples.ts'

/** From standard input: a frame that does not say its content size, with a checksum. */
function zstd(data: Uint8Array, ...options: string[]): Buffer {
  return mustRun('zstd', ['-q', '-c', ...options], { input: data })
}

describeWith(['zstd'], 'damaged zstd', () => {
  const small = Buffer.from(
    'The quick brown fox jumps over the lazy dog; the lazy dog sleeps over the quick fox. '.repeat(9),
  )
  const noisy = Buffer.concat([small, randomBytes(40), machineCode(900)])
  const streams: [string, Buffer, Buffer][] = [
    ['text', small, zstd(small, '-19')],
    ['text and code', noisy, zstd(noisy, '-19', `--stream-size=${noisy.length}`)],
    ['text and code, unchecked', noisy, zstd(noisy, '-19', '--no-check')],
    ['zero bytes', Buffer.alloc(9000), zstd(Buffer.alloc(9000))],
  ]

  it.each(streams)('refuses every prefix of %s', (_, data, compressed) => {
    for (let length = 0; length < compressed.length; length++) {
      expect(codeOf(decompressZstd, compressed.subarray(0, length), data.length)).toBe('TRUNCATED')
    }
  })

  it.each(streams)('survives every other value of every byte of %s', (name, data, compressed) => {
    let refused = 0
    for (let offset = 0; offset < compressed.length; offset++) {
      // All values of the headers and tables, and every flipped bit of the rest.
      const values = offset < 80 ? 255 : 8
      for (let index = 0; index < values; index++) {
        const damaged = Buffer.from(compressed)
        damaged[offset]! ^= values === 8 ? 1 << index : index + 1
        const result = decompressGuarded(decompressZstd, damaged, data.length)
        if (result instanceof FormatError) refused++
        else if (!name.endsWith('unchecked')) expect(sameBytes(result, data)).toBe(true)
      }
    }
    expect(refused).toBeGreaterThan(compressed.length)
  })
})
