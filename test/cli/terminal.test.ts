import { describe, expect, it } from 'vitest'
import { COMMAND_LINES } from './command-lines.ts'
import { isoscopeAt } from './run.ts'

/** More command lines that print text for people. */
const OTHERS: readonly (readonly string[])[] = [
  ['--help'],
  ['help', 'completion'],
  ['help', 'cache'],
  ['cuts', 'mini.iso'],
  ['without', 'mini.iso', 'perl'],
  ['without', 'mini.iso', 'system-path -> nix-2.31.2'],
  ['tree', 'mini.iso', '-d', '5', '-n', '0'],
  ['duplicates', 'mini.iso', '-n', '0'],
  ['refs', 'mini.iso', 'system-path'],
  ['referrers', 'mini.iso', 'glibc'],
  ['diff', 'mini.iso', 'mini-slim.iso', '-n', '0'],
  ['diff', 'mini.iso', 'mini-slim.iso', 'etc'],
  ['check', 'mini.iso', '--max', '1MiB', '--forbid', 'perl', '--base', 'mini-slim.iso', '--max-growth', '1K'],
  ['mini.iso', 'mini-slim.iso', 'plain.iso'],
  ['mini.iso', '-v', '-n', '20'],
]
/** Paths that people copy, a line each: these are not for a table. */
const PATHS: readonly string[] = ['ls-mini-boot.txt', 'ls-mini-find.txt', 'extract-mini-list.txt']
const textLines = COMMAND_LINES.filter(([name, ...args]) => !args.includes('ndjson') && !PATHS.includes(name)).map(
  ([, ...args]) => args,
)

describe('lines fit the terminal', () => {
  it.each([...textLines, ...OTHERS].map((args) => [args.join(' '), args] as const))('%s', (_, args) => {
    // What fits there fits wherever there is more room.
    const { stdout } = isoscopeAt(60, 24, args)
    const lines = stdout.toString().trimEnd().split('\n')
    expect(lines.filter((line) => line.length > 60)).toEqual([])
  })
})

describe('a report on a terminal', () => {
  const linesAt = (columns: number, rows: number, ...args: string[]): readonly string[] =>
    isoscopeAt(columns, rows, ['mini.iso', ...args])
      .stdout.toString()
      .trimEnd()
      .split('\n')

  it.each([
    [60, 22],
    [80, 24],
    [80, 33],
    [120, 40],
    [200, 70],
  ])('of %i columns and %i rows leaves one row for the prompt, and uses what else there is', (columns, rows) => {
    const lines = linesAt(columns, rows)
    expect(lines.length).toBeLessThan(rows)
    // Whatever is left out has no room.
    if (lines.some((line) => /-n (0|20) shows/.test(line))) expect(lines.length).toBeGreaterThan(rows - 7)
    const own = lines.slice(lines.findIndex((line) => line.startsWith('Largest')) + 2)
    expect(own.find((line) => line.endsWith('total'))).toMatch(/^ *2\.0 MiB/)
  })

  it('says how to get the rest, and -n shows it', () => {
    const lines = linesAt(80, 24)
    expect(lines.at(-1)).toMatch(/^-n 0 shows all, -n 20 shows \d more sections$/)
    expect(linesAt(80, 24, '-n', '20').length).toBeGreaterThan(40)
  })
})
