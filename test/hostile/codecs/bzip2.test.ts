import { expect, it } from 'vitest'
import { decompressBzip2Stream } from '../../../parsers/codecs/bzip2/bzip2-stream.ts'
import { FormatError } from '../../../parsers/index.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { bzip2Stream, evenLengths } from '../../parsers/codecs/bzip2/encoder.ts'
import { randomBlock } from '../../parsers/codecs/bzip2/random-block.ts'
import { sameBytes } from '../../parsers/codecs/guarded.ts'
import { randomBytes } from '../../parsers/codecs/samples.ts'
import { collect, streamed } from '../../parsers/codecs/streams/collect.ts'
import { type Difference, expectSameVerdicts, outputsOf, SECONDS } from './verdicts.ts'

const RANDOMIZED: Difference = {
  place: 'bzip2 BlockHeader Randomized',
  why: 'we have no table of random numbers, and in a block of less than 618 bytes they change nothing',
}
const LOST_STREAM: readonly Difference[] = ['HeaderMagic', 'Version', 'Level'].map((field) => ({
  place: `bzip2 StreamHeader ${field}`,
  why: 'the tool takes a second stream with a damaged header for garbage, and loses it with no more than a warning',
}))

describeWith(['bzip2'], 'damaged bzip2 files', () => {
  const bzip2 = (data: Uint8Array, level: string) => mustRun('bzip2', ['-c', level], { input: data })
  const text = Buffer.from('The quick brown fox jumps over the lazy dog; the lazy dog sleeps. '.repeat(2))
  const noisy = Buffer.concat([text, Buffer.alloc(700, 65), randomBytes(24)])
  const lengths = evenLengths(new Set(text).size + 2)
  const blocks = [{ content: text, trees: Array(6).fill(lengths) }, { content: noisy }]
  const two = Buffer.concat([bzip2(text, '-1'), bzip2(text.subarray(50), '-1')])
  const files: readonly [name: string, file: Buffer, differences: readonly Difference[]][] = [
    ['a stream', bzip2(noisy, '-9'), [RANDOMIZED]],
    ['two streams', two, [RANDOMIZED, ...LOST_STREAM]],
    ['an empty stream', bzip2(Buffer.alloc(0), '-5'), []],
    ['two blocks, of which one has six trees', bzip2Stream(blocks), [RANDOMIZED]],
  ]

  const title = 'are read or refused as by the tool: other values of every byte of %s'
  it.each(files)(title, { timeout: 1000 * SECONDS }, (_, file, differences) => {
    expectSameVerdicts({
      ...{ file, differences, tool: ['bzip2', '-dc'] },
      read: (input) => collect(decompressBzip2Stream, input, { readAhead: 1 + (input[10]! % 99) }).bytes,
    })
  })

  it('with codes of any lengths and any bits are read as by the tool', { timeout: 1000 * SECONDS }, () => {
    const blocks = Array.from({ length: 1500 }, (_, seed) => randomBlock(seed)).filter((block) => block !== undefined)
    const outputs = outputsOf(['bzip2', '-dc'], blocks)
    let read = 0
    for (const [index, block] of blocks.entries()) {
      const ours = streamed(decompressBzip2Stream, block)
      const theirs = outputs[index]
      if (ours instanceof FormatError) expect([index, ours.detail, theirs]).toEqual([index, ours.detail, undefined])
      else expect([index, theirs !== undefined && sameBytes(ours, theirs)]).toEqual([index, true])
      if (!(ours instanceof FormatError)) read++
    }
    expect(read).toBeGreaterThan(150)
  })
})
