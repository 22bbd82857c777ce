import fc from 'fast-check'
import { expect, it } from 'vitest'
import { utcTime } from '../../../parsers/bytes/utc-time.ts'

/** Seconds of the first and last moment of a Date: ECMA-262, Time Values and Time Range. */
const END = 8_640_000_000_000

it('is what toISOString gives, from the first year of a Date to the last', () => {
  const isEqual = (seconds: number): void => {
    expect(utcTime(seconds)).toBe(new Date(seconds * 1000).toISOString())
  }
  const [yearBefore0, year0, leapDay] = [-62_167_219_201, -62_167_219_200, 951_782_400]
  const [year9999, year10000] = [253_402_300_799, 253_402_300_800]
  for (const seconds of [-END, yearBefore0, year0, -1, 0, leapDay, year9999, year10000, END]) isEqual(seconds)
  fc.assert(fc.property(fc.integer({ min: -END, max: END }), isEqual))
  fc.assert(fc.property(fc.double({ min: 0, max: 2 ** 32, noNaN: true }), isEqual))
})

it('is undefined outside the range of a Date', () => {
  for (const second of [END + 1, -END - 1, Number.MAX_SAFE_INTEGER, Number.NaN]) expect(utcTime(second)).toBeUndefined()
})
