import { expect, it } from 'vitest'
import type { CodecName } from '../../../parsers/codecs/codec.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { ALLOCATION_LIMIT, allocation } from '../../parsers/codecs/allocation.ts'

describeWith(['zstd', 'xz'], 'no memory is allocated that grows with the blocks that tools write', () => {
  it.each<[CodecName, string, string]>([
    ['zstd', 'zstd', '-q -c -19'],
    ['xz', 'xz', '-c --check=crc32'],
    ['lzma', 'xz', '-c --format=lzma'],
  ])('by the decoder for %s', (codec, tool, options) => {
    const encode = (content: Uint8Array) => mustRun(tool, options.split(' '), { input: content })
    expect(allocation(codec, encode)).toBeLessThan(ALLOCATION_LIMIT)
  })
})
