import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chartLines, marksUpTo, namedSteps, spread, stacked } from '../../../src/present/html/page/history-layout.ts'
import type { PageHistoryLine } from '../../../src/present/html/page-data.ts'

const line = (name: string, own: readonly number[], isRest = false): PageHistoryLine => ({ name, own, isRest })
const sums = (lines: readonly { readonly own: readonly number[] }[]): readonly number[] =>
  lines[0]!.own.map((_, at) => lines.reduce((sum, { own }) => sum + own[at]!, 0))

describe('the lines of a chart', () => {
  const lines = [
    ...Array.from({ length: 12 }, (_, at) => line(`package-${at}`, [100 * at, 5])),
    line('[rest of the image]', [9999, 9999], true),
  ]

  it('are the largest ones, and one for all others, and add up to the files', () => {
    const shown = chartLines(lines, -1)
    expect(shown.map(({ name }) => name)).toEqual([
      '[everything else]',
      ...Array.from({ length: 8 }, (_, at) => `package-${11 - at}`),
    ])
    expect(shown.map(({ colour }) => colour)).toEqual([-1, 0, 1, 2, 3, 4, 5, 6, 7])
    expect(sums(shown)).toEqual(sums(lines))
  })

  it('have the one that the reader chose among them', () => {
    const shown = chartLines(lines, 2)
    expect(shown).toHaveLength(9)
    expect(shown.at(-1)!.name).toBe('package-2')
    expect(sums(shown)).toEqual(sums(lines))
    expect(chartLines(lines, 11)).toEqual(chartLines(lines, -1))
  })

  it('are all there if they are few', () => {
    expect(chartLines([line('one', [1]), line('two', [2])], -1).map(({ name }) => name)).toEqual(['two', 'one'])
  })

  it('stand on each other', () => {
    const bands = stacked(chartLines([line('one', [1, 2]), line('two', [30, 4])], -1))
    expect(bands.map(({ name, from, to }) => [name, from, to])).toEqual([
      ['two', [0, 0], [30, 4]],
      ['one', [30, 4], [31, 6]],
    ])
  })
})

describe('the scale of a chart', () => {
  it('has marks at whole numbers of a unit', () => {
    const MIB = 2 ** 20
    expect(marksUpTo(268 * MIB, 8).map((bytes) => bytes / MIB)).toEqual([0, 50, 100, 150, 200, 250, 300])
    expect(marksUpTo(2 * MIB, 5).map((bytes) => bytes / 1024)).toEqual([0, 500, 1000, 1500, 2000, 2500])
    expect(marksUpTo(0, 5)).toEqual([0, 1])
  })

  it('reaches the most, and has no more marks than there is room for', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 42), fc.integer({ min: 1, max: 20 }), (most, room) => {
        const marks = marksUpTo(most, room)
        return marks.at(-1)! >= most && marks.length <= Math.max(room, 1) + 2 && marks.every(Number.isSafeInteger)
      }),
    )
  })

  it('names the first and the last image, and no two closer than they may be', () => {
    expect(namedSteps(6, 7)).toEqual([0, 1, 2, 3, 4, 5])
    expect(namedSteps(6, 3)).toEqual([0, 5])
    expect(namedSteps(7, 3)).toEqual([0, 3, 6])
    expect(namedSteps(1, 5)).toEqual([0])
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 500 }), fc.integer({ min: 2, max: 20 }), (count, room) => {
        const named = namedSteps(count, room)
        const every = Math.ceil((count - 1) / (room - 1))
        const gaps = named.slice(1).map((at, before) => at - named[before]!)
        return named[0] === 0 && named.at(-1) === count - 1 && gaps.every((gap) => gap >= Math.min(every, count - 1))
      }),
    )
  })

  it('spreads labels without an overlap, as near to their places as they can be', () => {
    expect(spread([10, 50, 90], 14, 100)).toEqual([10, 50, 90])
    expect(spread([100, 100, 99], 14, 100)).toEqual([86, 100, 72])
    fc.assert(
      fc.property(fc.array(fc.nat(400), { minLength: 1, maxLength: 10 }), (wanted) => {
        const places = [...spread(wanted, 14, 400)].sort((a, b) => a - b)
        return places.at(-1)! <= 400 && places.slice(1).every((place, before) => place - places[before]! >= 14)
      }),
    )
  })
})
