import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32, startCrc32 } from '../../../parsers/checksums/crc32.ts'
import { crc32Bzip2, startCrc32Bzip2 } from '../../../parsers/checksums/crc32-bzip2.ts'
import { crc64, startCrc64 } from '../../../parsers/checksums/crc64.ts'
import { md5, startMd5 } from '../../../parsers/checksums/md5.ts'
import type { RunningChecksum } from '../../../parsers/checksums/running-checksum.ts'
import { sha256, startSha256 } from '../../../parsers/checksums/sha256.ts'
import { startXxhash32, xxhash32 } from '../../../parsers/checksums/xxhash32.ts'
import { startXxhash64Low, xxhash64Low } from '../../../parsers/checksums/xxhash64.ts'
import { randomBytes } from '../codecs/samples.ts'

interface Algorithm {
  readonly whole: (bytes: Uint8Array, start: number, end: number) => unknown
  readonly start: () => RunningChecksum<unknown>
}

const algorithms: Readonly<Record<string, Algorithm>> = {
  crc32: { whole: crc32, start: startCrc32 },
  crc32Bzip2: { whole: crc32Bzip2, start: startCrc32Bzip2 },
  crc64: { whole: crc64, start: startCrc64 },
  md5: { whole: md5, start: startMd5 },
  sha256: { whole: sha256, start: startSha256 },
  xxhash32: { whole: xxhash32, start: startXxhash32 },
  xxhash64Low: { whole: xxhash64Low, start: startXxhash64Low },
}

describe.each(Object.entries(algorithms))('a running %s', (_, { whole, start }) => {
  const bytes = randomBytes(2000, 5)

  it('is that of all bytes, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(150), { maxLength: 20 }), (lengths) => {
        const running = start()
        let position = 0
        for (const length of lengths) {
          running.update(bytes, position, Math.min(bytes.length, position + length))
          position = Math.min(bytes.length, position + length)
        }
        expect(running.digest()).toEqual(whole(bytes, 0, position))
      }),
      { numRuns: 300 },
    )
  })

  it('goes on behind a digest, byte by byte, and keeps none of the bytes', () => {
    const running = start()
    const piece = new Uint8Array(1)
    for (let length = 0; length < 200; length++) {
      expect(running.digest()).toEqual(whole(bytes, 0, length))
      piece[0] = bytes[length]!
      running.update(piece, 0, 1)
    }
  })

  it('is one of many', () => {
    const first = start()
    const second = start()
    first.update(bytes, 0, 77)
    second.update(bytes, 100, 133)
    first.update(bytes, 77, 99)
    expect(first.digest()).toEqual(whole(bytes, 0, 99))
    expect(second.digest()).toEqual(whole(bytes, 100, 133))
  })
})
