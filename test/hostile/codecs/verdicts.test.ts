import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { differences } from '../../../fuzz/verdicts.js'
import { bytesOf, contentOf, damageCases, FOLDER } from '../../parsers/codecs/damage-cases.ts'
import { inWasm } from '../../parsers/codecs/every-decoder.ts'
import { Verdicts } from '../../parsers/codecs/verdicts.ts'

describe.each(inWasm)('$name, beside the decoder in TypeScript', (tested) => {
  const folder = `seeds/${tested.seeds}`
  const verdicts = new Verdicts(tested)

  it.each(readdirSync(FOLDER + folder).sort())(
    'accepts and refuses the same: %s of every length, in any room, with flipped bits',
    (seed) => {
      const stream = bytesOf(`${folder}/${seed}`)
      const { length: size } = contentOf(seed)
      for (let length = 0; length <= stream.length; length += 1) {
        verdicts.compare(stream.subarray(0, length), size, `the first ${length} bytes of ${seed}`)
      }
      const damaged = Uint8Array.from(stream)
      for (let room = 0; room < size + 70; room += 1 + (size >> 6)) {
        verdicts.compare(stream, room, seed)
        // Properties of LZMA that only TypeScript reads: no other damage gives them and fills the room.
        if (tested.seeds !== 'lzma') continue
        damaged[0] = 8
        verdicts.compare(damaged, room, `${seed} with other properties`)
        damaged[0] = stream[0]!
      }
      // Every bit of headers, and some of each byte of the rest.
      for (let bit = 0; bit < stream.length * 8; bit += bit < 1000 ? 1 : stream.length < 1000 ? 3 : 11) {
        damaged[bit >> 3]! ^= 1 << (bit & 7)
        verdicts.compare(damaged, size, `${seed}, bit ${bit}`)
        damaged[bit >> 3] = stream[bit >> 3]!
      }
    },
  )

  it.each(damageCases[tested.seeds]!.small)(
    'accepts and refuses the same: a ninth of the other values of every byte of %s',
    (seed) => {
      const stream = bytesOf(`${folder}/${seed}`)
      const { length: size } = contentOf(seed)
      const damaged = Uint8Array.from(stream)
      for (let offset = 0; offset < stream.length; offset += 1) {
        for (let change = 1 + (offset % 9); change < 256; change += 9) {
          damaged[offset] = stream[offset]! ^ change
          verdicts.compare(damaged, size, `${seed}, byte ${offset} changed by ${change}`)
        }
        damaged[offset] = stream[offset]!
      }
    },
  )

  it('differs as the table says, in all of these ways', () => {
    expect(verdicts.compared).toBeGreaterThan(10_000)
    const possible = Object.entries(differences[tested.seeds]!).flatMap(([code, others]) =>
      others.map((other) => `${code}, ${other}`),
    )
    expect([...verdicts.differences].sort()).toEqual(possible.sort())
  })
})
