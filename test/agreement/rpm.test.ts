import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { pathBuilder } from '../../parsers/image.ts'
import { report } from '../../src/analyses/report.ts'
import { verify } from '../../src/analyses/verify.ts'
import { type OpenImage, openSource } from '../../src/images/open-image.ts'
import { takeIntegrity } from '../../src/inventory/integrity.ts'
import { takeInventoryOf } from '../../src/inventory/take-inventory.ts'
import { entriesOf } from '../../src/owners/owner.ts'
import { ownersIn } from '../../src/owners/owners-in.ts'
import { packageParts } from '../../src/owners/package-key.ts'
import { describeWith, mustRun, ROOT, runTool } from '../oracle.ts'
import { edgesOf } from '../owners/package-edges.ts'
import { readTable } from '../parsers/sqlite/rows.ts'

const SPEC = fileURLToPath(new URL('../../fixtures/rpm/small.spec', import.meta.url))
const DATABASE = 'usr/lib/sysimage/rpm/rpmdb.sqlite'

/** What rich dependencies of the packages require, by hand: rpm tells no parts of them. */
const RICH: Readonly<Record<string, readonly string[]>> = {
  '(libsmall or libother)': ['libsmall', 'libother'],
  '(docs >= 1 and editor)': ['docs', 'editor'],
  '(manuals if libsmall)': ['manuals'],
  '(not-installed or fonts(small))': ['not-installed', 'fonts(small)'],
}

/** Packages for the medium only: one requires a file of the other. */
const BY_PATH = `Name: asker
Version: 1
Release: 1
Summary: x
License: MIT
BuildArch: noarch
AutoReqProv: no
Requires: /usr/bin/answerer
%description
x
%package -n answerer
Summary: x
%description -n answerer
x
%install
mkdir -p %{buildroot}/usr/bin && echo x > %{buildroot}/usr/bin/answerer
%files
%files -n answerer
/usr/bin/answerer
`

const TOOLS = ['rpm', 'rpmbuild', 'sqlite3', 'mksquashfs', 'xorrisofs', ROOT]

describeWith(TOOLS, 'packages of rpm as rpm tells them', () => {
  let work = ''
  let root = ''
  let packages: readonly string[] = []
  let open: OpenImage
  let medium: OpenImage
  const rpm = (args: readonly string[]): string[] =>
    lines(mustRun('rpm', ['--root', root, '--dbpath', '/usr/lib/sysimage/rpm', ...args]))
  const lines = (output: Buffer): string[] =>
    output
      .toString('latin1')
      .split('\n')
      .filter((line) => line !== '')

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-rpm-'))
    root = join(work, 'root')
    mkdirSync(root)
    const top = join(work, 'top')
    const sqlite = ['--define', '_db_backend sqlite', '--define', `_dbpath ${join(work, 'none')}`]
    mustRun('rpmbuild', ['-ba', '--quiet', '--define', `_topdir ${top}`, ...sqlite, SPEC], { env: { HOME: work } })
    const made = readdirSync(join(top, 'RPMS'), { recursive: true, encoding: 'utf8' })
    packages = made.filter((name) => name.endsWith('.rpm')).map((name) => join(top, 'RPMS', name))
    rpm(['--define', '_db_backend sqlite', '-i', '--nodeps', '--excludedocs', ...packages])
    const image = join(work, 'root.squashfs')
    mustRun('mksquashfs', [root, image, '-noappend', '-quiet', '-no-progress'])
    open = openSource(bytesSource(readFileSync(image), 'root.squashfs'))
    const more = join(work, 'more')
    writeFileSync(join(work, 'by-path.spec'), BY_PATH)
    const quiet = ['-bb', '--quiet', '--define', `_topdir ${more}`]
    mustRun('rpmbuild', [...quiet, ...sqlite, join(work, 'by-path.spec')], { env: { HOME: work } })
    const disc = join(work, 'medium.iso')
    const folders = [join(top, 'RPMS'), join(top, 'SRPMS'), join(more, 'RPMS')]
    mustRun('xorrisofs', ['-quiet', '-R', '-o', disc, ...folders])
    medium = openSource(bytesSource(readFileSync(disc), 'medium.iso'))
  })
  afterAll(() => rmSync(work, { recursive: true }))

  /** Our packages: "tool 2:1.5-3 x86_64" by key. */
  const keyParts = (key: string): string => {
    const { name, version, architecture } = packageParts('rpm', key)!
    return `${name} ${version} ${architecture}`
  }

  it('rows of the database as sqlite3 tells them', () => {
    const file = join(root, DATABASE)
    for (const [table, columns] of [
      ['Packages', 'NULL, blob'],
      ['Basenames', 'key, hnum, idx'],
      ['sqlite_sequence', 'name, seq'],
    ] as const) {
      const told = lines(
        mustRun('sqlite3', [
          file,
          `SELECT rowid, ${columns
            .split(', ')
            .map((name) => `hex(${name})`)
            .join(', ')} FROM ${table} ORDER BY rowid`,
        ]),
      )
      const { rows, warnings } = readTable(readFileSync(file), table)
      expect(warnings).toEqual([])
      const hex = (value: unknown): string =>
        (value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(value === null ? '' : String(value), 'latin1'))
          .toString('hex')
          .toUpperCase()
      expect(rows!.map((row) => [row.rowid, ...row.columns.map(hex)].join('|'))).toEqual(told)
      expect(told.length).toBeGreaterThan(0)
    }
  })

  it('names, versions and architectures', async () => {
    const { references } = await takeInventoryOf(open)
    const told = rpm(['-qa', '--qf', '%{NAME} %{EVR} %{ARCH}\n'])
    expect(references!.graph.keys.slice(1).map(keyParts).sort()).toEqual(told.sort())
    expect(told).toHaveLength(8)
  })

  it('who owns each file', () => {
    const { tree } = open.image
    const pathOf = pathBuilder(tree)
    const ours = new Map<string, string>()
    for (const [key, owner] of ownersIn(open).owners) {
      for (const { path } of entriesOf(owner)) ours.set(`/${path}`, keyParts(key))
    }
    let shared = 0
    for (let index = 1; index < tree.count; index += 1) {
      if (tree.typeOf(index) === 'directory') continue
      const path = pathOf(index)
      // Rpm takes a tenth of a second for a file, so we ask for one page in ten.
      if (/, \d*[1-9]\.txt$/.test(path)) continue
      const { code, stdout } = runTool('rpm', [
        ...['--root', root, '--dbpath', '/usr/lib/sysimage/rpm', '-qf', '--qf', '%{NAME} %{EVR} %{ARCH}\n'],
        Buffer.from(path, 'latin1').toString(),
      ])
      const told = code === 0 ? lines(stdout) : []
      if (told.length > 1) shared += 1
      if (told.length === 0) expect([path, ours.get(path)]).toEqual([path, undefined])
      else expect(told).toContain(ours.get(path))
    }
    expect(shared).toBe(1)
    expect(ours.size).toBeGreaterThan(160)
  })

  it('all files that are there, and no others', () => {
    const owned = [...ownersIn(open).owners.values()].flatMap((owner) =>
      [...entriesOf(owner)].map(({ path }) => `/${path}`),
    )
    const listed = rpm(['-qa', '--qf', '[%{FILENAMES}\t%{FILESTATES}\t%{FILEMODES:octal}\n]']).map((line) =>
      line.split('\t'),
    )
    const wanted = listed.filter(([, state, mode]) => state === '0' && !mode!.startsWith('40')).map(([path]) => path!)
    // A ghost need not exist, and two packages have one file.
    const absent = ['/var/log/tool.log']
    expect(owned.sort()).toEqual([...new Set(wanted)].filter((path) => !absent.includes(path)).sort())
    expect(wanted).toContain(absent[0])
    expect(listed.map(([, state]) => state)).toContain('2')
  })

  it('which files differ, as rpm -V says', async () => {
    const changed = join(work, 'changed')
    mustRun('cp', ['-a', root, changed])
    const owned = [...ownersIn(open).owners.values()].flatMap((owner) =>
      [...entriesOf(owner)].map(({ path, entry: { type } }) => ({ path, type })),
    )
    const files = owned.filter(({ type, path }) => type === 'file' && !path.startsWith('etc/')).map(({ path }) => path)
    const links = owned.filter(({ type }) => type === 'symlink').map(({ path }) => path)
    writeFileSync(join(changed, files[0]!), 'changed')
    rmSync(join(changed, files[1]!))
    rmSync(join(changed, links[0]!))
    symlinkSync('/elsewhere', join(changed, links[0]!))
    writeFileSync(join(changed, 'etc/tool.d/tool.conf'), 'changed')
    const judged = async (folder: string) => {
      const image = join(work, 'verified.squashfs')
      mustRun('mksquashfs', [folder, image, '-noappend', '-quiet', '-no-progress'])
      const { packages, verdict } = verify(
        await takeIntegrity(openSource(bytesSource(readFileSync(image), 'verified.squashfs'))),
      )
      const found = packages.flatMap(({ flaws }) => flaws.map(({ path }) => path))
      return { verdict, found: [...new Set(found)].sort() }
    }
    const dbpath = ['--dbpath', '/usr/lib/sysimage/rpm']
    const toldOf = (folder: string): string[] => {
      // Neither sizes nor times nor what packages require belong to the contents.
      const without = [
        '--nodeps',
        '--noscripts',
        '--noconfig',
        '--nomtime',
        '--nosize',
        '--nomode',
        '--nouser',
        '--nogroup',
      ]
      const { stdout } = runTool('rpm', ['--root', folder, ...dbpath, '-Va', ...without])
      const found = lines(stdout).flatMap((line) =>
        /^missing|^..5|^....L/.test(line) ? [line.slice(line.indexOf('/'))] : [],
      )
      return [...new Set(found)].sort()
    }
    expect(await judged(root)).toEqual({ verdict: 'pass', found: toldOf(root) })
    const told = toldOf(changed)
    expect(await judged(changed)).toEqual({ verdict: 'fail', found: told })
    expect(told).toEqual([files[0]!, files[1]!, links[0]!].map((path) => `/${path}`).sort())
  }, 120_000)

  it('what each requires, and who provides that', async () => {
    const { references } = await takeInventoryOf(open)
    const { graph } = references!
    const name = (node: number): string => packageParts('rpm', graph.keys[node]!)!.name
    const ours = graph.keys.flatMap((_, from) => {
      if (from === 0) return []
      const { start, list } = graph.references
      return Array.from(list.subarray(start[from], start[from + 1]), (to) => `${name(from)} ${name(to)}`)
    })
    const told = new Set<string>()
    for (const from of rpm(['-qa', '--qf', '%{NAME}\n'])) {
      for (const required of [...rpm(['-q', '--requires', from]), ...rpm(['-q', '--recommends', from])]) {
        const names = RICH[required] ?? [required.replace(/ [<=>]+ .*/, '')]
        for (const one of names) {
          const answer = runTool('rpm', [
            ...['--root', root, '--dbpath', '/usr/lib/sysimage/rpm', '-q', '--qf', '%{NAME}\n', '--whatprovides'],
            one,
          ])
          for (const to of answer.code === 0 ? lines(answer.stdout) : []) if (to !== from) told.add(`${from} ${to}`)
        }
      }
    }
    expect(ours.sort()).toEqual([...told].sort())
    // By name, by a name of a library, by a path before the merge of /usr, by a rich dependency.
    for (const edge of ['tool scripts', 'libsmall-compat libsmall', 'tool shell', 'tool manuals'])
      expect(ours).toContain(edge)
  })

  it('sizes that add up to the file', async () => {
    const { accounts, owners } = report(await takeInventoryOf(open))
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(open.file.size)
    expect(owners.find(({ pname }) => pname === 'libsmall')).toMatchObject({ unpacked: 20_017, files: 2 })
  })

  it('names, versions and architectures of packages that lie on a medium as files', () => {
    const told = lines(mustRun('rpm', ['-qp', '--nosignature', '--qf', '%{NAME} %{EVR} %{ARCH}\n', ...packages]))
    const others = ['tool 2:1.5~rc1-3.small src', 'answerer 1-1 noarch', 'asker 1-1 noarch']
    expect([...ownersIn(medium).owners.keys()].map(keyParts).sort()).toEqual([...told, ...others].sort())
    expect(ownersIn(medium).problems).toEqual([])
  })

  it('the source packages of all of them', async () => {
    const asked = ['-qp', '--nosignature', '--qf', '%{NAME} %{EVR} %{ARCH} %{SOURCERPM}\n', ...packages]
    const told = lines(mustRun('rpm', asked))
    const { sources } = (await takeInventoryOf(medium)).references!
    const found = [...sources!].map(([key, source]) => `${keyParts(key)} ${source}`)
    // The two that are made for the medium only have a source package of their own.
    expect(found.filter((one) => !/asker|answerer/.test(one)).sort()).toEqual(told.sort())
    expect(found).toHaveLength(told.length + 2)
  })

  it('the same references between them as between installed packages, but through links of the system', async () => {
    const between = async (image: OpenImage): Promise<readonly string[]> =>
      (await edgesOf(image)).filter((edge) => !/^(\*|medium) /.test(edge))
    const expected = new Set(await between(open))
    // The path that it requires leads through a link of another package, and only an installed system has that.
    expected.delete('tool -> shell (structural)')
    expected.add('asker -> answerer (structural)')
    expect(new Set(await between(medium))).toEqual(expected)
  })
})
