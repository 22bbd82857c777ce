import { describe, expect, it } from 'vitest'
import { LIST_ORDERS } from '../../src/analyses/list-order.ts'
import { COMMAND_NAMES, COMMANDS, type CommandName } from '../../src/cli/commands.ts'
import { parseBytes } from '../../src/present/units.ts'
import { ADVISE_SORT_KEYS } from '../../src/views/advise.ts'
import { CHECK_SORT_KEYS } from '../../src/views/check.ts'
import { CUT_SORT_KEYS } from '../../src/views/cuts.ts'
import { DIFF_SORT_KEYS } from '../../src/views/diff.ts'
import { FILE_SORT_KEYS } from '../../src/views/diff-files.ts'
import { DUPLICATES_SORT_KEYS } from '../../src/views/duplicates.ts'
import { HISTORY_SORT_KEYS } from '../../src/views/history.ts'
import { OWNER_SORT_KEYS } from '../../src/views/owners.ts'
import { REFERENCE_SORT_KEYS } from '../../src/views/referring.ts'
import { TREE_SORT_KEYS } from '../../src/views/tree.ts'
import { VERIFY_SORT_KEYS } from '../../src/views/verify.ts'
import { WHY_SORT_KEYS } from '../../src/views/why.ts'
import { GONE_SORT_KEYS } from '../../src/views/without.ts'
import { isoscope } from './run.ts'

/** A command line for each command that prints a table. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  report: ['report', 'mini.iso'],
  ls: ['ls', 'mini.iso'],
  why: ['why', 'mini.iso', 'perl'],
  cuts: ['cuts', 'mini.iso'],
  without: ['without', 'mini.iso', 'perl'],
  tree: ['tree', 'mini.iso'],
  duplicates: ['duplicates', 'mini.iso'],
  advise: ['advise', 'mini.iso'],
  refs: ['refs', 'mini.iso', 'nix-2.31.2'],
  referrers: ['referrers', 'mini.iso', 'glibc'],
  diff: ['diff', 'mini.iso', 'mini-slim.iso'],
  history: ['history', 'mini.iso', 'mini-slim.iso'],
  check: ['check', 'mini.iso', '--max', '100MiB'],
  verify: ['verify', 'mini.iso'],
}

/** What the view of each command is sorted by. */
const SORT_KEYS: Readonly<Record<string, readonly string[]>> = {
  report: OWNER_SORT_KEYS,
  ls: LIST_ORDERS,
  why: WHY_SORT_KEYS,
  cuts: CUT_SORT_KEYS,
  without: GONE_SORT_KEYS,
  tree: TREE_SORT_KEYS,
  duplicates: DUPLICATES_SORT_KEYS,
  advise: ADVISE_SORT_KEYS,
  refs: REFERENCE_SORT_KEYS,
  referrers: REFERENCE_SORT_KEYS,
  diff: [...new Set([...DIFF_SORT_KEYS, ...FILE_SORT_KEYS])],
  history: HISTORY_SORT_KEYS,
  check: CHECK_SORT_KEYS,
  verify: VERIFY_SORT_KEYS,
}

function text(...args: string[]): string {
  const { code, stdout, stderr } = isoscope(args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.toString()
}

/** The lines of a table behind its heading: a size, and the name behind all sizes. */
function table(drawn: string, heading: RegExp): { readonly size: number; readonly name: string }[] {
  const lines = drawn.split('\n')
  const first = lines.findIndex((line) => heading.test(line)) + 1
  expect(first).toBeGreaterThan(0)
  const rest = lines.slice(first)
  const end = rest.findIndex((line) => !/^ *[\d,]+ /.test(line))
  return rest.slice(0, end < 0 ? rest.length : end).map((line) => {
    const [, size = '', name = ''] = /^ *([\d,]+) +(?:[\d,]+ +)*(.*)$/.exec(line)!
    return { size: parseBytes(size.replaceAll(',', ''))!, name }
  })
}

const isSorted = (some: readonly string[]): boolean => some.every((name, at) => at === 0 || some[at - 1]! <= name)
const falls = (some: readonly number[]): boolean => some.every((size, at) => at === 0 || some[at - 1]! >= size)

describe('every command that prints a table', () => {
  const printing = COMMAND_NAMES.filter((name) => 'wide' in COMMANDS[name].options)

  it('takes -n, -s and --min', () => {
    const lacking = printing.filter((name) => {
      const { top, sort, min } = COMMANDS[name].options
      return top?.alias !== 'n' || sort?.alias !== 's' || sort.choices === undefined || min === undefined
    })
    expect(lacking).toEqual([])
  })

  it.each(Object.entries(SORT_KEYS))('%s sorts by the columns of its view', (name, keys) => {
    expect(COMMANDS[name as CommandName].options['sort']!.choices).toEqual(keys)
  })

  it('has a line here', () => {
    expect(Object.keys(LINES)).toEqual(expect.arrayContaining(printing))
    expect(Object.keys(SORT_KEYS)).toEqual(Object.keys(LINES))
  })

  it.each(Object.entries(LINES))('%s says in a sentence that it does not know a column', (name, line) => {
    const { code, stdout, stderr } = isoscope([...line, '-s', 'nonsense'])
    const keys = COMMANDS[name as CommandName].options['sort']!.choices!
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe(`isoscope: -s: 'nonsense' is none of ${keys.join(', ')}\n`)
  })

  it.each(Object.entries(LINES))('%s takes each of its columns, and a size', (name, line) => {
    for (const key of COMMANDS[name as CommandName].options['sort']!.choices!) {
      // The files of one path have columns that an image has not.
      const ofFiles = name === 'diff' && !DIFF_SORT_KEYS.includes(key) ? ['system-path'] : []
      text(...line, ...ofFiles, '-s', key, '--min', '1K')
    }
    const { code, stderr } = isoscope([...line, '--min', 'much'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^isoscope: --min: 'much' is not a size; .*\n$/)
  })
})

describe('-n, -s and --min', () => {
  const GOES = /^ +OWN {2}STORE PATH$/

  it('of why hold for its tables, and not for its routes', () => {
    const line = ['why', 'mini.iso', 'nixos-system', '--bytes']
    const all = table(text(...line, '-n', '0'), GOES)
    expect(all).toHaveLength(46)
    expect(falls(all.map(({ size }) => size))).toBe(true)
    const byName = table(text(...line, '-n', '0', '-s', 'name'), GOES).map(({ name }) => name)
    expect(isSorted(byName)).toBe(true)
    expect([...byName].sort()).toEqual(all.map(({ name }) => name).sort())
    const large = table(text(...line, '--min', '50000'), GOES)
    const told = all.filter(({ size }) => size >= 50_000)
    const rest = all.reduce((sum, { size }) => sum + size, 0) - told.reduce((sum, { size }) => sum + size, 0)
    expect(large).toEqual([...told, { size: rest, name: `[${46 - told.length} more store paths] --min 0 shows all` }])
    expect(table(text(...line, '-n', '2'), GOES).slice(0, 2)).toEqual(all.slice(0, 2))
    expect(table(text(...line, '-a', '-n', '2'), GOES)).toEqual(all)

    const cuts = (...more: string[]): string => text('why', 'mini.iso', 'boost', ...more)
    const routes = cuts().split('\n\n')[1]!
    for (const more of [
      ['-n', '1'],
      ['--min', '100K'],
      ['-s', 'name'],
    ])
      expect(cuts(...more)).toContain(routes)
    expect(cuts('-n', '1')).toMatch(/\[1 more cut\] -n 0 shows all\n/)
    expect(cuts('--min', '100K')).toMatch(/≈ 350\.6 KiB(?!.*≈ 78\.5 KiB).*\[1 more cut\] --min 0 shows all\n/s)
    expect(cuts('-f', 'csv', '-n', '1')).toBe(cuts('-f', 'csv'))
  })

  it('of duplicates hold for each list, and for rows but -n', () => {
    const line = ['duplicates', 'mini.iso']
    const groups = (...more: string[]): string[] => [
      ...new Set(
        text(...line, '-f', 'csv', ...more)
          .split('\r\n')
          .slice(1, -1)
          .map((row) => row.split(',')[2]!.slice(row.split(',')[2]!.startsWith('/nix') ? 44 : 0)),
      ),
    ]
    const all = groups()
    expect(all.length).toBeGreaterThan(4)
    expect(isSorted(groups('-s', 'name').map((name) => name.replace(/^\//, '')))).toBe(true)
    expect(groups('-n', '1')).toEqual(all)
    const { paidTwice } = JSON.parse(text(...line, '--json')) as {
      readonly paidTwice: readonly { readonly places: readonly { readonly own: number }[] }[]
    }
    const wasted = paidTwice.map(({ places }) => places.slice(1).reduce((sum, { own }) => sum + own, 0))
    const large = wasted.filter((bytes) => bytes >= 20_000).length
    expect(large).toBeGreaterThan(0)
    expect(groups('--min', '20000')).toEqual(all.slice(0, large))
    const shown = (...more: string[]): string => text(...line, ...more).split('\n\n')[1]!
    expect(shown('-n', '1')).toMatch(new RegExp(`^Paid for twice.*\n.*\nand ${all.length - 1} more; -n 0 shows all$`))
    expect(shown('--min', '20000').split('\n')).toHaveLength(large + 2)
  })

  it('of tree hold below each store path', () => {
    const line = ['tree', 'mini.iso', '--bytes', '-d', '1', '-n', '0']
    const below = (...more: string[]): { readonly size: number; readonly name: string }[] =>
      table(text(...line, ...more), /^RETAINED +ITSELF +STORE PATH$/).filter(({ name }) => /^[├└]─ [^[]/.test(name))
    const all = below()
    expect(falls(all.map(({ size }) => size))).toBe(true)
    const byName = below('-s', 'name').map(({ name }) => name.slice(3))
    expect(isSorted(byName)).toBe(true)
    expect(byName).toHaveLength(all.length)
    const large = below('-s', 'name', '--min', '50000')
    expect(large.map(({ name }) => name.slice(3))).toEqual(
      byName.filter((name) => all.some((row) => row.name.slice(3) === name && row.size >= 50_000)),
    )
    // What is left out is summed up: the total stays.
    expect(text(...line, '-s', 'name', '--min', '50000')).toMatch(/ +\[\d+ more store paths\]\n/)
    const total = (drawn: string): string => /.* total of .*/.exec(drawn)![0].trim()
    expect(total(text(...line, '-s', 'itself', '--min', '50000'))).toBe(total(text(...line)))
  })

  it('of ls leave out what takes little, in every format', () => {
    interface Listed {
      readonly path: string
      readonly type: string
      readonly stored: number
      readonly below?: { readonly stored: number }
    }
    const listed = (...more: string[]): Listed[] =>
      text('ls', 'mini.iso', '-f', 'ndjson', ...more)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Listed)
    const files = listed('-R').filter(({ type, stored }) => type === 'file' && stored >= 20_000)
    expect(files.length).toBeGreaterThan(3)
    const paths = files.map(({ path }) => path)
    expect(text('ls', '-R', 'mini.iso', '--min', '20000').trimEnd().split('\n')).toEqual(paths)
    expect(listed('-R', '--min', '20000')).toEqual(files)
    expect(text('ls', '-lR', 'mini.iso', '--min', '20000').trimEnd().split('\n')).toHaveLength(files.length + 1)
    // In one directory, a directory counts as what is below it.
    const large = listed().filter(({ stored, below }) => (below?.stored ?? stored) >= 100_000)
    expect(listed('--min', '100000')).toEqual(large)
    const du = text('ls', '--du', 'mini.iso', '--min', '100000')
    expect(du).toMatch(/\[\d more\]\n/)
    for (const { path } of large) expect(du).toContain(` ${path}\n`)
  })

  it('of without hold for the rows of what goes', () => {
    const rows = (...more: string[]): { readonly path: string; readonly frees: number }[] =>
      text('without', 'mini.iso', 'system-path -> nix-manual-2.31.2', 'perl', '-f', 'csv', ...more)
        .split('\r\n')
        .filter((row) => row.startsWith('gone,'))
        .map((row) => ({ path: row.split(',')[1]!.slice(44), frees: Number(row.split(',')[3]) }))
    const all = rows()
    expect(all.length).toBeGreaterThan(1)
    expect(isSorted(rows('-s', 'name').map(({ path }) => path))).toBe(true)
    expect(rows('--min', '50000')).toEqual(all.filter(({ frees }) => frees >= 50_000))
  })
})
