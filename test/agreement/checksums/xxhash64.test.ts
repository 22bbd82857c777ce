import { expect, it } from 'vitest'
import { xxhash64Low } from '../../../parsers/checksums/xxhash64.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { randomBytes } from '../../parsers/codecs/samples.ts'

describeWith(['zstd'], 'xxhash64Low against the checksum the zstd tool writes', () => {
  it.each([0, 1, 7, 8, 31, 32, 33, 1000, 100_003])('%i bytes', (length) => {
    const bytes = randomBytes(length, length)
    const frame = mustRun('zstd', ['-q', '-c', '-1', '--check'], { input: bytes })
    expect(xxhash64Low(bytes, 0, length)).toBe(frame.readUInt32LE(frame.length - 4))
  })
})
