import { expect, it } from 'vitest'
import { crc64 } from '../../../parsers/checksums/crc64.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { randomBytes } from '../../parsers/codecs/samples.ts'

function crc64Of(bytes: Uint8Array, start = 0, end = bytes.length): bigint {
  const { high, low } = crc64(bytes, start, end)
  return (BigInt(high) << 32n) | BigInt(low)
}

describeWith(['xz'], 'crc64 against the check the xz tool writes', () => {
  it.each([1, 4, 1000, 100_003])('%i bytes', (length) => {
    const bytes = randomBytes(length, length)
    const file = mustRun('xz', ['-c', '--check=crc64'], { input: bytes })
    // Behind the block: the index, as long as the footer says, and the footer.
    const indexSize = (file.readUInt32LE(file.length - 8) + 1) * 4
    expect(crc64Of(bytes)).toBe(file.readBigUInt64LE(file.length - 12 - indexSize - 8))
  })
})
