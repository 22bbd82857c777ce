import fc from 'fast-check'
import type { LzmaProperties } from '../../../../parsers/codecs/lzma/properties.ts'
import type { LzmaSymbol } from './encoder.ts'

/** Any properties, lc + lp up to 12. */
export const anyProperties: fc.Arbitrary<LzmaProperties> = fc.record({
  literalContextBits: fc.nat(8),
  literalPositionBits: fc.nat(4),
  positionBits: fc.nat(4),
})

/** Properties that LZMA2 and the xz tool allow. */
export const usualProperties: fc.Arbitrary<LzmaProperties> = anyProperties.filter(
  ({ literalContextBits, literalPositionBits }) => literalContextBits + literalPositionBits <= 4,
)

const length = fc.oneof(fc.integer({ min: 2, max: 17 }), fc.integer({ min: 2, max: 273 }))
const byte = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 65, 255))

/** Symbols of every kind that make sense one behind the other: distances lie inside what is there. */
export const someSymbols: fc.Arbitrary<LzmaSymbol[]> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('literal' as const), byte }) },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('match' as const),
          reach: fc.double({ min: 0, max: 1, noNaN: true }),
          length,
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('rep' as const), which: fc.nat(3), length }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('short rep' as const) }) },
    ),
    { maxLength: 300, size: 'max' },
  )
  .map((wishes) => {
    let written = 0
    return wishes.map((wish): LzmaSymbol => {
      // Before the first match the last four distances are 1, so one byte must be there.
      if (written === 0 && wish.kind !== 'literal') {
        written++
        return { kind: 'literal', byte: 7 }
      }
      if (wish.kind === 'literal' || wish.kind === 'short rep') {
        written++
        return wish
      }
      const room = written
      written += wish.length
      if (wish.kind === 'rep') return wish
      // Near and far, evenly on a logarithmic scale.
      return { kind: 'match', distance: Math.max(1, Math.floor(room ** wish.reach)), length: wish.length }
    })
  })
