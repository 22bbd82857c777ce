import fc from 'fast-check'
import { expect, it } from 'vitest'
import { apportion } from '../../src/ledger/apportion.ts'

it('gives whole bytes that add up to the total, each within one of the exact share', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 1 << 20 }), { minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), weights, (total, parts) => {
      const sum = parts.reduce((a, b) => a + b, 0)
      fc.pre(sum > 0)
      const shares = apportion(total, parts)
      expect(shares.reduce((a, b) => a + b, 0)).toBe(total)
      for (const [index, share] of shares.entries()) {
        expect(Number.isInteger(share)).toBe(true)
        expect(Math.abs(share - (total * parts[index]!) / sum)).toBeLessThan(1)
      }
    }),
  )
})

it('gives what is left to the largest remainders, the first of equal ones', () => {
  expect(apportion(10, [1, 1, 1])).toEqual([4, 3, 3])
  expect(apportion(7, [5, 3, 2])).toEqual([4, 2, 1])
  expect(apportion(1, [1, 2, 2])).toEqual([0, 1, 0])
  expect(apportion(0, [1, 2])).toEqual([0, 0])
})

it('gives the same as by sorting all remainders', () => {
  /** The definition, without care for time. */
  const bySorting = (total: number, weights: readonly number[]): number[] => {
    const sum = weights.reduce((a, b) => a + b, 0)
    const exact = weights.map((weight) => (total * weight) / sum)
    const shares = exact.map(Math.floor)
    const order = [...weights.keys()].sort((a, b) => exact[b]! - shares[b]! - (exact[a]! - shares[a]!) || a - b)
    let left = total - shares.reduce((a, b) => a + b, 0)
    for (let next = 0; left > 0; left -= 1, next = (next + 1) % order.length) shares[order[next]!]! += 1
    return shares
  }
  const weights = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5000 }), weights, (total, parts) => {
      fc.pre(parts.some((part) => part > 0))
      expect(apportion(total, parts)).toEqual(bySorting(total, parts))
    }),
  )
})
