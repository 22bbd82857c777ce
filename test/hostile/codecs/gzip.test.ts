import { decompressGzip } from '../../../parsers/codecs/gzip/gzip.ts'
import { decompressGzipStream } from '../../../parsers/codecs/gzip/gzip-stream.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { comment, extra, member, name } from '../../parsers/codecs/gzip/member.ts'
import { machineCode, randomBytes } from '../../parsers/codecs/samples.ts'
import { refusesEveryPrefix, survivesDamage } from '../../parsers/codecs/streams/agreement.ts'

const format = { decompress: decompressGzip, decompressStream: decompressGzipStream }

describeWith(['gzip'], 'damaged gzip files', () => {
  const gzip = (data: Uint8Array, ...options: string[]) => mustRun('gzip', ['-c', ...options], { input: data })
  const text = 'The quick brown fox jumps over the lazy dog; the lazy dog sleeps over the quick fox. '.repeat(9)
  const noisy = Buffer.concat([Buffer.from(text), randomBytes(40), machineCode(500)])
  const named = member(0x1f, Buffer.concat([extra, name, comment]), noisy)
  refusesEveryPrefix('a member', format, gzip(noisy, '-9'))
  refusesEveryPrefix('a member with all fields', format, named)
  survivesDamage('a member', format, gzip(noisy, '-9'), noisy)
  survivesDamage('a member with all fields', format, named, noisy)
})
