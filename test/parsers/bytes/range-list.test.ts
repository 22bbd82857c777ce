import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RangeList } from '../../../parsers/bytes/range-list.ts'

describe('RangeList', () => {
  it('agrees with a bitmap of the same ranges', () => {
    const ranges = fc.array(fc.tuple(fc.nat(60), fc.nat(12)), { maxLength: 20 })
    fc.assert(
      fc.property(ranges, fc.nat(60), fc.integer({ min: 1, max: 8 }), (parts, start, length) => {
        const list = new RangeList()
        const bitmap = Array<boolean>(80).fill(false)
        for (const [from, count] of parts) {
          list.add(from, count)
          bitmap.fill(true, from, from + count)
          // Asked in between, so that it merges more than once.
          if (count % 4 === 0) expect(list.covers(from, Math.max(count, 1))).toBe(count > 0 || bitmap[from])
        }
        expect(list.covers(start, length)).toBe(bitmap.slice(start, start + length).every((bit) => bit))
        const covered = [...list.ranges()]
        expect(bitmap.map((_, at) => covered.some(([one, end]) => at >= one && at < end))).toEqual(bitmap)
        const free = [...list.gaps(70)]
        expect(bitmap.slice(0, 70).map((_, at) => !free.some(([one, end]) => at >= one && at < end))).toEqual(
          bitmap.slice(0, 70),
        )
        for (const [index, [one]] of covered.entries()) expect(one).toBeGreaterThan(covered[index - 1]?.[1] ?? -1)
        expect(list.nextStart(start, 99)).toBe(covered.find(([one]) => one >= start)?.[0] ?? 99)
      }),
    )
  })
})
