import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GROUPINGS } from '../../src/analyses/grouping.ts'
import { IMAGES, isoscope } from './run.ts'

interface DiffJson {
  readonly schema: string
  readonly delta: number
  readonly counts: Record<string, number>
  readonly rows: readonly {
    readonly class: string
    readonly kind: string
    readonly name: string
    readonly before: number
    readonly after: number
    readonly delta: number
    readonly oldPath?: string
    readonly newPath?: string
    readonly lost?: { readonly from: string; readonly to: string }
    readonly through?: { readonly from: string; readonly to: string }
  }[]
}

const ask = (...args: string[]) => {
  const { code, stdout, stderr } = isoscope(['diff', ...args])
  return { code, stdout: stdout.toString(), stderr }
}
const json = (...args: string[]): DiffJson => {
  const { code, stdout, stderr } = ask(...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as DiffJson
}

describe('isoscope diff', () => {
  let work = ''
  const reports: string[] = []
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-diff-'))
    for (const name of ['mini', 'mini-slim']) {
      const path = join(work, `${name}.json.gz`)
      expect(isoscope([`${name}.iso`, '-o', path]).code).toBe(0)
      reports.push(path)
    }
  })
  afterAll(() => rmSync(work, { recursive: true }))

  it.each(GROUPINGS)('adds up by %s, both ways', (by) => {
    for (const [old, now, delta] of [
      ['mini.iso', 'mini-slim.iso', -1048576],
      ['mini-slim.iso', 'mini.iso', 1048576],
    ] as const) {
      const result = json(old, now, '--by', by)
      expect(result.delta).toBe(delta)
      expect(result.rows.reduce((sum, row) => sum + row.delta, 0)).toBe(delta)
      for (const row of result.rows) expect(row.delta).toBe(row.after - row.before)
    }
  })

  it('takes the root that is named for the beginning of all routes, as check does', () => {
    const through = (...args: string[]) =>
      json('mini-slim.iso', 'mini.iso', ...args).rows.find(({ name }) => name === 'nixos-manual-html')!.through
    expect(through('--root', 'system-path')).toEqual(through())
    expect(through('--root', 'bash')).toBeUndefined()
    expect(ask('mini-slim.iso', 'mini.iso', '--root', 'boost')).toMatchObject({
      code: 2,
      stderr: "isoscope: mini-slim.iso: --root: no store path matches 'boost'\n",
    })
    const { stdout } = isoscope(['check', 'mini.iso', '--forbid', 'boost*', '--root', 'nix-2.31.2'])
    expect(stdout.toString()).toMatch(/boost-1\.87\.0 78\.5 KiB ← nix-util-2\.31\.2 ← nix-2\.31\.2\n/)
  })

  it('names what a person would expect to go with Nix and the documentation, and through what', () => {
    const { rows, counts } = json('mini.iso', 'mini-slim.iso')
    const gone = rows.filter(({ class: kind }) => kind === 'gone').map(({ oldPath }) => oldPath!.slice(44))
    expect(gone.sort()).toEqual([
      'boost-1.87.0',
      'curl-8.17.0',
      'gcc-15.2.0-lib',
      'man-db-2.13.1',
      'nix-2.31.2',
      'nix-expr-2.31.2',
      'nix-manual-2.31.2',
      'nix-store-2.31.2',
      'nix-util-2.31.2',
      'nixos-help',
      'nixos-manual-html',
      'sqlite-3.51.1',
      'unit-register-nix-paths.service',
      'unit-script-register-nix-paths-start',
    ])
    expect(counts).toEqual({ same: 28, moved: 3, rebuilt: 2, changed: 0, new: 0, gone: 14 })
    const edge = ({ from, to }: { from: string; to: string }): string => `${from.slice(44)} → ${to.slice(44)}`
    const lost = new Map(rows.map(({ name, lost: reference }) => [name, reference && edge(reference)]))
    expect(lost.get('boost')).toBe('system-units → unit-register-nix-paths.service')
    expect(lost.get('man-db')).toBe('system-path → man-db-2.13.1')
    const back = json('mini-slim.iso', 'mini.iso').rows.find(({ name }) => name === 'boost')!
    expect(edge(back.through!)).toBe('system-units → unit-register-nix-paths.service')
  })

  it.each([[], ['--json'], ['--by', 'package', '--bytes'], ['-f', 'md']])(
    'says of saved reports what it says of images: %j',
    (...args) => {
      const [old, now] = reports as [string, string]
      /** But for the files' names, and that the contents of a report cannot be read. */
      const answer = (...given: string[]) => {
        const { code, stdout, stderr } = ask(...given)
        const plain = stdout.replaceAll(`${work}/`, '').replaceAll('.json.gz', '.iso')
        return { code, stderr, stdout: plain.replace(/ \\?\(--content reads them\\?\)/, '') }
      }
      expect(answer(old, now, ...args)).toEqual(answer('mini.iso', 'mini-slim.iso', ...args))
      expect(answer('mini.iso', now, ...args)).toEqual(answer('mini.iso', 'mini-slim.iso', ...args))
    },
  )

  it('of an image with itself is empty, and says so', () => {
    expect(json('mini.iso', 'mini.iso')).toMatchObject({ delta: 0, rows: [] })
    const { code, stdout } = ask('mini.iso', 'mini.iso', '--exit-code')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Image size: 2\.0 MiB \(unchanged\)\n[\s\S]*\n {4}47 store paths\n\nNothing changed\.\n$/)
  })

  it('ends with 1 when anything differs, if asked', () => {
    const other = join(work, 'other.iso')
    const bytes = readFileSync(join(IMAGES, 'mini.iso'))
    // The creation date of the volume: neither a name nor a size.
    bytes[0x8000 + 813]! ^= 1
    writeFileSync(other, bytes)
    const { code, stdout } = ask('mini.iso', other, '--exit-code')
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /\n\nNo content of a file and no metadata changed; but the images are not the same\.\n\nCompared: 47 paths by registered NAR hash; 12 files outside store paths by content\.\n$/,
    )
    expect(ask('mini.iso', other).stdout).toMatch(
      /Nothing changed, as far as names, sizes, links and metadata tell; but the images are not the same\.\n/,
    )
    expect(json('mini.iso', other)).toMatchObject({ delta: 0, rows: [], isIdentical: false })
    expect(json('mini.iso', 'mini.iso')).toMatchObject({ isIdentical: true })
    const [report] = reports
    expect(ask(report!, report!).stdout).toMatch(
      /\n\nNothing changed, as far as names, sizes, links and metadata tell\.\n\nCompared: .*contents not compared\.\n$/,
    )
    expect(ask('mini.iso', 'mini-slim.iso').code).toBe(0)
    expect(ask('mini.iso', 'mini-slim.iso', '--exit-code').code).toBe(1)
  })

  it('sums up what is not asked for, so that the column still adds up', () => {
    const { stdout } = ask('mini.iso', 'mini-slim.iso', '--bytes', '--only', 'gone', '-n', '2', '--min', '0')
    const column = stdout.split('\n').flatMap((line) => /^ *([+−]?[\d,]+) +[+−]?[\d,]+ /.exec(line)?.[1] ?? [])
    const numbers = column.map((text) => Number(text.replace('−', '-').replaceAll(',', '')))
    expect(numbers.length).toBe(5)
    expect(numbers.slice(0, -1).reduce((sum, bytes) => sum + bytes, 0)).toBe(numbers.at(-1))
    expect(stdout).toMatch(/\[12 more changes; -n 0 shows them\]\n.*\[\d+ other rows\]\n.* total\n/)
  })

  it('sorts rows by a column, and files by theirs', () => {
    const names = (...args: string[]) =>
      ask('mini.iso', 'mini-slim.iso', ...args, '-f', 'ndjson')
        .stdout.trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { name: string; path: string; before: number })
    const byName = names('-s', 'name').map(({ name }) => name)
    expect(byName).toEqual([...byName].sort())
    const sizes = names('boost', '-s', 'before').map(({ before }) => before)
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
    expect(ask('mini.iso', 'mini-slim.iso', 'boost', '-s', 'before', '-n', '1').stdout).toMatch(
      /gone {4}lib\/libboost_context\.so\.1\.87\.0\n.*\[3 more files; -n 0 shows all\]\n.*total\n$/,
    )
    expect(ask('mini.iso', 'mini-slim.iso', 'boost', '-s', 'unpackedDelta')).toMatchObject({
      code: 2,
      stderr: 'isoscope: -s: files have no column unpackedDelta; take one of class, name, delta, before, after\n',
    })
  })

  it('reads no contents of saved reports, and says so where they are needed', () => {
    const [report] = reports as [string, string]
    for (const more of [[], ['etc']]) {
      expect(ask(report, 'mini.iso', ...more, '--content')).toEqual({
        code: 2,
        stdout: '',
        stderr: `isoscope: --content: ${report} is a saved report, which has no contents; give the image itself\n`,
      })
    }
    // Store paths are the same by their NAR hashes; of the files beside them nothing tells.
    expect(ask(report, 'mini.iso', '--exit-code')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /cannot tell whether they are the same: a saved report has no contents to compare\n$/,
      ),
    })
    expect(ask(report, 'mini-slim.iso', '--exit-code')).toMatchObject({ code: 1, stderr: '' })
    expect(ask(report, 'mini.iso', 'boost', '--exit-code')).toMatchObject({ code: 0, stderr: '' })
  })

  it('prints paths as they are given', () => {
    const folder = join(work, 'result', 'iso')
    mkdirSync(folder, { recursive: true })
    copyFileSync(join(IMAGES, 'mini-slim.iso'), join(folder, 'mini.iso'))
    const { stdout } = ask('./mini.iso', join(folder, 'mini.iso'))
    expect(stdout).toMatch(/\n--- \.\/mini\.iso /)
    expect(stdout).toContain(`\n+++ ${folder}/mini.iso `)
    expect(JSON.parse(ask('./mini.iso', join(folder, 'mini.iso'), '--json').stdout)).toMatchObject({
      old: { name: './mini.iso', path: './mini.iso' },
      new: { name: join(folder, 'mini.iso'), path: join(folder, 'mini.iso') },
    })
    expect(ask('./mini.iso', join(folder, 'mini.iso'), '-f', 'md').stdout).toContain('- old: ./mini.iso · ')
  })

  it('calls a region that is in both changed, not the same', () => {
    const regions = json('mini.iso', 'mini-slim.iso').rows.filter(({ kind }) => kind === 'region')
    expect(regions.map(({ class: what, name, delta }) => [what, name, delta < 0])).toEqual([
      ['changed', '[ISO9660]', true],
      ['changed', '/nix-store.squashfs', true],
    ])
    expect(ask('mini.iso', 'mini-slim.iso').stdout).toContain('changed  rest of nix-store.squashfs   9.6 KiB → 6.4 KiB')
  })

  it('compares the files of a store path, contents too', () => {
    const files = ask('mini.iso', 'mini-slim.iso', 'system-path')
    expect(files.stdout).toMatch(
      /^6 files changed\n--- \/nix\/store\/j1j8srs2kzq7fd73jwszq9wr20vgkyvv-system-path\n\+\+\+ \/nix\/store\/\w+-system-path\n/,
    )
    expect(files.stdout).toMatch(/ gone {4}bin\/nixos-help\n/)
    expect(ask('mini.iso', 'mini-slim.iso', 'no-such-path')).toMatchObject({ code: 1 })
    const whole = JSON.parse(ask('mini.iso', 'mini-slim.iso', 'boost', '--json').stdout) as {
      newPath: null
      rows: { class: string; after: number }[]
    }
    expect(whole.newPath).toBeNull()
    expect(whole.rows.length).toBeGreaterThan(2)
    for (const row of whole.rows) expect(row).toMatchObject({ class: 'gone', after: 0 })
    expect(ask(...(reports as [string, string]), 'etc').stdout).toMatch(
      /A saved report has no contents: files of the same size count as equal\.\n$/,
    )
  })

  it('refuses what it cannot compare', () => {
    const bad = join(work, 'bad.json')
    writeFileSync(bad, '{"schema":"isoscope/report@9"}')
    expect(ask('mini.iso', bad)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/of schema "isoscope\/report@9"/),
    })
    expect(ask('mini.iso', 'nope.iso')).toMatchObject({ code: 2, stderr: 'isoscope: nope.iso: no such file\n' })
  })
})
