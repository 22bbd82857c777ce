import { describe, expect, it } from 'vitest'
import { sparkline } from '../../../src/present/text/sparkline.ts'

const drawn = (...numbers: readonly number[]): string => sparkline(numbers, { unicode: true })

describe('a sparkline', () => {
  it('goes from the least number to the most', () => {
    expect(drawn(1, 2, 3, 4, 5, 6, 7, 8)).toBe('▁▂▃▄▅▆▇█')
    expect(drawn(100, 101, 100)).toBe('▁█▁')
  })

  it('is at the bottom where nothing changes', () => {
    expect(drawn(5, 5, 5)).toBe('▁▁▁')
    expect(drawn(0)).toBe('▁')
    expect(drawn()).toBe('')
  })

  it('has the most of several numbers where there are too many', () => {
    const numbers = new Array<number>(1000).fill(1)
    numbers[500] = 9
    const line = drawn(...numbers)
    expect(line).toHaveLength(24)
    expect(line.replaceAll('▁', '')).toBe('█')
  })

  it('is ASCII where nothing else can be shown', () => {
    expect(sparkline([1, 5, 9], { unicode: false })).toBe('_+@')
  })
})
