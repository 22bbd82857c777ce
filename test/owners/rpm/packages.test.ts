import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../../parsers/bytes/limits.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { report } from '../../../src/analyses/report.ts'
import { type OpenImage, openSource } from '../../../src/images/open-image.ts'
import { takeInventoryOf } from '../../../src/inventory/take-inventory.ts'
import { kindsOf } from '../../../src/owners/kinds-of.ts'
import { entriesOf } from '../../../src/owners/owner.ts'
import { ownersIn } from '../../../src/owners/owners-in.ts'
import { readTable } from '../../parsers/sqlite/rows.ts'
import { log } from '../../parsers/sqlite/writer.ts'
import { type Content, squashfsOf } from '../../parsers/squashfs/writer.ts'
import { SMALL_DEBIAN } from '../dpkg/small-debian.ts'
import { RPMDB, SMALL_FEDORA } from './small-fedora.ts'

const imageOf = (files: Readonly<Record<string, Content>>): OpenImage =>
  openSource(bytesSource(squashfsOf(files), 'fedora.squashfs'))

const DATABASE = 'usr/lib/sysimage/rpm/rpmdb.sqlite'
const VERSION = '2:1.5~rc1-3.small'
const TOOL = `rpm:tool:x86_64=${VERSION}`

/** The paths of each owner, by key. */
const pathsOf = (open: OpenImage): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Array.from(ownersIn(open).owners, ([key, owner]) => [key, [...entriesOf(owner)].map(({ path }) => path)]),
  )
const problemsOf = (files: Readonly<Record<string, Content>>): readonly string[] =>
  ownersIn(imageOf(files)).problems.map(({ message }) => message)

describe('packages of rpm', () => {
  it('own the files of their headers, except directories, what was not installed, and what another package has', () => {
    expect(pathsOf(imageOf(SMALL_FEDORA))).toEqual({
      [`rpm:docs:noarch=${VERSION}`]: [
        'usr/share/docs/a page with a name of some length, 1.txt',
        'usr/share/docs/na\u00c3\u00afve.txt',
      ],
      [`rpm:filesystem:noarch=${VERSION}`]: ['bin', 'sbin'],
      'rpm:libsmall:x86_64=0:1.0-1': ['usr/lib/libsmall.so', 'usr/lib/libsmall.so.1.0', 'usr/share/licenses/COMMON'],
      [`rpm:libsmall-compat:x86_64=${VERSION}`]: ['usr/lib/libsmall-compat.so'],
      [`rpm:scripts:noarch=${VERSION}`]: ['usr/bin/script', 'usr/sbin/small-service'],
      [`rpm:shell:noarch=${VERSION}`]: ['usr/bin/small-shell'],
      [TOOL]: ['etc/tool.d/tool.conf', 'usr/bin/tool', 'usr/bin/tool-hard', 'usr/bin/tool-link'],
    })
    expect(problemsOf(SMALL_FEDORA)).toEqual([])
  })

  it('have sizes that add up to the file with those of all other files', async () => {
    const open = imageOf(SMALL_FEDORA)
    const inventory = await takeInventoryOf(open)
    const { accounts, owners } = report(inventory)
    expect(inventory.kind).toBe('rpm')
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(open.file.size)
    expect(owners.find(({ key }) => key === TOOL)).toMatchObject({
      name: `tool ${VERSION}`,
      pname: 'tool',
      version: VERSION,
    })
  })

  it('depend on what provides a name, and on who owns a path; rich dependencies and features of rpm are understood', async () => {
    const { references, roots, kind, composition } = await takeInventoryOf(imageOf(SMALL_FEDORA))
    const { graph } = references!
    const kinds = kindsOf(kind, graph, roots, composition)
    const name = (node: number): string => /^rpm:([^:]+)/.exec(graph.keys[node]!)![1]!
    const edges = graph.keys.flatMap((_, from) =>
      Array.from(
        graph.references.list.subarray(graph.references.start[from], graph.references.start[from + 1]),
        (to) => [name(from), name(to), kinds.of({ from, to })],
      ),
    )
    expect(edges).toEqual([
      ['*', 'libsmall-compat', 'chosen'],
      ['*', 'manuals', 'chosen'],
      ['*', 'tool', 'chosen'],
      ['libsmall-compat', 'libsmall', 'structural'],
      ['libsmall', 'filesystem', 'structural'],
      ['tool', 'docs', 'structural'],
      ['tool', 'libsmall', 'structural'],
      ['tool', 'manuals', 'chosen'],
      ['tool', 'scripts', 'structural'],
      ['tool', 'shell', 'structural'],
    ])
  })

  it('are found where each distribution has them', () => {
    const { [DATABASE]: _, 'var/lib/rpm': link, ...files } = SMALL_FEDORA
    for (const folder of ['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm']) {
      const open = imageOf({ ...files, [`${folder}/rpmdb.sqlite`]: RPMDB, [`${folder}/rpmdb.sqlite-wal`]: '' })
      expect(Object.keys(pathsOf(open))).toContain(TOOL)
    }
    expect(pathsOf(imageOf(files))).toEqual({})
    expect(link).toEqual({ target: '../../usr/lib/sysimage/rpm' })
  })

  it('are those of the last commit, if a write-ahead log lies beside the database', () => {
    // The root of the table Packages, without rows.
    const empty = Uint8Array.from({ length: 4096 }, (_, at) => (at === 0 ? 0x0d : 0))
    const beside = (commit: number): readonly string[] => {
      const bytes = log([{ page: 2, content: empty, commit }], { pageSize: 4096 })
      return Object.keys(pathsOf(imageOf({ ...SMALL_FEDORA, [`${DATABASE}-wal`]: bytes })))
    }
    expect(beside(0)).toContain(TOOL)
    expect(beside(RPMDB.length / 4096)).toEqual([])
  })

  it('are not known from other databases, and one sentence says so', () => {
    const { [DATABASE]: _, ...files } = SMALL_FEDORA
    const said = (name: string, kind: string): string[] => [
      `fedora.squashfs: package database "/var/lib/rpm/${name}" at 0x0: ${kind} of rpm; its packages are not known, because only rpmdb.sqlite is read`,
    ]
    expect(problemsOf({ ...files, 'usr/lib/sysimage/rpm/Packages.db': 'RpmP' })).toEqual(
      said('Packages.db', 'an ndb database'),
    )
    expect(problemsOf({ ...files, 'usr/lib/sysimage/rpm/Packages': 'x' })).toEqual(
      said('Packages', 'a Berkeley database'),
    )
    expect(problemsOf({ ...SMALL_FEDORA, 'usr/lib/sysimage/rpm/Packages': 'x' })).toEqual([])
    // What rpm left in a Debian system is no reason for files without an owner.
    expect(problemsOf({ ...SMALL_DEBIAN, 'var/lib/rpm/Packages.db': 'RpmP' })).toEqual([])
    expect(problemsOf({ 'var/lib/rpm/Packages.db': 'RpmP', 'var/lib/dpkg/status': '' })).toHaveLength(1)
  })

  it('are as many as can be read of a damaged database, and a problem says what is lost', () => {
    const [, shell] = readTable(RPMDB, 'Packages').rows![0]!.columns
    const begin = Buffer.from(RPMDB).indexOf(shell as Uint8Array)
    const files = { ...SMALL_FEDORA, [DATABASE]: Uint8Array.from(RPMDB).fill(0xff, begin, begin + 4) }
    const keys = Object.keys(pathsOf(imageOf(files)))
    expect(keys).toHaveLength(6)
    expect(keys.filter((key) => key.includes('shell'))).toEqual([])
    expect(problemsOf(files)).toEqual([
      `package 1 of rpmdb.sqlite in fedora.squashfs: rpm header at 0x0: longer than the row of the database; found ${8 + 16 * (2 ** 32 - 1) + Buffer.from(shell as Uint8Array).readUInt32BE(4)}, expected ${(shell as Uint8Array).length}`,
    ])
    expect(problemsOf({ ...SMALL_FEDORA, [DATABASE]: 'no database of SQLite'.repeat(9) })).toEqual([
      'rpmdb.sqlite in fedora.squashfs: SQLite database header at 0x0: headerString: not that of SQLite 3; found other bytes',
    ])
  })

  it('have no more paths together than the limit, and a problem says so', () => {
    const limits = { ...DEFAULT_LIMITS, path: 5000 }
    const open = openSource(bytesSource(squashfsOf(SMALL_FEDORA), 'fedora.squashfs'), { limits })
    // The 151 paths of "docs" take 11 KB.
    expect(Object.keys(pathsOf(open)).filter((key) => /docs|tool/.test(key))).toEqual([])
    expect(ownersIn(open).problems[0]!.message).toBe(
      'rpmdb.sqlite in fedora.squashfs: rpm database at 0x0: the paths of all packages are too long; those of further packages are ignored; the limit is path=5000, and --parser-limit sets another',
    )
  })
})
