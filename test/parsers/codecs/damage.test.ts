import { describe, expect, it } from 'vitest'
import { FormatError } from '../../../parsers/index.ts'
import { bytesOf, contentOf, damageCases } from './damage-cases.ts'
import { endsOfPrefixes, everyDecoder } from './every-decoder.ts'
import { decompressAlone, decompressed, sameBytes } from './guarded.ts'

/** For each decoder the smallest stream; test/hostile/codecs has all of them, and every value of every byte. */
describe.each(everyDecoder)('$name that is given damage', (tested) => {
  const { seeds: codec, decompress } = tested
  const { small, isChecked } = damageCases[codec]!
  const prefix = endsOfPrefixes(tested)
  const seed = small.at(-1)!
  const content = contentOf(seed)
  const stream = bytesOf(`seeds/${codec}/${seed}`)

  it(`is refused, or read as a beginning: every prefix of ${seed}`, () => {
    for (let length = 0; length < stream.length; length += 1) {
      const result = decompressAlone(decompress, stream.subarray(0, length), content.length)
      if (result instanceof FormatError) expect(prefix).toContain(result.code)
      else {
        expect(prefix).toContain('the beginning')
        expect(sameBytes(result, content.subarray(0, result.length))).toBe(true)
      }
    }
  })

  it(`is refused, or read safely: every flipped bit of ${seed}`, () => {
    for (let bit = 0; bit < stream.length * 8; bit += 1) {
      const damaged = Uint8Array.from(stream)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      const result = decompressAlone(decompress, damaged, content.length)
      if (isChecked(seed) && !(result instanceof FormatError)) expect(sameBytes(result, content)).toBe(true)
    }
    // Nothing of what went wrong is left in the decoder.
    expect(sameBytes(decompressed(decompress, stream, content.length), content)).toBe(true)
  })
})
