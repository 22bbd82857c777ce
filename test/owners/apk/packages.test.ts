import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { type OpenImage, openSource } from '../../../src/images/open-image.ts'
import { takeInventoryOf } from '../../../src/inventory/take-inventory.ts'
import { entriesOf } from '../../../src/owners/owner.ts'
import { ownersIn } from '../../../src/owners/owners-in.ts'
import { type Content, squashfsOf } from '../../parsers/squashfs/writer.ts'
import { edgesOf } from '../package-edges.ts'

// Debian has no apk-tools, so the database is written after its documented format (apk-tools, doc/ and src/database.c).

/** A database as apk writes it: fields of the index, then directories "F" and the files "R" in them. */
const INSTALLED = `C:Q1kaWVzsjHEsZX3jlWbYLNkIOnMp8=
P:musl
V:1.2.5-r0
A:x86_64
S:400000
I:650000
T:the musl c library (libc) implementation
p:so:libc.musl-x86_64.so.1=1
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755
Z:Q1J7sYS8Bw0cZ6cAJ6Gv0wWYyQzqk=
R:libc.musl-x86_64.so.1

P:busybox
V:1.36.1-r29
A:x86_64
D:so:libc.musl-x86_64.so.1
p:/bin/sh cmd:busybox=1.36.1-r29 cmd:sh=1.36.1-r29
F:
R:.rootfile
F:bin
R:busybox
F:etc
F:etc/network
M:0:0:1777
R:udhcpd.conf

P:tool
V:2.0-r1
A:noarch
o:tool
D:/bin/sh so:libc.musl-x86_64.so.1 cmd:busybox>=1.30 !old-tool missing
F:usr/bin
R:tool

P:docs
V:0.2-r6
A:noarch

P:tool-doc
V:2.0-r1
A:noarch
o:tool
i:docs tool=2.0-r1
F:usr/share/man
R:tool.1

P:tool-openrc
V:2.0-r1
A:noarch
i:openrc tool=2.0-r1
F:etc
R:tool.init
`

const FILES: Readonly<Record<string, Content>> = {
  '.rootfile': 'root',
  'bin/busybox': 'busybox'.repeat(900),
  'bin/sh': { target: '/bin/busybox' },
  'etc/network/udhcpd.conf': 'start',
  'etc/tool.init': '#!/sbin/openrc-run',
  'etc/hostname': 'small',
  'lib/ld-musl-x86_64.so.1': 'musl'.repeat(2000),
  'lib/libc.musl-x86_64.so.1': { target: 'ld-musl-x86_64.so.1' },
  'usr/bin/tool': 'tool'.repeat(400),
  'usr/share/man/tool.1': 'how to use the tool',
}

const WORLD = { 'etc/apk/world': 'busybox\ndocs tool@edge>1\n' }

const imageOf = (files: Readonly<Record<string, Content>>): OpenImage =>
  openSource(bytesSource(squashfsOf(files), 'alpine.squashfs'))

const alpine = (more: Readonly<Record<string, Content>> = WORLD): OpenImage =>
  imageOf({ ...FILES, 'lib/apk/db/installed': INSTALLED, ...more })

const pathsOf = (open: OpenImage): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Array.from(ownersIn(open).owners, ([key, owner]) => [key, [...entriesOf(owner)].map(({ path }) => path)]),
  )

const OWNED = {
  'apk:busybox:x86_64=1.36.1-r29': ['.rootfile', 'bin/busybox', 'etc/network/udhcpd.conf'],
  'apk:musl:x86_64=1.2.5-r0': ['lib/ld-musl-x86_64.so.1', 'lib/libc.musl-x86_64.so.1'],
  'apk:tool-doc:noarch=2.0-r1': ['usr/share/man/tool.1'],
  'apk:tool-openrc:noarch=2.0-r1': ['etc/tool.init'],
  'apk:tool:noarch=2.0-r1': ['usr/bin/tool'],
}

describe('packages of apk', () => {
  it('own the files of the installed database', () => {
    expect(pathsOf(alpine())).toEqual(OWNED)
  })

  it('depend by name, soname, command and path; a package that apk added on its own is only recommended', async () => {
    expect(await edgesOf(alpine())).toEqual([
      '* -> busybox (chosen)',
      '* -> docs (chosen)',
      '* -> tool (chosen)',
      'busybox -> musl (structural)',
      'docs -> tool-doc (chosen)',
      'tool -> busybox (structural)',
      'tool -> musl (structural)',
      'tool -> tool-doc (chosen)',
    ])
  })

  it('hang on the selection if nothing depends on them, where there is no world', async () => {
    const chosen = (await edgesOf(alpine({}))).filter((edge) => edge.startsWith('* '))
    expect(chosen).toEqual([
      '* -> docs (chosen)',
      '* -> tool (chosen)',
      '* -> tool-doc (chosen)',
      '* -> tool-openrc (chosen)',
    ])
  })

  it('have sizes that add up to the file with those of all other files', async () => {
    const open = alpine()
    const { attribution, kind, references } = await takeInventoryOf(open)
    expect(kind).toBe('apk')
    expect([...references!.sources!]).toEqual([['apk:tool-doc:noarch=2.0-r1', 'tool']])
    expect(attribution.accounts.reduce((sum, { own }) => sum + own, 0)).toBe(open.file.size)
    expect(attribution.accounts.filter(({ kind: what }) => what === 'owner')).toHaveLength(5)
  })

  it('are found in /usr/lib, too, and through a link to it', () => {
    const merged = Object.fromEntries(
      Object.entries(FILES).map(([path, file]) => [path.replace(/^lib\//, 'usr/lib/'), file]),
    )
    const paths = {
      ...OWNED,
      'apk:musl:x86_64=1.2.5-r0': OWNED['apk:musl:x86_64=1.2.5-r0'].map((path) => `usr/${path}`),
    }
    const usr = { 'usr/lib/apk/db/installed': INSTALLED }
    expect(pathsOf(imageOf({ ...merged, ...usr, lib: { target: 'usr/lib' } }))).toEqual(paths)
    const inUsr = INSTALLED.replace('F:lib', 'F:usr/lib')
    expect(pathsOf(imageOf({ ...merged, 'usr/lib/apk/db/installed': inUsr }))).toEqual(paths)
  })

  it('are missing with a sentence where the database is something else', () => {
    const { owners, problems } = ownersIn(alpine({ 'lib/apk/db/installed': 'ADB.binary' }))
    expect(owners.size).toBe(0)
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/alpine\.squashfs.*"?\/lib\/apk\/db\/installed.*has no record of a package/s),
    ])
    const cut = ownersIn(alpine({ 'lib/apk/db/installed': `${INSTALLED}\nP:cut\n` }))
    expect(cut.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/1 of its records lack the name or the version/),
    ])
  })
})
