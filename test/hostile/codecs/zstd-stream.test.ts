import { decompressZstd } from '../../../parsers/codecs/zstd/zstd.ts'
import { decompressZstdStream } from '../../../parsers/codecs/zstd/zstd-stream.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { machineCode, randomBytes } from '../../parsers/codecs/samples.ts'
import { refusesEveryPrefix, survivesDamage } from '../../parsers/codecs/streams/agreement.ts'

const format = { decompress: decompressZstd, decompressStream: decompressZstdStream }

function zstd(data: Uint8Array, ...options: string[]): Buffer {
  return mustRun('zstd', ['-q', '-c', ...options], { input: data })
}

describeWith(['zstd'], 'a damaged stream of zstd', () => {
  const text = 'The quick brown fox jumps over the lazy dog; the lazy dog sleeps over the quick fox. '.repeat(9)
  const noisy = Buffer.concat([Buffer.from(text), randomBytes(40), machineCode(300)])
  refusesEveryPrefix('text and code', format, zstd(noisy, '-19', `--stream-size=${noisy.length}`))
  survivesDamage('text and code', format, zstd(noisy, '-19'), noisy, true, [0, 0], [20, 4])
})
