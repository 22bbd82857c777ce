import { describe, expect, it } from 'vitest'
import { copyBytes, copyMatch } from '../../../parsers/codecs/copy-match.ts'
import { sameBytes } from './guarded.ts'
import { randomBytes } from './samples.ts'

const GUARD = 16
const GUARD_BYTE = 0xa5
const LENGTHS = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 63, 255, 256, 257, 600]

/** An output of `length` random bytes, inside a buffer that has other bytes around it. */
function guardedOutput(length: number) {
  const buffer = new Uint8Array(GUARD + length + GUARD).fill(GUARD_BYTE)
  const output = buffer.subarray(GUARD, GUARD + length)
  output.set(randomBytes(length))
  const view = new DataView(buffer.buffer, GUARD, length)
  const around = () => [...buffer.subarray(0, GUARD), ...buffer.subarray(GUARD + length)]
  return { output, view, isUntouched: () => around().every((byte) => byte === GUARD_BYTE) }
}

describe('copyMatch', () => {
  it('copies as byte by byte, and changes nothing before the match or outside the output', () => {
    for (const distance of [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 255, 256, 700]) {
      for (const length of LENGTHS) {
        for (const room of [0, 1, 7, 8, 9, 40]) {
          const position = 700
          const { output, view, isUntouched } = guardedOutput(position + length + room)
          const expected = output.slice(0, position + length)
          for (let to = position; to < position + length; to++) expected[to] = expected[to - distance]!
          copyMatch(output, view, position, distance, length)
          expect(sameBytes(output.subarray(0, position + length), expected)).toBe(true)
          expect(isUntouched()).toBe(true)
        }
      }
    }
  })
})

describe('copyBytes', () => {
  it('copies from any part of a source, to the very end of both', () => {
    for (const length of LENGTHS) {
      for (const [room, more] of [
        [0, 0],
        [0, 20],
        [20, 0],
        [7, 7],
        [8, 8],
        [20, 20],
      ] as const) {
        const source = randomBytes(5 + length + more)
        const position = 3
        const { output, view, isUntouched } = guardedOutput(position + length + room)
        const expected = output.slice(0, position + length)
        expected.set(source.subarray(5, 5 + length), position)
        const sourceView = new DataView(source.buffer, source.byteOffset, source.byteLength)
        copyBytes(output, view, position, position + length, sourceView, 5)
        expect(sameBytes(output.subarray(0, position + length), expected)).toBe(true)
        expect(isUntouched()).toBe(true)
      }
    }
  })
})
