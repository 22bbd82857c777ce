import { describe, expect, it } from 'vitest'
import { COMMAND_NAMES, COMMANDS } from '../../src/cli/commands.ts'
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
  ['tree', 'mini.iso', 'nix-2.31.2'],
  ['duplicates', 'mini.iso', '-n', '0'],
  ['refs', 'mini.iso', 'system-path'],
  ['referrers', 'mini.iso', 'glibc'],
  ['diff', 'mini.iso', 'mini-slim.iso', '-n', '0'],
  ['diff', 'mini.iso', 'mini-slim.iso', 'etc'],
  ['history', 'mini.iso', 'mini-slim.iso', 'plain.iso', 'mini.iso', '-n', '0'],
  ['check', 'mini.iso', '--max', '1MiB', '--forbid', 'perl', '--base', 'mini-slim.iso', '--max-growth', '1K'],
  ['mini.iso', 'mini-slim.iso', 'plain.iso'],
  // Their names are longer than a narrow screen has room for.
  ['mini.iso', '../images/../images/../images/mini.iso', `${'./'.repeat(30)}mini-slim.iso`],
  ['mini.iso', '-v', '-n', '20'],
]
const textLines = COMMAND_LINES.filter(([, ...args]) => !args.includes('ndjson')).map(([, ...args]) => args)

describe('lines fit the terminal', () => {
  it.each([...textLines, ...OTHERS].map((args) => [args.join(' '), args] as const))('%s', (_, args) => {
    // What fits there fits wherever there is more room.
    const { stdout } = isoscopeAt(60, 24, args)
    const lines = stdout.toString().trimEnd().split('\n')
    expect(lines.filter((line) => line.length > 60)).toEqual([])
  })
})

describe('help', () => {
  it.each(COMMAND_NAMES)('of %s has each example whole, on one line or below what it is for', (name) => {
    const at = (columns: number): readonly string[] =>
      isoscopeAt(columns, 200, ['help', name]).stdout.toString().split('\n')
    const whole = at(80)
    const lines = whole.slice(whole.indexOf('Examples:'))
    for (const [line, what] of COMMANDS[name].examples) {
      const shown = lines.findIndex((each) => `${each.trim()}  `.startsWith(`${line}  `))
      expect([lines[shown], `${lines[shown - 1]}${lines[shown]}`].some((text) => text?.includes(what))).toBe(true)
    }
    expect(at(60).filter(({ length }) => length > 60)).toEqual([])
  })
})

describe('a terminal without a size', () => {
  it.each([['mini.iso'], ['help'], ['mini.iso', 'mini-slim.iso'], ['--parser-limits']])(
    'has 80 columns: %s',
    (...args) => {
      const of = (columns: number): string => isoscopeAt(columns, 0, args).stdout.toString()
      expect(of(0)).toBe(of(80))
      expect(of(0)).not.toBe('')
    },
  )
})

describe('cat to a terminal', () => {
  it('writes text, and refuses anything else', () => {
    expect(isoscopeAt(80, 24, ['cat', 'mini.iso', '/version.txt'])).toMatchObject({ code: 0 })
    expect(isoscopeAt(80, 24, ['cat', 'mini.iso', '/isolinux/reboot.c32'])).toEqual({
      code: 2,
      stdout: Buffer.alloc(0),
      stderr:
        'isoscope: mini.iso: /isolinux/reboot.c32 is not text, so it is not written to a terminal: add > FILE, or use extract\n',
    })
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
