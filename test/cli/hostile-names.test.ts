import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mustRun } from '../oracle.ts'
import { type Content, squashfsOf } from '../parsers/squashfs/writer.ts'
import { installed } from '../tools.ts'
import { BIN, isoscope } from './run.ts'

const HASHES = ['0', '1', '2'].map((digit) => digit.repeat(32))
const TOP = `${HASHES[0]}-nixos-system-x-1`
const LIB = `${HASHES[1]}-lib-1.0`
const DEV = `${HASHES[2]}-lib-1.0-dev`

/** Names as bytes: escape sequences, controls, overrides, separators, markup, formulas and what is not UTF-8. */
const NAMES = [
  '\x1b[31mred\x1b[0m',
  '\x1b]0;title\x07',
  'new\nline',
  'carriage\rreturn',
  'tab\tbell\x07back\x08',
  '\x7fdelete',
  '\xc2\x9b31mC1',
  '\xe2\x80\xaetxt.exe',
  '\xe2\x81\xa6isolate\xe2\x81\xa9',
  '\xe2\x80\xa8separator',
  '\xef\xbb\xbfmark',
  '\xff\xfe',
  '\xed\xa0\x80surrogate',
  '\xc0\xafoverlong',
  '=cmd|calc!A1',
  '"quoted", `code` | <b>',
  '../../escape',
  '%s%n$(touch x)',
]

/** Our own colours, and nothing else that starts with an escape. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what is taken out
const COLOUR = /\x1b\[[0-9;]*m/g
/** Controls but for line feeds and tabs, overrides, separators, and the sign for what is not UTF-8. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what is looked for
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffd]/

let work = ''
let image = ''
let other = ''

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-names-'))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

describe('hostile names in an image', () => {
  beforeAll(() => {
    const files: Record<string, Content> = {}
    for (const [index, name] of NAMES.entries()) {
      const safe = name.replaceAll('/', '\\')
      // What is shown of a reference: the file that holds it, and what stands around it.
      files[`${TOP}/${safe}`] = `${safe}\n/nix/store/${LIB}/${safe}\n`
      files[`${LIB}/${safe}-d/${safe}`] = { target: `/nix/store/${DEV}/${safe}` }
      files[`${DEV}/${safe}`] = 'x'.repeat(100 * index)
      files[safe] = 'outside of all store paths'
    }
    image = join(work, 'image.squashfs')
    writeFileSync(image, squashfsOf(files))
    // The same with other sizes and some names gone, to be compared with.
    for (const name of NAMES.slice(0, 9)) delete files[`${DEV}/${name}`]
    for (const name of NAMES.slice(9)) files[`${TOP}/${name.replaceAll('/', '\\')}`] = 'no more'
    other = join(work, 'other.squashfs')
    writeFileSync(other, squashfsOf(files))
  })

  const colour = '--color=always'
  const limits = ['1', 'path:/*=1', `path:/${LIB}/*=1`, 'path:/\u001b[31mrde=1', 'path:/?[[]31mred?[[]0n=1']
  const rules = ['--forbid', '*-dev', '--no-duplicates', '*', ...limits.flatMap((limit) => ['--max', limit])]
  const cases: readonly (readonly [string, () => readonly string[]])[] = [
    ['report', () => ['report', image, '-n', '0', colour]],
    ['report --json', () => ['report', image, '--json']],
    ...['csv', 'tsv', 'ndjson', 'md'].map(
      (format) => [`report -f ${format}`, () => ['report', image, '-f', format]] as const,
    ),
    ['ls', () => ['ls', image, `/${LIB}`]],
    ['ls -R', () => ['ls', '-R', image]],
    ['ls -lR', () => ['ls', '-R', '-l', image]],
    ['ls -lR with colour', () => ['ls', '-R', '-l', image, colour]],
    ['ls --du', () => ['ls', '--du', '-R', image, colour]],
    ['ls --find', () => ['ls', '--find', '*', '-s', 'name', image]],
    ['extract --list', () => ['extract', '--list', image, '/', '-o', 'out']],
    ['extract of nothing', () => ['extract', image, '\u001b]0;x\u0007\u202e*', '-o', 'out']],
    ['ls of a store path', () => ['ls', '-l', image, LIB]],
    ['ls of a name that is none', () => ['ls', image, '\u001b]0;x\u0007\u202e']],
    ['ls --find of nothing', () => ['ls', image, '--find', '\u001b]0;x\u0007\u202e']],
    ['why of a file', () => ['why', image, `${NAMES[0]}-d/${NAMES[0]}`, colour]],
    ['why of a file that several have', () => ['why', image, '*d/*', colour]],
    ['ls -R ndjson', () => ['ls', '-R', '-f', 'ndjson', image]],
    ['why', () => ['why', image, DEV, '-e', '--all', colour]],
    ['why --json', () => ['why', image, DEV, '--json', '--all']],
    ['tree', () => ['tree', image, colour]],
    ['tree --json', () => ['tree', image, '--json']],
    ['tree of a name', () => ['tree', image, DEV, colour]],
    ['duplicates', () => ['duplicates', image, '--deep', '-n', '0', colour]],
    ['duplicates --json', () => ['duplicates', image, '--deep', '--json']],
    ['refs', () => ['refs', image, TOP]],
    ['referrers', () => ['referrers', image, DEV]],
    ['diff', () => ['diff', image, other, '-n', '0', '--min', '0', colour]],
    ['diff of a path', () => ['diff', image, other, `/nix/store/${TOP}`, colour]],
    ['diff --json', () => ['diff', image, other, '--json']],
    ['diff --md', () => ['diff', image, other, '-f', 'md', '-n', '0', '--min', '0']],
    ['history', () => ['history', image, other, '-n', '0', '--min', '0', colour]],
    ['history --json', () => ['history', image, other, '--json']],
    ['history --md', () => ['history', image, other, '-f', 'md', '-n', '0', '--min', '0']],
    ...['', '-fmd', '--json'].map(
      (format) =>
        [
          `check ${format}`,
          () => ['check', image, '--base', other, ...rules, ...(format === '' ? [] : [format])],
        ] as const,
    ),
    ['export -f ncdu', () => ['export', image, '-f', 'ncdu']],
    ['export -f dot', () => ['export', image, '-f', 'dot']],
    ['export -f graphml', () => ['export', image, '-f', 'graphml']],
    ['sbom, as --json', () => ['sbom', image]],
    ['sbom -f spdx, as --json', () => ['sbom', '-f', 'spdx', image]],
    ['what is not there', () => ['cat', image, `/${LIB}/\u001b[31mnot\u202ethere`]],
    ['a path that is none', () => ['why', image, '\u001b]0;x\u0007\u202e']],
  ]

  it.each(cases)('reach the terminal as text, by %s', (title, args) => {
    const said = isoscope(args())
    expect(said.stderr).not.toContain('internal error')
    for (const bytes of [said.stdout, Buffer.from(said.stderr)]) {
      const text = bytes.toString()
      expect(Buffer.from(text).equals(bytes), 'is UTF-8').toBe(true)
      expect(UNSAFE.exec(text.replace(COLOUR, '').replaceAll('\r\n', '\n'))).toBeNull()
    }
    if (title.includes('--json')) JSON.parse(said.stdout.toString())
    if (title === 'ls -R ndjson') {
      const lines = said.stdout.toString().trimEnd().split('\n')
      const paths = lines.map((line) => {
        const { path, pathBase64 } = JSON.parse(line) as { path: string; pathBase64?: string }
        return pathBase64 === undefined ? Buffer.from(path).toString('latin1') : atob(pathBase64)
      })
      for (const name of NAMES) expect(paths).toContain(`/${DEV}/${name.replaceAll('/', '\\')}`)
    }
  })

  it.skipIf(!installed('script'))(
    'reach a terminal as text by why-depends, which in a pipe writes them as Nix does',
    () => {
      const args = ['why-depends', image, TOP, DEV, '--all', '--precise', '--quiet', colour]
      expect(isoscope(args).stdout.includes('\x1b]0;title\x07')).toBe(true)
      const command = [process.execPath, BIN, ...args].map((word) => `'${word}'`).join(' ')
      const stdout = mustRun('script', ['-qec', command, '/dev/null'], { env: { XDG_CACHE_HOME: '/dev/null' } })
      const text = stdout.toString().replaceAll('\r\n', '\n')
      expect(text).toContain('\\x1b]0;title\\x07')
      expect(UNSAFE.exec(text.replace(COLOUR, ''))).toBeNull()
    },
  )

  it('open and write no other file', () => {
    const before = readdirSync(work, { recursive: true }).length
    for (const [, args] of cases) isoscope(args(), {}, work)
    expect(readdirSync(work, { recursive: true })).toHaveLength(before)
  })
})
