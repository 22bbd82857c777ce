import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isoscope } from './run.ts'
import { PATHS, storeWithCopies, TEXT } from './store-with-copies.ts'

interface CopyJson {
  readonly name: string
  readonly version: string
  readonly storePaths: readonly { path: string; own: number; referrers: string[]; chain: string[] }[]
  readonly ifKept: { saves: number; gone: { path: string }[]; stays: { path: string }[]; needsOthers: boolean } | null
}

interface ContentJson {
  readonly size: number
  readonly wasted: number
  readonly places: readonly {
    path: string
    own: number
    files: number
    storePath: string
    compression: string | null
  }[]
}

interface DuplicatesJson {
  readonly schema: string
  readonly saves: number | null
  readonly packages: readonly { name: string; kind: string; saves: number; keep: number | null; copies: CopyJson[] }[]
  readonly paidTwice: { storePath?: string }[] | null
  readonly identicalFiles: ContentJson[] | null
  readonly forms: ContentJson[] | null
  readonly storedOnce: { imagePath: string; files: number; bytes: number }[] | null
  readonly compared: { files: number; bytes: number; deep: boolean; complete: boolean } | null
}

let work = ''
let image = ''
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-duplicates-'))
  image = join(work, 'store.squashfs')
  writeFileSync(image, storeWithCopies())
})
afterAll(() => rmSync(work, { recursive: true }))

const full = (base: string): string => `/nix/store/${base}`

function json(...args: string[]): DuplicatesJson {
  const { code, stdout, stderr } = isoscope(['duplicates', ...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout.toString()) as DuplicatesJson
}

describe('isoscope duplicates', () => {
  it('finds versions, builds and variants, and what one of each saves', () => {
    const { schema, packages, saves } = json(image)
    expect(schema).toBe('isoscope/duplicates@2')
    expect(packages.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'perl versions',
      'systemd variants',
      'grub builds',
    ])
    const [perl, systemd, grub] = packages
    const own = new Map(
      packages.flatMap(({ copies }) =>
        copies.flatMap(({ storePaths }) => storePaths.map((path) => [path.path, path.own])),
      ),
    )
    const sizeOf = (base: string): number => own.get(full(base))!
    // Only the older perl holds the helper, so that goes with it.
    const newest = perl!.copies.find(({ version }) => version === '5.42.0')!
    expect(newest.storePaths.map(({ path }) => path)).toEqual([full(PATHS.newPerl), full(PATHS.perlMan)])
    expect(newest.ifKept!.gone.map(({ path }) => path).sort()).toEqual([full(PATHS.perl), full(PATHS.perlOnly)])
    expect(newest.ifKept!.saves).toBeGreaterThan(sizeOf(PATHS.perl))
    expect(perl).toMatchObject({ saves: newest.ifKept!.saves, keep: perl!.copies.indexOf(newest) })
    // The older one has no manual: that of the newer one stays.
    const oldest = perl!.copies.find(({ version }) => version === '5.36.0')!
    expect(oldest.ifKept).toMatchObject({
      saves: sizeOf(PATHS.newPerl),
      gone: [{ path: full(PATHS.newPerl) }],
      stays: [{ path: full(PATHS.perlMan) }],
    })
    expect(grub!.saves).toBe(sizeOf(PATHS.grub))
    expect(systemd!.copies.map(({ name, ifKept }) => [name, ifKept!.needsOthers])).toEqual([
      ['systemd', true],
      ['systemd-minimal', false],
    ])
    // Variants do not count.
    expect(saves).toBe(perl!.saves + grub!.saves)
  })

  it('says who pulls each in', () => {
    const { packages } = json(image)
    const grubs = packages.find(({ name }) => name === 'grub')!.copies.flatMap(({ storePaths }) => storePaths)
    expect(grubs.map(({ path, referrers, chain }) => ({ path, referrers, chain }))).toEqual([
      {
        path: full(PATHS.grub),
        referrers: [full(PATHS.etc)],
        chain: [PATHS.grub, PATHS.etc, PATHS.system].map(full),
      },
      {
        path: full(PATHS.grubEfi),
        referrers: [full(PATHS.tool)],
        chain: [PATHS.grubEfi, PATHS.tool, PATHS.system].map(full),
      },
    ])
  })

  it('tells it in text', () => {
    const { code, stdout } = isoscope(['duplicates', image])
    expect(code).toBe(0)
    const text = stdout.toString()
    expect(text).toMatch(/^Packages in several copies {3}\(one each saves ≈ \d+\.\d KiB\)\n/)
    expect(text).toMatch(/\n +OWN +RETAINED +SAVES {2}PACKAGE ← WHO PULLS IT IN\n/)
    expect(text).toMatch(/ perl: 2 versions\n/)
    expect(text).toMatch(
      /\nstored once in the image: 1 file has the content of another, .* unpacked, and costs nothing more\n/,
    )
    expect(text).toMatch(/ ├─ perl-5\.42\.0 ← etc \(\+1\) ← nixos-system-x-1\n/)
    expect(text).toMatch(
      / grub: 2 builds\n.* 3333…-grub-2\.12 ← etc ← nixos-system-x-1\n.* 4444…-grub-2\.12 ← tool-1\.0 ← /,
    )
    expect(text).toMatch(/ systemd-257\.6 \* ← /)
    expect(text).toMatch(/\n\* needs another copy itself, as it is built now\n/)
    expect(text).toMatch(/\nreferences from a scan for store hashes\n$/)
    expect(isoscope(['duplicates', image, '-n', '1']).stdout.toString()).toMatch(/\nand 2 more; -n 0 shows all\n/)
  })

  it('finds the plain form of a compressed file beside it, and with --deep anywhere', () => {
    const { forms, storedOnce, identicalFiles: identical, compared } = json(image)
    expect(forms).toHaveLength(1)
    expect(forms![0]).toMatchObject({ size: TEXT.length })
    expect(
      forms![0]!.places.map(({ path, compression, files, storePath }) => ({ path, compression, files, storePath })),
    ).toEqual([
      { path: `/${PATHS.tool}/share/text`, compression: null, files: 2, storePath: full(PATHS.tool) },
      { path: `/${PATHS.tool}/share/text.gz`, compression: 'gzip', files: 1, storePath: full(PATHS.tool) },
    ])
    expect(forms![0]!.wasted).toBe(forms![0]!.places[1]!.own)
    // Its copy in the other store path is stored with it.
    expect(identical).toEqual([])
    const paths = [{ path: `/${PATHS.tool}/share/text` }, { path: `/${PATHS.toolDev}/share/copy` }]
    expect(storedOnce).toEqual([
      {
        ...{ imagePath: '/', files: 1, bytes: TEXT.length },
        contents: [{ size: TEXT.length, own: expect.any(Number), sharedBy: paths }],
      },
    ])
    expect(compared).toMatchObject({ deep: false, complete: true })
    expect(json(image, '--deep').forms).toEqual(forms)
    expect(isoscope(['duplicates', image]).stdout.toString()).toMatch(
      /\nPlain and compressed {3}.*\n +AGAIN +OWN {2}FILE\n(\d.*B) +\d.*B {2}tool-1\.0\/share\/text \(and 1 file stored with it\)\n +\1 {2}tool-1\.0\/share\/text\.gz \(gzip\)\n/,
    )
  })

  it('is in the report in a line, and in JSON', () => {
    const { saves } = json(image)
    const report = JSON.parse(isoscope([image, '--json']).stdout.toString()) as { duplicates: object }
    expect(report.duplicates).toEqual({ packageCount: 2, saves })
    expect(isoscope([image]).stdout.toString()).toMatch(
      /\nDuplicates {3}\(isoscope duplicates lists them\)\n {2}2 packages in several versions or builds; one of each would save ≈ \d/,
    )
    expect(isoscope([image, '-f', 'md']).stdout.toString()).toMatch(
      /\n#### Duplicates\n(.*\n)+2 packages in several versions/,
    )
    expect(isoscope(['mini.iso']).stdout.toString()).not.toContain('Duplicates')
  })

  it('answers from a saved report what that has', () => {
    const saved = join(work, 'saved.json.gz')
    expect(isoscope([image, '-o', saved]).code).toBe(0)
    const [of, from] = [json(image), json(saved)]
    expect(from.packages).toEqual(of.packages)
    expect(from).toMatchObject({ saves: of.saves, paidTwice: [], identicalFiles: null, forms: null, compared: null })
    expect(isoscope(['duplicates', saved]).stdout.toString()).toContain('a saved report has no contents')
    expect(isoscope(['duplicates', saved, '--deep'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has no contents'),
    })
    const without = join(work, 'without.json')
    expect(isoscope([image, '--references', 'none', '-o', without]).code).toBe(0)
    const { packages, saves } = json(without)
    expect(saves).toBeNull()
    expect(packages.map(({ name }) => name).sort()).toEqual(['grub', 'perl', 'systemd'])
  })

  it('tells what is in several images of a disc, without its files again', () => {
    const { packages, paidTwice, identicalFiles: identical, saves } = json('mini.iso')
    expect({ packages, saves }).toEqual({ packages: [], saves: 0 })
    expect(paidTwice!.map(({ storePath }) => storePath?.slice(44))).toContain('linux-6.18.2')
    expect(identical).toEqual([])
    expect(isoscope(['duplicates', 'mini.iso']).stdout.toString()).toMatch(
      /^No package is there twice\.\n\nPaid for twice/,
    )
  })

  it('answers for an image without store paths', () => {
    expect(isoscope(['duplicates', 'plain.iso'])).toMatchObject({ code: 0, stderr: '' })
    expect(isoscope(['duplicates', 'plain.iso']).stdout.toString()).toMatch(
      /^there are no store paths and no packages in it\n/,
    )
  })
})

describe('a source without a name', () => {
  it('is told by what is in it, in text and in JSON', () => {
    const { stdout } = isoscope([image, '--json'])
    const { storePaths } = JSON.parse(stdout.toString()) as { storePaths: { path: string; content?: object }[] }
    const contentOf = (base: string): object | undefined => storePaths.find(({ path }) => path === full(base))?.content
    expect(contentOf(PATHS.nixpkgs)).toEqual({ name: 'nixpkgs', version: '26.05pre-git' })
    expect(contentOf(PATHS.flake)).toEqual({ name: 'flake: Our "lab" machines' })
    expect(contentOf(PATHS.plain)).toBeUndefined()
    const text = isoscope([image, '-n', '0']).stdout.toString()
    expect(text).toMatch(/ dddd…-source \(nixpkgs 26\.05pre-git\) /)
    expect(text).toMatch(/ ffff…-source \(flake: Our "lab" machines\) /)
  })

  it('is so in a saved report, and is no duplicate of another', () => {
    const saved = join(work, 'sources.json')
    expect(isoscope([image, '-o', saved]).code).toBe(0)
    expect(isoscope([saved, '-n', '0']).stdout.toString()).toContain('-source (nixpkgs 26.05pre-git)')
    expect(json(image).packages.map(({ name }) => name)).not.toContain('source')
    expect(isoscope(['check', image, '--no-duplicates', 'nixpkgs']).code).toBe(0)
  })

  it('may be named by it', () => {
    expect(isoscope(['referrers', image, 'nixpkgs']).stdout.toString()).toContain('nixos-system-x-1')
    const { storePaths: paths } = JSON.parse(
      isoscope(['why', image, 'nixpkgs-26.05pre-git', '--json']).stdout.toString(),
    ) as {
      storePaths: { path: string; content: object }[]
    }
    expect(paths).toMatchObject([{ path: full(PATHS.nixpkgs), content: { name: 'nixpkgs' } }])
    expect(isoscope(['tree', image, 'source']).stderr).toMatch(
      /'source' is ambiguous: 3 store paths match:\n( +\d+ B {2}[dfg]{4}…-source( \((nixpkgs 26\.05pre-git|flake: .*)\))?\n){3}$/,
    )
  })
})
