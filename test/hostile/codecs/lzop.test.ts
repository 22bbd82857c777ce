import { it } from 'vitest'
import { decompressLzopStream } from '../../../parsers/codecs/lzop/lzop-stream.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { part, repeatedLetters } from '../../parsers/codecs/lzop/part.ts'
import { randomBytes } from '../../parsers/codecs/samples.ts'
import { collect } from '../../parsers/codecs/streams/collect.ts'
import { type Difference, expectSameVerdicts, SECONDS } from './verdicts.ts'

const END_OF_STREAM: Difference = {
  place: 'lzop LZO1X instruction',
  why: 'LZO takes any match at distance 0 for the end; we only take 11 00 00, which all compressors write',
}
const LOST_PART: Difference = {
  place: 'lzop header magic',
  why: 'the tool takes a second part with a damaged magic number for garbage, and loses it with no more than a warning',
}

describeWith(['lzop'], 'damaged lzop files', () => {
  const lzop = (data: Uint8Array, ...options: string[]) => mustRun('lzop', ['-c', ...options], { input: data })
  const text = Buffer.from('The quick brown fox jumps over the lazy dog; the lazy dog sleeps. '.repeat(2))
  const noisy = Buffer.concat([text, Buffer.alloc(700, 65), randomBytes(24)])
  const checked = part({ flags: 0x1343, extraField: randomBytes(9) }, [repeatedLetters(300), { content: text }])
  const two = Buffer.concat([lzop(text, '-1'), lzop(noisy, '-9', '--crc32')])
  const files: readonly [name: string, file: Buffer, differences: readonly Difference[]][] = [
    ['a part', lzop(noisy, '-9'), [END_OF_STREAM]],
    ['a part without checksums', lzop(noisy, '-3', '-F'), [END_OF_STREAM]],
    ['a part with all checksums and an extra field', checked, []],
    ['two parts', two, [END_OF_STREAM, LOST_PART]],
    ['an empty part', lzop(Buffer.alloc(0)), []],
  ]

  const title = 'are read or refused as by the tool: other values of every byte of %s'
  it.each(files)(title, { timeout: 1000 * SECONDS }, (_, file, differences) => {
    expectSameVerdicts({
      // It warns of several parts too.
      ...{ file, differences, tool: ['lzop', '-dc', '--ignore-warn'] },
      read: (input) => collect(decompressLzopStream, input, { readAhead: 1 + (input[10]! % 99) }).bytes,
    })
  })
})
