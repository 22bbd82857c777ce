import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { areEqualBytes } from '../../../src/platform/web/equal-bytes.ts'
import { startHash } from '../../../src/platform/web/running-hash.ts'

describe('in a browser', () => {
  it.each(['sha256', 'md5'] as const)('%s is that of OpenSSL, however the bytes arrive', (algorithm) => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 200, size: 'max' }), { maxLength: 5 })
    fc.assert(
      fc.property(pieces, (given) => {
        const [ours, theirs] = [startHash(algorithm), createHash(algorithm)]
        for (const piece of given) {
          ours.update(piece)
          theirs.update(piece)
        }
        expect(ours.digest()).toBe(theirs.digest('hex'))
      }),
    )
  })

  it('bytes are equal if their length and each of them is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ max: 1, maxLength: 3 }), fc.uint8Array({ max: 1, maxLength: 3 }), (a, b) => {
        expect(areEqualBytes(a, b)).toBe(Buffer.compare(a, b) === 0)
      }),
    )
  })

  it('bytes are equal wherever they lie in memory, but for each one that differs', () => {
    const memory = new Uint8Array(32)
    const other = new Uint8Array(32)
    for (let start = 0; start < 8; start += 1) {
      for (let length = 0; length < 20; length += 1) {
        const [a, b] = [memory.subarray(start, start + length), other.subarray(start & 4, (start & 4) + length)]
        expect(areEqualBytes(a, b)).toBe(true)
        for (let at = 0; at < length; at += 1) {
          b[at] = 1
          expect([start, length, at, areEqualBytes(a, b)]).toEqual([start, length, at, false])
          b[at] = 0
        }
      }
    }
  })
})
