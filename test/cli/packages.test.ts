import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GROUPINGS } from '../../src/analyses/grouping.ts'
import { CHANGED_DEBIAN, SMALL_DEBIAN } from '../owners/dpkg/small-debian.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'
import { isoscope } from './run.ts'

describe('an image with packages', () => {
  let work = ''
  let image = ''
  let changed = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-packages-'))
    image = join(work, 'debian.squashfs')
    writeFileSync(image, squashfsOf(SMALL_DEBIAN))
    changed = join(work, 'changed.squashfs')
    writeFileSync(changed, squashfsOf(CHANGED_DEBIAN))
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  const ask = (command: string, ...args: string[]) => {
    const { code, stdout, stderr } = isoscope([command, image, ...args])
    return { code, text: stdout.toString(), stderr }
  }
  const text = (command: string, ...args: string[]): string => {
    const { code, text: said, stderr } = ask(command, ...args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return said
  }

  it('has a report of packages, and of what none of them owns', () => {
    const said = text('report')
    expect(said).toContain('Largest packages')
    expect(said).toMatch(/ vim 2:9\.0\.1378-2 +selected packages/)
    expect(said).toMatch(/ \[package database\]\n/)
    expect(said).not.toContain('store path')
  })

  it('has as many as its database, those without files too, in every answer', () => {
    const meta = 'Package: meta\nStatus: install ok installed\nVersion: 1\nArchitecture: all\nDepends: vim\n'
    const files = {
      ...SMALL_DEBIAN,
      'var/lib/dpkg/status': `${SMALL_DEBIAN['var/lib/dpkg/status']}\n${meta}`,
      'var/lib/dpkg/info/meta.list': '/.\n',
    }
    const path = join(work, 'meta.squashfs')
    writeFileSync(path, squashfsOf(files))
    // Those that are not installed any more are none.
    const status = [...files['var/lib/dpkg/status'].matchAll(/^Status: (?!.*not-installed)/gm)]
    const count = status.length
    expect(count).toBe(9)
    const of = (...args: string[]): string => isoscope(args).stdout.toString()
    const json = (...args: string[]) => JSON.parse(of(...args, '--json')) as Record<string, unknown>
    const saved = join(work, 'meta.json')
    expect(isoscope([path, '-o', saved]).code).toBe(0)
    for (const file of [path, saved]) {
      expect(of(file)).toContain(`\n${count} packages\n`)
      expect(of('tree', file)).toContain(`total of ${count} packages\n`)
      const { image: told, packages } = json(file)
      expect(told).toMatchObject({ storePathCount: 0, packageCount: count })
      expect(packages).toHaveLength(count)
      expect(json('diff', file, image)).toMatchObject({
        old: { storePathCount: 0, packageCount: count },
        new: { storePathCount: 0, packageCount: count - 1 },
      })
      expect(json('history', file)['series']).toMatchObject([{ storePathCount: 0, packageCount: count }])
    }
    expect(json(path, '--references', 'none')).toMatchObject({ image: { storePathCount: 0, packageCount: count } })
  })

  it('leaves out what is smaller than --min in rows for programs', () => {
    const rows = text('report', '-f', 'ndjson').trimEnd().split('\n')
    const large = text('report', '-f', 'ndjson', '--min', '200').trimEnd().split('\n')
    expect(large).toEqual(rows.filter((row) => (JSON.parse(row) as { own: number }).own >= 200))
    expect(large.length).toBeGreaterThan(0)
    expect(large.length).toBeLessThan(rows.length)
  })

  it('calls packages so in every sentence, where there are no store paths', () => {
    const compared = text('diff', changed)
    expect(compared).toMatch(/ \[1 package rebuilt, same version; /)
    expect(compared).toMatch(/ \[repacking: \d packages, same names and sizes\]\n/)
    const said = [
      compared,
      text('diff', changed, 'vim'),
      ...['vim', 'nothing'].flatMap((name) =>
        ['why', 'tree', 'refs', 'referrers', 'without'].map((command) => ask(command, name)),
      ),
      ...[ask('cuts'), ask('duplicates'), ask('diff', changed, 'nothing'), ask('why', 'vim', '--to', 'nothing')],
      ask('check', '--forbid', 'lib*', '--no-duplicates', '*'),
    ].map((some) => (typeof some === 'string' ? some : some.text + some.stderr))
    for (const words of said) {
      expect(words).not.toBe('')
      expect(words).not.toMatch(/store path|\bpaths?\b/)
    }
  })

  it('has rows of directories, files and regions that add up to the same', () => {
    for (const by of GROUPINGS) {
      const total = /^ *([\d,]+) .* total$/m.exec(text('report', '--by', by, '--bytes'))!
      const { size } = (JSON.parse(text('report', '--json')) as { image: { size: number } }).image
      expect(Number(total[1]!.replaceAll(',', ''))).toBe(size)
      const rows = text('report', '--by', by, '-n', '0', '-f', 'ndjson').trimEnd().split('\n')
      const sum = rows.reduce((all, row) => all + (JSON.parse(row) as { own: number }).own, 0)
      if (by === 'region') expect(sum).toBe(size)
      else expect(sum).toBeLessThanOrEqual(size)
    }
  })

  it('says why a package is there: chosen, essential, required or recommended', () => {
    expect(text('why', 'libtinfo6')).toMatch(/bash 5\.2\.15-2 +essential\n.*libtinfo6 6\.4-4 +a dependency/)
    expect(text('why', 'linux-perf')).toMatch(
      /vim 2:9\.0\.1378-2 +chosen\n.*linux-perf 6\.1\.1 +recommended or suggested/,
    )
    expect(text('why', 'libtinfo6')).toContain('Essential packages lead to it: no system works without it.')
  })

  it('says what goes with packages, as apt would remove them', () => {
    const { gone } = JSON.parse(text('without', 'vim', 'perf-wrapper', '--json')) as { gone: { key: string }[] }
    expect(gone.map(({ key }) => key).sort()).toEqual([
      'dpkg:linux-perf:amd64=6.1.1',
      'dpkg:perf-wrapper:all=1',
      'dpkg:vim:amd64=2:9.0.1378-2',
    ])
  })

  it('lists the files of a package, and reads them by its name', () => {
    expect(text('ls', 'vim')).toBe('/usr/bin/editor\n/usr/bin/vim\n')
    expect(text('ls', 'vim', '--find', 'v*')).toBe('/usr/bin/vim\n')
    expect(text('cat', 'vim/usr/bin/vim')).toBe('vim'.repeat(3000))
    expect(ask('cat', 'vim')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("'vim' is a package; name one"),
    })
    expect(ask('ls', 'vim', '--du')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('lie in several directories'),
    })
    expect(text('ls', '--find', 'vim/usr/bin/*')).toBe('/usr/bin/editor\n/usr/bin/vim\n')
  })

  it('keeps to rules for packages, or not', () => {
    const said = ask('check', '--max', 'package:vim=1', '--max', 'path:/usr/bin/*=1MiB', '--forbid', 'gcc*')
    expect(said.code).toBe(1)
    expect(said.text).toMatch(/FAIL {2}package:vim +\d/)
    expect(said.text).toMatch(/PASS {2}path:\/usr\/bin\/\* /)
    expect(said.text).toMatch(/PASS {2}forbid gcc\* +none/)
    expect(ask('check', '--max', 'package:/bin/sh=1').stderr).toContain('"/bin/sh" is a path; write path:/bin/sh')
  })

  it('is verified by the sums of its packages', () => {
    const { code, text: said } = ask('verify')
    expect(code).toBe(2)
    expect(said).toMatch(/NOT VERIFIED {2}7 packages without checksums; 12 of 12 other files passed\n/)
    expect(said).not.toMatch(/FAIL|store path/)
    const image = join(work, 'sums.squashfs')
    const sum = createHash('md5')
      .update(SMALL_DEBIAN['usr/bin/vim'] as string)
      .digest('hex')
    // Of a file that another package took over, the list knows no more.
    const sums = `${sum}  usr/bin/vim\n${sum}  usr/bin/view\n${sum}  usr/bin/vi\n${sum}  usr/bin/bash\n`
    const list = '/.\n/usr/bin/vim\n/usr/bin/view\n/usr/bin/vi\n/usr/bin/editor\n'
    writeFileSync(
      image,
      squashfsOf({
        ...SMALL_DEBIAN,
        'usr/bin/view': 'another program',
        'var/lib/dpkg/info/vim.list': list,
        'var/lib/dpkg/info/vim.md5sums': sums,
      }),
    )
    const failed = isoscope(['verify', image])
    expect(failed.code).toBe(1)
    expect(failed.stdout.toString()).toMatch(
      / FAIL +vim 2:9\.0\.1378-2\n +\/usr\/bin\/vi: missing\n +\/usr\/bin\/view: MD5 [0-9a-f]{16}… and not [0-9a-f]{16}… as in the package database\n/,
    )
    expect(failed.stdout.toString()).toMatch(/\nFAIL {2}1 of 8 packages, 6 packages without checksums; /)
  })

  it('answers from a saved report as from the image', () => {
    const saved = join(work, 'saved.json.gz')
    text('report', '-o', saved)
    for (const [command, ...args] of [['report'], ['why', 'vim'], ['tree'], ['without', 'vim'], ['cuts']]) {
      const { code, stdout } = isoscope([command!, saved, ...args])
      expect({ code, said: stdout.toString().replace(/ \(a saved report does not say\)/, '') }).toEqual({
        code: 0,
        said: text(command!, ...args),
      })
    }
  })
})
