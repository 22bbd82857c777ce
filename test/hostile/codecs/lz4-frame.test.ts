import { expect, it } from 'vitest'
import { decompressLz4Frame } from '../../../parsers/codecs/lz4/frame.ts'
import { decompressLz4FrameStream } from '../../../parsers/codecs/lz4/frame-stream.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { codeOf } from '../../parsers/codecs/guarded.ts'
import { machineCode, randomBytes } from '../../parsers/codecs/samples.ts'
import { refusesEveryPrefix, survivesDamage } from '../../parsers/codecs/streams/agreement.ts'
import { streamCode } from '../../parsers/codecs/streams/collect.ts'

const format = { decompress: decompressLz4Frame, decompressStream: decompressLz4FrameStream }

function lz4(data: Uint8Array, ...options: string[]): Buffer {
  return mustRun('lz4', ['-q', '-c', ...options], { input: data })
}

describeWith(['lz4'], 'damaged LZ4 frames', () => {
  const text = 'The quick brown fox jumps over the lazy dog; the lazy dog sleeps over the quick fox. '.repeat(9)
  const noisy = Buffer.concat([Buffer.from(text), randomBytes(400), machineCode(900)])
  refusesEveryPrefix('a frame', format, lz4(noisy, '-9', '-BX'))
  refusesEveryPrefix('a frame without checksums', format, lz4(noisy, '-9', '--no-frame-crc', '-BD'))
  survivesDamage('a frame', format, lz4(noisy, '-9', '-BX'), noisy)
  survivesDamage('a frame without checksums', format, lz4(noisy, '-9', '--no-frame-crc', '-BD'), noisy, false)
  survivesDamage('a legacy frame', format, lz4(noisy, '-l'), noisy, false)

  it('refuses every prefix of a legacy frame but those that end with a block', () => {
    const file = lz4(noisy, '-l')
    for (let length = 0; length < file.length; length++) {
      const code =
        length === 4 ? 'none' : length < 8 ? 'TRUNCATED' : codeOf(decompressLz4Frame, file.subarray(0, length), 9000)
      expect(codeOf(decompressLz4Frame, file.subarray(0, length), 9000)).toBe(code)
      expect(['TRUNCATED', 'none']).toContain(code)
      if (length > 4) expect(code).toBe('TRUNCATED')
      expect(streamCode(decompressLz4FrameStream, file.subarray(0, length))).toBe(code)
    }
  })
})
