import { describe, expect, it } from 'vitest'
import { plainDecoders, portableDecoders } from '../../../parsers/codecs/decoders.ts'
import { bytesOf, contentOf, damageCases } from './damage-cases.ts'
import { inWasm } from './every-decoder.ts'
import { decompressAlone } from './guarded.ts'
import { Verdicts } from './verdicts.ts'

/** For each decoder the smallest stream, and some of its damage; test/hostile/codecs has all of them, and every bit and length. */
describe.each(inWasm)('$name, beside the decoder in TypeScript', (tested) => {
  const seed = damageCases[tested.seeds]!.small.at(-1)!
  const content = contentOf(seed)
  const stream = bytesOf(`seeds/${tested.seeds}/${seed}`)

  it('accepts and refuses the same, with bits flipped, cut short, and in any room', () => {
    const verdicts = new Verdicts(tested)
    for (let bit = 0; bit < stream.length * 8; bit += 5) {
      const damaged = Uint8Array.from(stream)
      damaged[bit >> 3]! ^= 1 << (bit & 7)
      verdicts.compare(damaged, content.length, `bit ${bit}`)
    }
    for (let length = 0; length <= stream.length; length += 3) {
      verdicts.compare(stream.subarray(0, length), content.length, `the first ${length} bytes`)
    }
    for (let room = 0; room < content.length + 40; room += 1 + (content.length >> 8)) {
      verdicts.compare(stream, room, 'all bytes')
    }
    expect(verdicts.compared).toBeGreaterThan(1.9 * stream.length)
  })
})

describe.each(Object.entries(portableDecoders))('our decoder for %s', (codec, decompress) => {
  it('says of damage all that the one in TypeScript says', () => {
    const seed = damageCases[codec]!.small.at(-1)!
    const stream = bytesOf(`seeds/${codec}/${seed}`)
    const room = contentOf(seed).length
    for (let offset = 0; offset < stream.length; offset += 1) {
      const damaged = Uint8Array.from(stream)
      damaged[offset]! ^= 0x55
      for (const input of [damaged, stream.subarray(0, offset)]) {
        const expected = decompressAlone(plainDecoders[codec as keyof typeof plainDecoders], input, room)
        expect(decompressAlone(decompress, input, room)).toEqual(expected)
      }
    }
  })
})
