import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { squashfsOf } from '../parsers/squashfs/writer.ts'
import { IMAGES, isoscope } from './run.ts'

interface Reference {
  readonly from: string
  readonly to: string
}

interface CutsJson {
  readonly schema: string
  readonly cuts: readonly { readonly to: string; readonly removes: readonly Reference[]; readonly frees: number }[]
}

interface WithoutJson {
  readonly schema: string
  readonly before: number
  readonly after: number
  readonly freed: number
  readonly gone: readonly { readonly path: string; readonly own: number; readonly frees: number }[]
  readonly stays: readonly { readonly path: string; readonly own: number; readonly heldBy: readonly string[] }[]
}

function jsonOf<T>(...args: string[]): T {
  const { code, stdout, stderr } = isoscope([...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout.toString()) as T
}

const nameOf = (path: string): string => path.slice(44)
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

describe('isoscope cuts', () => {
  const { schema, cuts } = jsonOf<CutsJson>('cuts', 'mini.iso')

  it('begins with the unit that holds Nix', () => {
    expect(schema).toBe('isoscope/cuts@2')
    expect(cuts[0]!.removes.map(({ from, to }) => [nameOf(from), nameOf(to)])).toEqual([
      ['unit-script-register-nix-paths-start', 'nix-2.31.2'],
    ])
    for (const [index, { frees }] of cuts.entries()) expect(frees).toBeLessThanOrEqual(cuts[index - 1]?.frees ?? frees)
  })

  it('prints references that isoscope without takes, and frees the same', () => {
    const text = isoscope(['cuts', 'mini.iso', '-n', '0']).stdout.toString()
    const printed = [...text.matchAll(/(\S+ → \S+)$/gm)].map(([, reference]) => reference!)
    expect(printed).toHaveLength(sum(cuts.map(({ removes }) => removes.length)))
    let at = 0
    for (const { removes, frees, to } of cuts) {
      const { freed, gone } = jsonOf<WithoutJson>('without', 'mini.iso', ...printed.slice(at, at + removes.length))
      expect(freed).toBe(frees)
      expect(gone.map(({ path }) => path)).toContain(to)
      at += removes.length
    }
  })

  it('has as many rows as asked for, and says so', () => {
    const text = isoscope(['cuts', 'mini.iso', '-n', '1']).stdout.toString()
    expect(text).toContain(`[${cuts.length - 1} more cuts] -n 0 shows all`)
    expect(text.split('→')).toHaveLength(2)
  })

  it('says so if nothing is chosen', () => {
    const { code, stdout } = isoscope(['cuts', 'mini.iso', '--root', 'nix-2.31.2'])
    expect({ code, text: stdout.toString() }).toEqual({
      code: 0,
      text: 'No store path is held by what was chosen alone.\n',
    })
  })
})

describe('isoscope without', () => {
  it('says what goes, and adds up', () => {
    const { schema, before, after, freed, gone, stays } = jsonOf<WithoutJson>('without', 'mini.iso', 'nix-2.31.2')
    expect(schema).toBe('isoscope/without@2')
    expect(after).toBe(before - freed)
    expect(sum(gone.map(({ frees }) => frees))).toBe(freed)
    expect(gone.map(({ path }) => nameOf(path))).toEqual(
      expect.arrayContaining(['nix-2.31.2', 'boost-1.87.0', 'curl-8.17.0']),
    )
    expect(stays.map(({ path }) => nameOf(path))).toContain('openssl-3.6.0')
    for (const { heldBy } of stays) expect(heldBy.length).toBeGreaterThan(0)
    const slim = jsonOf<{ storePaths: readonly { path: string }[] }>('mini-slim.iso')
    const left = new Set(slim.storePaths.map(({ path }) => nameOf(path)))
    expect(gone.filter(({ path }) => left.has(nameOf(path)))).toEqual([])
  })

  it('says what still holds what stays', () => {
    const text = isoscope(['without', 'mini.iso', 'system-path -> perl-5.42.0']).stdout.toString()
    expect(text).toMatch(/^2\.0 MiB → ≈ 2\.0 MiB {3}\(0 B less; a rebuild packs what is left anew\)\n/)
    expect(text).toContain('Nothing goes: other references hold it.')
    // The target comes first.
    expect(text).toMatch(/STAYS \(3 paths\) +HELD BY\n26\.8 KiB +perl-5\.42\.0 +nixos-system-nixos-26\.11pre-git\n/)
  })

  it('takes globs, several at once, and each form of an arrow', () => {
    const together = jsonOf<WithoutJson>('without', 'mini.iso', 'nix*', 'man-db-*')
    expect(together.gone.map(({ path }) => nameOf(path))).toEqual(
      expect.arrayContaining(['nix-2.31.2', 'nix-manual-2.31.2', 'nixos-help', 'man-db-2.13.1']),
    )
    const arrows = ['etc->nss-cacert-3.117', 'etc -> nss-cacert-3.117', 'etc → nss-cacert-3.117', 'etc -> nss-*']
    const [first, ...others] = arrows.map((arrow) => jsonOf<WithoutJson>('without', 'mini.iso', arrow))
    expect(first!.freed).toBeGreaterThan(0)
    for (const other of others) expect(other).toEqual(first)
  })

  it('takes the labels of paths with one name, and of paths that are named by their content', () => {
    const work = mkdtempSync(join(tmpdir(), 'isoscope-without-'))
    const image = join(work, 'sources.squashfs')
    const keyOf = (letter: string, name: string): string => `${letter.repeat(32)}-${name}`
    const [one, other, system] = [keyOf('1', 'source'), keyOf('2', 'source'), keyOf('9', 'nixos-system-x')]
    const nixpkgs = { 'lib/.version': '24.11', 'pkgs/top-level/all-packages.nix': '{ }' }
    const files: Record<string, string> = {
      [`${system}/activate`]: `/nix/store/${one} /nix/store/${other}`,
      [`${other}/a`]: 'a'.repeat(99),
      [`${other}/b`]: 'b'.repeat(99),
    }
    for (const [name, content] of Object.entries(nixpkgs)) files[`${one}/${name}`] = content
    writeFileSync(image, squashfsOf(files))
    try {
      const env = { LC_ALL: 'C.UTF-8' }
      const text = isoscope(['cuts', image], env).stdout.toString()
      const printed = [...text.matchAll(/(\S+ → .+)$/gm)].map(([, reference]) => reference!)
      expect(printed.join()).toContain('1111…-source (nixpkgs 24.11)')
      expect(printed).toHaveLength(2)
      for (const reference of printed) expect(isoscope(['without', image, reference], env).code).toBe(0)
      expect(isoscope(['without', image, 'nixos-system-x -> nixpkgs'], env).code).toBe(0)
      expect(isoscope(['without', image, '1111…-source (nixpkgs 24.11)'], env).code).toBe(0)
      const { code, stderr } = isoscope(['without', image, 'nixos-system-x -> source'], env)
      expect(code).toBe(2)
      // The choices can be given as they are.
      const choices = [...stderr.matchAll(/^ +(\S+ -> \S+)$/gm)].map(([, choice]) => choice!)
      expect(choices).toHaveLength(2)
      for (const choice of choices) expect(isoscope(['without', image, choice], env).code).toBe(0)
    } finally {
      rmSync(work, { recursive: true })
    }
  })

  it('says that an image is cut short before it says that a name is not there', () => {
    const work = mkdtempSync(join(tmpdir(), 'isoscope-without-'))
    const image = join(work, 'cut.iso')
    writeFileSync(image, readFileSync(join(IMAGES, 'mini.iso')).subarray(0, 700_000))
    try {
      const { code, stderr } = isoscope(['without', image, 'emacs'])
      expect(code).toBe(2)
      expect(stderr).toMatch(/cut short/)
    } finally {
      rmSync(work, { recursive: true })
    }
  })

  it('may take the system itself away', () => {
    const { gone, stays } = jsonOf<WithoutJson>('without', 'mini.iso', 'nixos-system-*')
    expect([gone.length, stays]).toEqual([47, []])
  })

  it.each([
    ['a name', ['emacs'], 1, "no store path in mini.iso matches 'emacs'"],
    [
      'names with a comma',
      ['perl,nix'],
      1,
      "no store path in mini.iso matches 'perl,nix'; put spaces between names, not commas",
    ],
    ['a referrer', ['emacs -> nix-2.31.2'], 1, "no store path in mini.iso matches 'emacs'"],
    ['a reference', ['perl-5.42.0 -> boost-1.87.0'], 1, "'perl-5.42.0' does not refer to 'boost-1.87.0' in mini.iso"],
    ['half a reference', ['perl ->'], 2, "'perl ->' is not a reference; write 'FROM -> TO'"],
    ['several names', ['nix'], 0, ''],
    ['an ambiguous name', ['lib'], 2, "'lib' is ambiguous"],
    ['an ambiguous reference', ['unit -> systemd-258.3'], 2, "'unit -> systemd-258.3' is ambiguous: "],
  ])('says what is wrong: %s', (_, args, code, sentence) => {
    const said = isoscope(['without', 'mini.iso', ...args])
    expect([said.code, said.stderr]).toEqual([code, expect.stringContaining(sentence)])
    expect(said.stderr).not.toMatch(/^ {4}at /m)
  })

  describe('of a saved report', () => {
    let work = ''
    beforeAll(() => {
      work = mkdtempSync(join(tmpdir(), 'isoscope-without-'))
    })
    afterAll(() => rmSync(work, { recursive: true }))

    it('is the same, and so are the cuts', () => {
      const saved = join(work, 'saved.json')
      writeFileSync(saved, isoscope(['mini.iso', '--json']).stdout)
      for (const args of [['cuts'], ['without', 'nix-2.31.2', 'etc -> nss-cacert-3.117']]) {
        const [command, ...rest] = args
        const { stdout } = isoscope([command!, saved, ...rest, '-n', '0'])
        expect(stdout.toString()).toBe(isoscope([command!, 'mini.iso', ...rest, '-n', '0']).stdout.toString())
      }
    })

    it('goes by names where an earlier version saved it', () => {
      const saved = join(work, 'earlier.json')
      const json = JSON.parse(isoscope(['mini.iso', '--json']).stdout.toString()) as Record<string, unknown>
      delete json['systemMentions']
      writeFileSync(saved, JSON.stringify(json))
      const [first] = jsonOf<CutsJson>('cuts', saved).cuts
      expect(nameOf(first!.to)).toBe('nix-2.31.2')
    })
  })

  it('needs store paths', () => {
    expect(isoscope(['without', join(IMAGES, 'plain.iso'), 'x'])).toMatchObject({ code: 2 })
  })
})
