import fc from 'fast-check'
import { expect } from 'vitest'
import type { CodecName } from '../../../parsers/codecs/codec.ts'
import { plainDecoders } from '../../../parsers/codecs/decoders.ts'
import { decompressed, sameBytes } from './guarded.ts'
import { machineCode } from './samples.ts'

/** A tool is started for each, so there are few, of many parts each. */
export const RUNS = 3
export const code = machineCode(60_000)

/** NaNs, -0, a subnormal number: what a copy as a number of 64 bits might change. */
export const numbers = fc
  .constantFrom('7ff0000000000001', 'fff8000000000000', 'ffffffffffffffff', '8000000000000000', '0100000000000000')
  .map((hex) => Buffer.from(hex, 'hex'))

/** What compressors find something in: text, code, noise, runs, and what was there before, near and far. */
export const contents: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 700, size: 'max' }),
      fc.tuple(fc.nat(255), fc.nat(9000)).map(([byte, length]) => new Uint8Array(length).fill(byte)),
      fc.tuple(fc.nat(50_000), fc.nat(9000)).map(([start, length]) => code.subarray(start, start + length)),
      fc.array(numbers, { maxLength: 90, size: 'max' }).map((parts) => Buffer.concat(parts)),
      fc.lorem({ maxCount: 60 }).map((text) => Buffer.from(text)),
      fc.record({ back: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(6000) }),
    ),
    { maxLength: 25, size: 'max' },
  )
  .map((parts) => {
    let bytes = Buffer.alloc(0)
    for (const part of parts) {
      const start = 'back' in part ? Math.floor(bytes.length * part.back) : 0
      bytes = Buffer.concat([bytes, 'back' in part ? bytes.subarray(start, start + part.length) : part])
    }
    return bytes
  })

/** Reads what `encode` makes, in TypeScript and in WebAssembly, in room that is exact and ample. @param encode streams, each with what it stands for */
export function expectRoundTrip(
  codec: CodecName,
  encode: (content: Uint8Array) => readonly { stream: Uint8Array; content: Uint8Array }[],
  numRuns = RUNS,
): void {
  const decompress = plainDecoders[codec]
  fc.assert(
    fc.property(contents, fc.nat(20), (bytes, more) => {
      for (const { stream, content } of encode(bytes)) {
        for (const room of [content.length, content.length + more]) {
          expect(sameBytes(decompressed(decompress, stream, room), content)).toBe(true)
        }
      }
    }),
    { numRuns },
  )
}
