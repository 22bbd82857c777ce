import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMAND_NAMES, COMMANDS } from '../../src/cli/commands.ts'
import { isoscope } from './run.ts'

/** A command line for each command that prints a table, and the key of its list in JSON. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  report: ['report', 'mini.iso'],
  ls: ['ls', '-R', 'mini.iso', '/boot'],
  why: ['why', 'mini.iso', 'perl', 'boost'],
  cuts: ['cuts', 'mini.iso'],
  without: ['without', 'mini.iso', 'system-path -> nix-manual-2.31.2', 'perl'],
  tree: ['tree', 'mini.iso'],
  duplicates: ['duplicates', 'mini.iso'],
  advise: ['advise', 'mini.iso'],
  refs: ['refs', 'mini.iso', 'nix-2.31.2'],
  referrers: ['referrers', 'mini.iso', 'glibc'],
  diff: ['diff', 'mini.iso', 'mini-slim.iso'],
  'diff of files': ['diff', 'mini.iso', 'mini-slim.iso', 'system-path'],
  history: ['history', 'mini.iso', 'mini-slim.iso'],
  check: ['check', 'mini.iso', '--max', '1MiB', '--forbid', 'perl*', '--max', 'initrd=1K'],
  verify: ['verify', 'mini.iso'],
}

/** All keys of objects in a JSON. */
function wordsOf(json: unknown): Set<string> {
  const words = new Set<string>()
  JSON.stringify(json, (key: string, value: unknown) => {
    words.add(key)
    return value
  })
  return words
}

/** Columns that have no word in JSON: those that tell rows apart, and what JSON has as structure. */
const OF_ROWS: ReadonlySet<string> = new Set(
  ['image', 'kind', 'cut', 'group', 'target', 'file', 'status', 'name', 'version', 'retained', 'depth', 'label'].concat(
    ['ownerCount', 'referrerCount', 'frees', 'region', 'problem', 'known', 'reason', 'saves', 'otherNames', 'links'],
    ['option', 'oldPath', 'newPath', 'delta', 'from', 'to', 'path'],
  ),
)

describe('every command that prints a table', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-formats-'))
  })
  afterAll(() => {
    rmSync(work, { recursive: true, force: true })
  })

  it('is here', () => {
    const printing = COMMAND_NAMES.filter((name) => 'wide' in COMMANDS[name].options)
    expect(printing.filter((name) => !Object.hasOwn(LINES, name))).toEqual([])
    for (const name of printing) {
      const { format, json, output, color, 'full-paths': full, quiet, verbose } = COMMANDS[name].options
      expect([format, json, output, color, full, quiet, verbose].every((option) => option !== undefined)).toBe(true)
    }
  })

  it.each(Object.entries(LINES))('%s writes all formats at once, with the words of JSON', (name, line) => {
    const at = (extension: string): string => join(work, `${name.replaceAll(' ', '-')}.${extension}`)
    const read = (extension: string): string => readFileSync(at(extension), 'utf8')
    const outputs = ['txt', 'md', 'json', 'ndjson', 'csv', 'tsv'].flatMap((extension) => ['-o', at(extension)])
    const said = isoscope([...line, ...outputs])
    expect({ ...said, code: (said.code ?? 3) < 2 }).toMatchObject({ code: true, stderr: '' })
    expect(said.stdout).toHaveLength(0)
    expect(isoscope(line).stdout.toString()).toBe(read('txt'))
    expect(isoscope([...line, '-f', 'csv']).stdout.toString()).toBe(read('csv'))

    const [head = '', ...rows] = read('tsv').replace(/\n$/, '').split('\n')
    const columns = head.split('\t')
    expect(new Set(columns).size).toBe(columns.length)
    for (const row of rows) expect(row.split('\t')).toHaveLength(columns.length)
    expect(read('csv').trimEnd().split('\r\n')[0]).toBe(columns.join(','))
    const objects = read('ndjson')
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as object)
    expect(objects).toHaveLength(rows.length)
    expect(rows.length).toBeGreaterThan(0)
    // What `ls` has in ndjson is more than columns.
    if (name !== 'ls') {
      for (const key of objects.flatMap((object) => Object.keys(object))) {
        expect(columns).toContain(key.replace(/Base64$/, ''))
      }
    }
    const words = wordsOf(JSON.parse(read('json')))
    expect(columns.filter((column) => !words.has(column) && !OF_ROWS.has(column))).toEqual([])

    const markdown = read('md')
    expect(markdown.length).toBeLessThan(65_536)
    expect(markdown).toMatch(/isoscope \d+\.\d+\.\d+<\/sub>\n$/)
  })

  it('says which format a file has, or takes that of --format', () => {
    const path = join(work, 'cuts.out')
    expect(isoscope(['cuts', 'mini.iso', '-o', path])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/cuts\.out: its extension/),
    })
    expect(isoscope(['cuts', 'mini.iso', '-o', path, '-f', 'csv'])).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(path, 'utf8')).toMatch(/^cut,frees,from,to\r\n/)
    // The user named the format twice, and wants it once.
    for (const args of [['cuts'], [], ['mini-slim.iso']]) {
      const file = join(work, 'named-twice.csv')
      const said = isoscope([...args, 'mini.iso', '-f', 'csv', '-o', file])
      expect(said).toEqual({ code: 0, stdout: Buffer.alloc(0), stderr: '' })
      expect(readFileSync(file, 'utf8')).toMatch(/^(cut|image),/)
      rmSync(file)
    }
    const other = isoscope(['cuts', 'mini.iso', '-f', 'csv', '-o', join(work, 'cuts.md')])
    expect(other.stdout.toString()).toMatch(/^cut,/)
    const both = isoscope(['cuts', 'mini.iso', '-o', join(work, 'cuts.md'), '-o', '-'])
    expect(both.stdout).toEqual(isoscope(['cuts', 'mini.iso']).stdout)
  })

  it('is quiet if asked to be, but for errors', () => {
    expect(isoscope(['refs', 'mini.iso', 'tzdata']).stderr).not.toBe('')
    expect(isoscope(['refs', 'mini.iso', 'tzdata', '-q'])).toMatchObject({ code: 0, stderr: '' })
    expect(isoscope(['refs', 'mini.iso', 'nothing-at-all', '-q'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no store path/),
    })
  })

  it.each(['path', 'package', 'directory', 'file', 'region'])('adds up to the file for programs: --by %s', (by) => {
    const lines = isoscope(['mini.iso', '--by', by, '-f', 'ndjson']).stdout.toString().trimEnd().split('\n')
    const own = lines.map((line) => (JSON.parse(line) as { own: number }).own)
    expect(own.reduce((sum, bytes) => sum + bytes, 0)).toBe(2_097_152)
  })
})
