import { expect, it } from 'vitest'
import { decompressZstd } from '../../../parsers/codecs/zstd/zstd.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { decompressed, sameBytes } from '../../parsers/codecs/guarded.ts'
import { FRAMES, randomFrame } from '../../parsers/codecs/zstd/random-frame.ts'

describeWith(['zstd'], 'zstd frames with what the zstd tool hardly ever writes', () => {
  it('are all read by the tool too', () => {
    const frames = Array.from({ length: FRAMES }, (_, seed) => randomFrame(seed))
    const input = Uint8Array.from(frames.flatMap(({ bytes }) => bytes))
    const expected = Uint8Array.from(frames.flatMap(({ content }) => content))
    expect(sameBytes(mustRun('zstd', ['-d', '-c', '-q'], { input }), expected)).toBe(true)
    expect(sameBytes(decompressed(decompressZstd, input, expected.length), expected)).toBe(true)
  })
})
