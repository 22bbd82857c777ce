import { apportion } from './apportion.ts'
import type { SizeLedger } from './settle.ts'

/**
 * Scales the ledger of an image to the bytes that the image takes inside another. These differ if the image is stored
 * compressed or shares bytes with others. Largest remainder makes the sum exactly `stored`.
 * @param stored bytes that the image takes
 */
export function charge(ledger: SizeLedger, stored: number): SizeLedger {
  const { own, shared, remainders, warnings } = ledger
  let size = 0
  for (const bytes of own) size += bytes
  for (const remainder of remainders) size += remainder.own
  if (stored === size) return ledger
  const weights = [...own, ...remainders.map((remainder) => remainder.own)]
  const charged = apportion(stored, weights)
  return {
    own: Float64Array.from(charged.slice(0, own.length)),
    shared: shared.map(({ accounts, shares }) => {
      const parts = shares.map((share, index) => {
        const account = accounts[index]!
        return Math.floor((share * charged[account]!) / own[account]!)
      })
      return { accounts, shares: parts, bytes: parts.reduce((sum, part) => sum + part, 0) }
    }),
    // These bytes do not exist uncompressed in the file, so they have no places.
    remainders: remainders.flatMap(({ places: _, morePlaces: __, ...remainder }, index) => {
      const bytes = charged[own.length + index]!
      return bytes === 0 ? [] : { ...remainder, own: bytes }
    }),
    warnings,
  }
}
