import { describe, expect, it } from 'vitest'
import { diff } from '../../src/analyses/diff.ts'
import type { HistoryGrouping } from '../../src/analyses/grouping.ts'
import { startHistory } from '../../src/analyses/history.ts'
import { report } from '../../src/analyses/report.ts'
import { packageGroups, regionGroups } from '../../src/analyses/report-groups.ts'
import { rowsBeside } from '../../src/analyses/report-rows.ts'
import { causesOf } from '../../src/analyses/step-causes.ts'
import { type Inventory, takeInventory } from '../../src/inventory/take-inventory.ts'
import { packageOf } from '../../src/owners/names.ts'
import { IMAGES } from '../cli/run.ts'
import { basePath, syntheticSide } from './synthetic-side.ts'

const GIVEN = { by: 'given', places: [] } as const

function historyOf(inventories: readonly Inventory[], by?: HistoryGrouping, most = 0) {
  const taker = startHistory(by, most)
  for (const [at, inventory] of inventories.entries()) taker.add(`${at}.iso`, inventories[at - 1], inventory, true)
  return taker.history(GIVEN)
}

const mini = await takeInventory(`${IMAGES}mini.iso`, { files: true, outside: true })
const slim = await takeInventory(`${IMAGES}mini-slim.iso`, { files: true, outside: true })
const plain = await takeInventory(`${IMAGES}plain.iso`, { files: true, outside: true })

const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0)

describe('a history', () => {
  it.each([undefined, 'path', 'package', 'region'] as const)('has the rows of diff for each step: by %s', (by) => {
    const { images } = historyOf([mini, slim, mini], by)
    expect(images.map(({ step }) => step?.delta)).toEqual([undefined, -1_048_576, 1_048_576])
    for (const [at, [before, after]] of [
      [mini, slim],
      [slim, mini],
    ].entries()) {
      const { rows, counts } = diff(before!, after!, by ?? 'path')
      const { changes, rest, counts: counted } = images[at + 1]!.step!
      // What came in may have an option besides.
      expect(changes.map(({ option: _, ...row }) => row)).toEqual(rows)
      expect(counted).toEqual(counts)
      expect(rest).toEqual({ rows: 0, delta: 0, unpackedDelta: 0 })
    }
  })

  it('keeps the largest changes only, and the sum of the others', () => {
    const { step } = historyOf([mini, slim], undefined, 4).images[1]!
    const { rows } = diff(mini, slim, 'path')
    expect(step!.changes).toEqual(rows.slice(0, 4))
    expect(step!.rest.rows).toBe(rows.length - 4)
    expect(sum(step!.changes.map(({ delta }) => delta)) + step!.rest.delta).toBe(step!.delta)
  })

  it.each([
    ['package', [mini, slim, plain, mini]],
    ['region', [mini, plain, slim]],
  ] as const)('has lines that add up to each image: by %s', (by, inventories) => {
    const { lines, images } = historyOf(inventories, by)
    for (const [at, { summary }] of images.entries()) {
      expect(sum(lines.map((line) => line.sizes()[at]!))).toBe(summary.size)
    }
    expect(lines.every((line) => line.most === Math.max(...line.sizes()))).toBe(true)
  })

  it('has the sizes of packages and regions that a report has', () => {
    const whole = report(mini)
    const packages = historyOf([slim, mini], 'package').lines.filter((line) => line.kind === 'package')
    const rows = packageGroups(whole)
      .rows(0)
      .map(({ key, name, own }) => `${key === undefined ? name : packageOf(key).name} ${own}`)
    const inMini = packages.flatMap((line) => (line.sizes()[1] === 0 ? [] : `${line.name} ${line.sizes()[1]}`))
    expect(inMini.sort()).toEqual(rows.filter((row) => !row.endsWith(' 0')).sort())
    const beside = historyOf([mini], 'package').lines.filter((line) => line.kind === 'region')
    expect(sum(beside.map((line) => line.sizes()[0]!))).toBe(
      sum([...rowsBeside(whole, 'package')].map(({ own }) => own)),
    )
    const regions = historyOf([mini], 'region').lines.map((line) => [line.name, line.sizes()[0]])
    expect(regions.sort()).toEqual(
      regionGroups(whole)
        .rows(0)
        .map(({ name, own }) => [name, own])
        .sort(),
    )
  })

  it('has lines of regions where no image has an owner', () => {
    expect(historyOf([plain, plain]).lines.every(({ kind, isRest }) => kind === 'region' && !isRest)).toBe(true)
  })

  it('sorts lines by how far they went, and knows what comes back', () => {
    const side = (...paths: readonly (readonly [name: string, own: number])[]): Inventory =>
      syntheticSide({ paths: paths.map(([name, own], at) => ({ base: basePath(at + 1, name), own })) })
    const { lines } = historyOf([
      side(['steady-1', 900], ['comes-1', 10]),
      side(['steady-2', 900]),
      side(['steady-2', 905], ['comes-2', 400], ['late-1', 7]),
    ])
    expect(lines.map((line) => [line.name, line.sizes(), line.most])).toEqual([
      ['comes', [10, 0, 400], 400],
      ['late', [0, 0, 7], 7],
      ['steady', [900, 900, 905], 905],
    ])
  })

  it('is not complete where an image or a comparison is not', () => {
    const taker = startHistory(undefined, 0)
    const cut = syntheticSide({ paths: [], complete: false })
    taker.add('a', undefined, mini, true)
    taker.add('b', mini, slim, false)
    taker.add('c', slim, cut, true)
    taker.add('d', cut, mini, true)
    expect(taker.history(GIVEN).images.map(({ complete }) => complete)).toEqual([true, false, false, false])
  })
})

describe('the causes of a step', () => {
  it('are the references that went, with all that only they led to', () => {
    const { step } = historyOf([mini, slim]).images[1]!
    const causes = causesOf(step!.changes)
    expect(sum(causes.map(({ delta }) => delta))).toBe(step!.delta)
    expect(sum(causes.map(({ changes }) => changes.length))).toBe(
      step!.changes.filter(({ delta, lost }) => delta !== 0 || lost !== undefined).length,
    )
    const [image, unit, manual] = causes
    expect(image!.changes.map(({ name }) => name)).toEqual(['[ISO9660]'])
    // The unit is small, and what it needs is large: it stands first, and the rest is by size.
    expect(unit!.changes.map(({ name }) => name).slice(0, 3)).toEqual([
      'unit-register-nix-paths.service',
      ...['boost', 'nix-store'],
    ])
    for (const { changes } of [unit!, manual!]) {
      expect(new Set(changes.map(({ lost }) => `${lost!.from} ${lost!.to}`)).size).toBe(1)
      expect(changes[0].oldPath).toBe(changes[0].lost!.to)
      const others = changes.slice(1).map(({ delta }) => Math.abs(delta))
      expect(others).toEqual([...others].sort((a, b) => b - a))
    }
  })

  it('are the references that came, the other way round', () => {
    const gone = causesOf(historyOf([mini, slim]).images[1]!.step!.changes)
    const came = causesOf(historyOf([slim, mini]).images[1]!.step!.changes)
    const tell = (causes: typeof came, sign: 1 | -1): readonly string[] =>
      causes
        .filter(({ changes }) => changes.length > 1)
        .map(({ changes, delta }) => `${changes[0].name} ${changes.length} ${sign * delta}`)
    expect(tell(came, 1)).toEqual(tell(gone, -1))
    expect(tell(came, 1).length).toBeGreaterThan(0)
  })
})
