import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FormatError } from '../../../parsers/index.ts'
import { bytesOf, contentOf, damageCases, FOLDER } from '../../parsers/codecs/damage-cases.ts'
import { endsOfPrefixes, everyDecoder } from '../../parsers/codecs/every-decoder.ts'
import { decompressAlone, decompressed, sameBytes } from '../../parsers/codecs/guarded.ts'

describe.each(everyDecoder)('$name that is given damage', (tested) => {
  const { name, seeds: codec, decompress } = tested
  const { small, isChecked } = damageCases[codec]!
  const prefix = endsOfPrefixes(tested)
  // These take many times as long to start: they get fewer.
  const isStream = name.endsWith('-stream')
  const step = isStream ? 7 : 1

  // What has several frames, or padding, has prefixes that are whole.
  const seeds = readdirSync(`${FOLDER}seeds/${codec}`).filter((seed) => !/\.(frames|padded)$/.test(seed))

  it.each(seeds.sort())(
    `is refused, or read as a beginning: ${isStream ? 'prefixes' : 'every prefix'} of %s`,
    (seed) => {
      const content = contentOf(seed)
      const stream = bytesOf(`seeds/${codec}/${seed}`)
      const codes = new Set<string>()
      for (let length = 0; length < stream.length; length += step) {
        const result = decompressAlone(decompress, stream.subarray(0, length), content.length)
        if (result instanceof FormatError) codes.add(result.code)
        else {
          codes.add('the beginning')
          if (!sameBytes(result, content.subarray(0, result.length))) throw new Error(`wrong bytes at ${length}`)
        }
      }
      expect(prefix).toEqual(expect.arrayContaining([...codes]))
    },
  )

  it.each(isStream ? small.slice(-1) : small)(
    `is refused, or read safely: ${isStream ? 'other values' : 'every second value'} of every byte of %s`,
    (seed) => {
      const content = contentOf(seed)
      const stream = bytesOf(`seeds/${codec}/${seed}`)
      const damaged = Uint8Array.from(stream)
      for (let offset = 0; offset < stream.length; offset++) {
        for (let change = 1 + (offset % 2); change < 256; change += isStream ? step : 2) {
          damaged[offset] = stream[offset]! ^ change
          const result = decompressAlone(decompress, damaged, content.length)
          if (isChecked(seed) && !(result instanceof FormatError) && !sameBytes(result, content)) {
            throw new Error(`byte ${offset} changed by ${change} gives wrong bytes`)
          }
        }
        damaged[offset] = stream[offset]!
      }
      // Nothing of what went wrong is left in the decoder.
      expect(sameBytes(decompressed(decompress, stream, content.length), content)).toBe(true)
    },
  )
})
