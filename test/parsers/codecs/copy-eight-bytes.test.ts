import { describe, expect, it } from 'vitest'
import { copyEightBytes } from '../../../parsers/codecs/copy-eight-bytes.ts'

/** Copies the eight bytes to another place, through views that do not start at the front of their buffer. */
function copied(bytes: Uint8Array): Uint8Array {
  const source = new Uint8Array(16)
  source.set(bytes, 5)
  const target = new Uint8Array(32).fill(0xa5)
  copyEightBytes(new DataView(target.buffer, 1), 2, new DataView(source.buffer, 3), 2)
  expect(target.subarray(0, 3).every((byte) => byte === 0xa5)).toBe(true)
  expect(target.subarray(11).every((byte) => byte === 0xa5)).toBe(true)
  return target.subarray(3, 11)
}

describe('copyEightBytes', () => {
  it('keeps every bit of numbers and of what is none, before and after it is compiled', () => {
    const exponents = [0x0000, 0x8000, 0x0010, 0x3ff0, 0x7fe0, 0x7ff0, 0xfff0]
    const fractions = [0n, 1n, 0x7ffffffffffffn, 0x8000000000000n, 0x8000000000001n, 0xfffffffffffffn, 0x4deadbeef1234n]
    const bytes = new Uint8Array(8)
    const view = new DataView(bytes.buffer)
    for (let round = 0; round < 1000; round++) {
      for (const exponent of exponents) {
        for (const fraction of fractions) {
          view.setBigUint64(0, (BigInt(exponent) << 48n) | fraction, true)
          if (Buffer.compare(copied(bytes), bytes) !== 0) throw new Error(`changed ${view.getBigUint64(0, true)}`)
        }
      }
      // Any other bits, most of their upper halves a NaN's.
      view.setUint32(0, Math.imul(round, 0x9e3779b1) >>> 0, true)
      view.setUint32(4, (0xfff00000 | Math.imul(round, 0x85ebca6b)) >>> 0, true)
      if (Buffer.compare(copied(bytes), bytes) !== 0) throw new Error(`changed ${view.getBigUint64(0, true)}`)
    }
  }, 30_000)
})
