/**
 * Splits `total` bytes over weights by largest remainder. The shares are whole and add up to exactly `total`. If two
 * remainders are equal, the earlier weight wins. At least one weight must be above 0.
 */
export function apportion(total: number, weights: readonly number[]): number[] {
  let sum = 0
  for (let index = 0; index < weights.length; index += 1) sum += weights[index]!
  const shares: number[] = []
  const remainders = new Float64Array(weights.length)
  let left = total
  for (let index = 0; index < weights.length; index += 1) {
    const exact = (total * weights[index]!) / sum
    const share = Math.floor(exact)
    shares.push(share)
    remainders[index] = exact - share
    left -= share
  }
  giveByRemainder(left, remainders, shares)
  return shares
}

/** Adds 1 to the shares with the `left` largest remainders. If there is more left than shares, it goes round. */
function giveByRemainder(left: number, remainders: Float64Array, shares: number[]): void {
  const rest = left % shares.length
  if (left >= shares.length)
    for (let index = 0; index < shares.length; index += 1) shares[index]! += (left - rest) / shares.length
  if (rest <= 0) return
  // We need no order, only the smallest remainder that gets 1. Sorting numbers is several times faster than sorting
  // indexes with a comparison.
  const least = remainders.slice().sort()[shares.length - rest]!
  let ties = rest
  for (let index = 0; index < shares.length; index += 1) if (remainders[index]! > least) ties -= 1
  for (let index = 0; index < shares.length; index += 1) {
    const remainder = remainders[index]!
    if (remainder < least || (remainder === least && ties === 0)) continue
    if (remainder === least) ties -= 1
    shares[index]! += 1
  }
}
