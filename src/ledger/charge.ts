import { apportion } from './apportion.ts'
import type { SizeLedger } from './settle.ts'

/**
 * Charges the ledger of an image to the bytes that the image takes in another, where it is stored compressed or has its
 * bytes in common with others. Each account has its part by largest remainder, so that the sum is exactly `stored`.
 * Compressed bytes cost what all bytes of the image cost on average: what packs better than the rest is charged too much.
 * @param stored bytes the image takes
 */
export function charge(ledger: SizeLedger, stored: number): SizeLedger {
  const { own, shared, remainders, warnings } = ledger
  const weights = [...own, ...remainders.map((remainder) => remainder.own)]
  const size = weights.reduce((sum, bytes) => sum + bytes, 0)
  if (stored === size) return ledger
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
    // Their bytes are nowhere in the file as they are.
    remainders: remainders.flatMap(({ places: _, morePlaces: __, ...remainder }, index) => {
      const bytes = charged[own.length + index]!
      return bytes === 0 ? [] : { ...remainder, own: bytes }
    }),
    warnings,
  }
}
