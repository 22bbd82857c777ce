import { expect, it } from 'vitest'
import { xxhash32 } from '../../../parsers/checksums/xxhash32.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { randomBytes } from '../../parsers/codecs/samples.ts'

describeWith(['lz4'], 'xxhash32 against the checksum the lz4 tool writes', () => {
  it.each([0, 1, 15, 16, 17, 1000, 100_003])('%i bytes', (length) => {
    const bytes = randomBytes(length, length)
    const frame = mustRun('lz4', ['-q', '-c', '-1'], { input: bytes })
    expect(xxhash32(bytes, 0, length)).toBe(frame.readUInt32LE(frame.length - 4))
  })
})
