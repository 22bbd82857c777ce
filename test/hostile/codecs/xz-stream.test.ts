import { decompressXz } from '../../../parsers/codecs/xz/stream.ts'
import { decompressXzStream } from '../../../parsers/codecs/xz/xz-stream.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { machineCode, randomBytes } from '../../parsers/codecs/samples.ts'
import { refusesEveryPrefix, survivesDamage } from '../../parsers/codecs/streams/agreement.ts'

const format = { decompress: decompressXz, decompressStream: decompressXzStream }

function xz(data: Uint8Array, ...options: string[]): Buffer {
  return mustRun('xz', ['-c', '-T1', ...options], { input: data })
}

describeWith(['xz'], 'a damaged stream of xz', () => {
  const text = 'The quick brown fox jumps over the lazy dog; the lazy dog sleeps over the quick fox. '.repeat(9)
  const noisy = Buffer.concat([Buffer.from(text), randomBytes(40), machineCode(200)])
  const sized = mustRun('xz', ['-c', '-T2', '--block-size=500', '--check=sha256'], { input: noisy })
  const filtered = xz(noisy, '--x86', '--delta=dist=3', '--lzma2=preset=9', '--check=crc64')
  refusesEveryPrefix('text and code, filtered', format, filtered)
  refusesEveryPrefix('text and code, in blocks', format, sized)
  survivesDamage('text and code, filtered', format, filtered, noisy)
  survivesDamage('text and code, in blocks', format, sized, noisy)
})
