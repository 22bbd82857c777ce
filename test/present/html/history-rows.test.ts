import { describe, expect, it } from 'vitest'
import { historyTable } from '../../../src/present/html/page/history-rows.ts'
import type { PageHistory, PageHistoryImage } from '../../../src/present/html/page-data.ts'

const image = (name: string, size: number, more: Partial<PageHistoryImage> = {}): PageHistoryImage => ({
  ...{ name, size, owners: 1, came: 0, went: 0, facts: [], isWhole: true, causes: [], changes: [] },
  rest: { changes: 0, delta: 0 },
  ...more,
})

const change = { name: 'perl', change: 'grew', word: 'rebuilt', reason: '', before: 10, after: 40 } as const

function historyOf(images: readonly PageHistoryImage[]): PageHistory {
  const lines = [{ name: 'perl', isRest: false, own: images.map(({ size }) => size) }]
  return { name: 'a', order: 'as given', noun: ['store path', 'store paths'], images, lines, linesOf: 'packages' }
}

describe('the changes of a step', () => {
  it.each([
    [1, -25, '[1 more change]'],
    [1200, 7, '[1,200 more changes]'],
  ])('add up to it, with one row for %i more', (changes, delta, name) => {
    const step = image('b', 100 + 30 + delta, { changes: [change], rest: { changes, delta } })
    const { rows } = historyTable(historyOf([image('a', 100), step]), 'changes', 1)
    expect(rows.map((row) => row.name)).toEqual(['perl', name])
    expect(rows.reduce((sum, row) => sum + row.change!.after - row.change!.before, 0)).toBe(30 + delta)
    expect(rows.every((row) => row.change!.before >= 0 && row.change!.after >= 0)).toBe(true)
  })

  it('have no such row if all are there', () => {
    const { rows } = historyTable(historyOf([image('a', 100), image('b', 130, { changes: [change] })]), 'changes', 1)
    expect(rows.map((row) => row.name)).toEqual(['perl'])
  })
})

it('sorts images by their steps, of which the first one has none', () => {
  const { columns, rows } = historyTable(historyOf([image('a', 100), image('b', 40), image('c', 90)]), 'images', 0)
  const steps = columns.find(({ id }) => id === 'change')!
  expect(rows.map((row) => steps.sort!(row))).toEqual([0, -60, 50])
})
