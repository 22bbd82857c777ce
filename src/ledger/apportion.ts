/**
 * Splits `total` bytes over weights by largest remainder. The shares are whole and add up to exactly `total`. If two
 * remainders are equal, the earlier weight wins. At least one weight must be above 0.
 */
export function apportion(total: number, weights: readonly number[]): number[] {
  let sum = 0
  for (const weight of weights) sum += weight
  const shares: number[] = []
  const remainders: number[] = []
  let given = 0
  for (const weight of weights) {
    const exact = (total * weight) / sum
    const share = Math.floor(exact)
    shares.push(share)
    remainders.push(exact - share)
    given += share
  }
  const order = weights.map((_, index) => index).sort((a, b) => remainders[b]! - remainders[a]! || a - b)
  for (let index = 0; given < total; index = (index + 1) % order.length) {
    shares[order[index]!]! += 1
    given += 1
  }
  return shares
}
