import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { GROUPINGS } from '../../src/analyses/grouping.ts'
import { isoscope } from '../cli/run.ts'
import { describeWith } from '../oracle.ts'
import { NIX_ON_DEBIAN, STORE_KEYS } from '../owners/nix-on-debian.ts'
import type { Content } from '../parsers/squashfs/writer.ts'

const BOTH = 'references of store paths from a scan for store hashes, of packages from the package database'
const HEAD = 'STORE PATH OR PACKAGE'

describeWith(['mksquashfs'], 'a Debian with a Nix store', () => {
  let work = ''
  let image = ''
  let without = ''

  /** An image of some files, as mksquashfs makes it. */
  const made = (name: string, files: Readonly<Record<string, Content>>): string => {
    const root = join(work, name)
    for (const [path, content] of Object.entries(files)) {
      const at = join(root, path)
      mkdirSync(dirname(at), { recursive: true })
      if (typeof content === 'string') writeFileSync(at, content, 'latin1')
      else if ('target' in content) symlinkSync(content.target, at)
      else throw new Error(`${path} cannot be written`)
    }
    const path = join(work, `${name}.squashfs`)
    execFileSync('mksquashfs', [root, path, '-noappend', '-all-root', '-quiet', '-no-progress'])
    return path
  }
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-mixed-'))
    image = made('mixed', NIX_ON_DEBIAN)
    const { 'usr/bin/bash': _, ...files } = NIX_ON_DEBIAN
    without = made('without', { ...files, [`nix/store/${STORE_KEYS[0]}/share/more`]: 'more'.repeat(3000) })
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  const said = (...args: string[]): string => {
    const { code, stdout, stderr } = isoscope(args)
    expect({ code: code === 1 ? 0 : code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout.toString()
  }

  it('has a report of both kinds, which says where the references of each are from', () => {
    const report = said(image)
    expect(report).toContain(`\n${BOTH}\n`)
    expect(report).toMatch(new RegExp(` ${HEAD} `))
    expect(report).toMatch(/ bash-5\.3 +hello-2\.12\n/)
    expect(report).toMatch(/ bash 5\.2\.15-2 +selected packages\n/)
    expect(report).toMatch(/ libc6:amd64 2\.36-9 +4 packages\n/)
    expect(said(image, '--by', 'package')).toMatch(/ libc6 2\.36-9 \(2 packages\)\n/)
  })

  it.each(GROUPINGS)('has rows by %s that add up to the image, with all tables', (by) => {
    const { size } = (JSON.parse(said(image, '--json')) as { image: { size: number } }).image
    const total = /^ *([\d,]+) .* total$/m.exec(said('report', image, '--by', by, '--bytes', '-n', '0'))!
    expect(Number(total[1]!.replaceAll(',', ''))).toBe(size)
  })

  it('says why each owner is there, and where its references are known from', () => {
    expect(said('why', image, 'bash-5.3')).toMatch(/references from a scan for store hashes\n\nSTORE PATH OR PACKAGE/)
    expect(said('why', image, 'libtinfo6')).toMatch(/references from the package database\n\nSTORE PATH OR PACKAGE/)
  })

  it('has both kinds in tree, refs, referrers, cuts, without and duplicates', () => {
    const tree = said('tree', image)
    expect(tree).toContain(BOTH)
    expect(tree).toMatch(new RegExp(`${HEAD}\n`))
    expect(tree).toMatch(/total of 11 store paths and packages/)
    expect(said('refs', image, 'hello')).toMatch(/ glibc-2\.40\n[\s\S]* bash-5\.3\n/)
    expect(said('referrers', image, 'libtinfo6')).toMatch(/ bash 5\.2\.15-2\n/)
    expect(said('cuts', image)).toContain('selected packages → perf-wrapper 1')
    expect(said('without', image, 'hello', 'vim')).toMatch(/GOES \(5 store paths and packages\)/)
    expect(said('duplicates', image)).toContain('No package is there twice')
  })

  it('is compared by both kinds', () => {
    const diff = said('diff', image, without, '--min', '0', '--rebuilt')
    expect(diff).toMatch(new RegExp(` ${HEAD}\n`))
    expect(diff).toMatch(/gone +bash 5\.2\.15-2 +lost: selected packages → bash 5\.2\.15-2\n/)
    expect(diff).toMatch(/ hello 2\.12/)
    expect(diff).toMatch(/\[repacking: 9 store paths and packages, /)
    // Bash of Debian went, and that of Nix did not.
    const byPackage = said('diff', image, without, '--by', 'package', '--min', '0')
    expect(byPackage).toMatch(/ PACKAGE\n/)
    expect(byPackage).toMatch(/gone +bash 5\.2\.15-2\n/)
    const files = said('diff', image, without, '--by', 'file', '--min', '0')
    expect(files).toMatch(/gone +\/usr\/bin\/bash\n/)
    expect(files).toContain(`/nix/store/${STORE_KEYS[0]}/share/more\n`)
    for (const by of GROUPINGS) {
      const { rows, delta } = JSON.parse(said('diff', image, without, '--by', by, '--json')) as {
        rows: { delta: number }[]
        delta: number
      }
      expect([by, rows.reduce((sum, row) => sum + row.delta, 0)]).toEqual([by, delta])
    }
  })

  it('is checked by names of both', () => {
    const check = said('check', image, '--forbid', 'bash*', '--forbid', 'libc6*', '--forbid', 'hello*')
    expect(check).toMatch(/forbid bash\* +2 store paths and packages, /)
    expect(check).toMatch(/forbid libc6\* +2 packages, /)
    expect(check).toMatch(/forbid hello\* +1 path, /)
  })

  it('has components of both in a bill of materials', () => {
    const { components } = JSON.parse(said('sbom', image)) as { components: { purl: string }[] }
    const kinds = components.map(({ purl }) => purl.replace(/^pkg:([^/]+).*/, '$1'))
    expect([...new Set(kinds)].sort()).toEqual(['deb', 'nix'])
    expect(kinds).toHaveLength(10)
  })
})
