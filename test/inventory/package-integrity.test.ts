import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { type VerifiedPackage, verify } from '../../src/analyses/verify.ts'
import { openSource } from '../../src/images/open-image.ts'
import { takeIntegrity } from '../../src/inventory/integrity.ts'
import { SMALL_DEBIAN } from '../owners/dpkg/small-debian.ts'
import { SMALL_FEDORA } from '../owners/rpm/small-fedora.ts'
import { type Content, squashfsOf } from '../parsers/squashfs/writer.ts'

type Files = Readonly<Record<string, Content>>

const hashOf = (algorithm: string, content: string, encoding: 'hex' | 'base64' = 'hex'): string =>
  createHash(algorithm).update(content, 'latin1').digest(encoding)

/** What `verify` says of an image with some files, with the flaws of each package by its name. */
async function verified(files: Files) {
  const open = openSource(bytesSource(squashfsOf(files), 'image.squashfs'))
  const { verdict, packages, files: others, problems } = verify(await takeIntegrity(open))
  expect(problems).toEqual([])
  const nameOf = ({ key }: VerifiedPackage): string => key.split(':')[1]!
  return {
    verdict,
    others: others.count,
    status: Object.fromEntries(packages.map((one) => [nameOf(one), `${one.status} ${one.declared}`])),
    flaws: packages.flatMap((one) => one.flaws.map(({ path, differs }) => `${nameOf(one)} ${path} ${differs}`)),
  }
}

const md5sums = (paths: readonly string[]): string =>
  paths.map((path) => `${hashOf('md5', SMALL_DEBIAN[path] as string)}  ${path}\n`).join('')

/** The small Debian with the sums that its packages have. Those of bash are spelled as before the merge of /usr. */
const DEBIAN: Files = {
  ...SMALL_DEBIAN,
  'var/lib/dpkg/info/bash.md5sums': md5sums(['usr/bin/bash']).replace('usr/bin', 'bin'),
  'var/lib/dpkg/info/libc6:amd64.md5sums': md5sums(['usr/lib/x86_64-linux-gnu/libc.so.6']),
  'var/lib/dpkg/info/libc6:i386.md5sums': md5sums(['usr/lib/i386-linux-gnu/libc.so.6']),
  'var/lib/dpkg/info/libtinfo6:amd64.md5sums': md5sums(['usr/lib/libtinfo.so']),
  'var/lib/dpkg/info/vim.md5sums': md5sums(['usr/bin/vim']),
  // Its file lies where the diversion of perf-wrapper has put it.
  'var/lib/dpkg/info/linux-perf.md5sums': md5sums(['usr/bin/perf.wrapper']).replace('.wrapper', ''),
  'var/lib/dpkg/info/perf-wrapper.md5sums': md5sums(['usr/bin/perf']),
}

describe('the files of packages of dpkg', () => {
  it('are as their sums say, through links and diversions; a package that is removed has none', async () => {
    const { verdict, status, flaws, others } = await verified(DEBIAN)
    expect({ verdict, flaws }).toEqual({ verdict: 'pass', flaws: [] })
    expect(status).toEqual({
      bash: 'pass 1',
      libc6: 'pass 1',
      libtinfo6: 'pass 1',
      'linux-perf': 'pass 1',
      old: 'pass 0',
      'perf-wrapper': 'pass 1',
      vim: 'pass 1',
    })
    const inDatabase = Object.keys(DEBIAN).filter((path) => path.startsWith('var/lib/'))
    expect(others).toBe(inDatabase.length + 1)
  })

  it('are other ones, missing, or of another type', async () => {
    const { 'usr/bin/perf': _, ...missing } = DEBIAN
    const { verdict, status, flaws } = await verified({
      ...missing,
      'usr/bin/vim': `${DEBIAN['usr/bin/vim'] as string}!`,
      'usr/lib/libtinfo.so': { target: 'libtinfo.so.6' },
    })
    expect(verdict).toBe('fail')
    expect(status).toMatchObject({ bash: 'pass 1', vim: 'fail 1', libtinfo6: 'fail 1' })
    expect(flaws).toEqual([
      'libtinfo6 /usr/lib/libtinfo.so type',
      'perf-wrapper /usr/bin/perf missing',
      'vim /usr/bin/vim content',
    ])
  })

  it('have no sums, so that nobody can say', async () => {
    const { 'var/lib/dpkg/info/vim.md5sums': _, ...without } = DEBIAN
    const { verdict, status } = await verified(without)
    expect({ verdict, vim: status['vim'] }).toEqual({ verdict: 'unknown', vim: 'unknown 0' })
  })
})

describe('files of packages that cannot be read', () => {
  it('are no proof of another content, but keep us from the verdict', async () => {
    // A block of its own, which follows the superblock.
    const image = squashfsOf({ ...DEBIAN, 'usr/bin/bash': 'bash'.repeat(40_000) })
    image.fill(0xff, 100, 140)
    const open = openSource(bytesSource(image, 'damaged.squashfs'))
    const { verdict, packages } = verify(await takeIntegrity(open))
    expect(verdict).toBe('unknown')
    const [bash, ...others] = packages
    expect(bash).toMatchObject({ status: 'fail', flaws: [], failed: 1, failures: [{ path: '/usr/bin/bash' }] })
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 'pass'))
  })
})

/** A system of Alpine. Its second package has digests as of apk-tools 3, and the third one truncated ones. */
const ALPINE: Files = {
  'lib/libc.so': 'libc',
  'lib/libc.so.1': { target: 'libc.so' },
  'bin/busybox': 'busybox',
  'bin/short': 'short',
  'etc/motd': 'changed',
  'lib/apk/db/installed': [
    'P:musl\nV:1\nA:x86_64\nF:lib\nR:libc.so',
    `Z:Q1${hashOf('sha1', 'libc', 'base64')}`,
    `R:libc.so.1\nZ:Q1${hashOf('sha1', 'libc.so', 'base64')}`,
    `F:etc\nR:motd\nZ:Q1${hashOf('sha1', 'motd', 'base64')}`,
    '',
    `P:busybox\nV:1\nA:x86_64\nF:bin\nR:busybox\nZ:Q2${hashOf('sha256', 'busybox', 'base64')}`,
    '',
    'P:short\nV:1\nA:x86_64\nf:S\nF:bin\nR:short',
    `Z:Q1${createHash('sha256').update('short').digest().subarray(0, 20).toString('base64')}`,
    '',
  ].join('\n'),
}

describe('the files of packages of apk', () => {
  it('are as their digests say, but for those in /etc, which users change', async () => {
    const { verdict, status, flaws } = await verified(ALPINE)
    expect({ verdict, flaws }).toEqual({ verdict: 'pass', flaws: [] })
    expect(status).toEqual({ busybox: 'pass 1', musl: 'pass 2', short: 'pass 1' })
  })

  it('are other ones', async () => {
    const other = {
      'lib/libc.so': 'LIBC',
      'lib/libc.so.1': { target: '/libc.so' },
      'bin/busybox': 'B',
      'bin/short': 's',
    }
    expect((await verified({ ...ALPINE, ...other })).flaws).toEqual([
      'busybox /bin/busybox content',
      'musl /lib/libc.so.1 target',
      'musl /lib/libc.so content',
      'short /bin/short content',
    ])
  })
})

const MTREE = [
  '#mtree',
  '/set type=file uid=0 gid=0 mode=644',
  './.PKGINFO time=1.0 size=1 sha256digest=0',
  './etc time=1.0 type=dir',
  `./etc/tool.conf time=1.0 size=1 sha256digest=${hashOf('sha256', 'as it came')}`,
  `./usr/bin/a\\040name\\303\\251 time=1.0 size=4 md5digest=${hashOf('md5', 'tool')} sha256digest=${hashOf('sha256', 'tool')}`,
  `./usr/bin/old time=1.0 md5digest=${hashOf('md5', 'old')}`,
  './usr/bin/link time=1.0 mode=777 type=link link=a\\040name\\303\\251',
  '',
].join('\n')

const ARCH: Files = {
  'usr/bin/a name\u00c3\u00a9': 'tool',
  'usr/bin/old': 'old',
  'usr/bin/link': { target: 'a name\u00c3\u00a9' },
  'etc/tool.conf': 'changed',
  'var/lib/pacman/local/tool-1-1/desc': '%NAME%\ntool\n\n%VERSION%\n1-1\n\n%ARCH%\nany\n',
  'var/lib/pacman/local/tool-1-1/files':
    '%FILES%\nusr/\nusr/bin/a name\u00c3\u00a9\nusr/bin/old\nusr/bin/link\netc/tool.conf\n\n%BACKUP%\netc/tool.conf\t0\n',
  'var/lib/pacman/local/tool-1-1/mtree': new Uint8Array(gzipSync(Buffer.from(MTREE, 'latin1'))),
}

describe('the files of packages of pacman', () => {
  it('are as their mtree says, but for those that it backs up', async () => {
    const { verdict, status, flaws } = await verified(ARCH)
    expect({ verdict, flaws, status }).toEqual({ verdict: 'pass', flaws: [], status: { tool: 'pass 3' } })
  })

  it('are other ones', async () => {
    const { flaws } = await verified({ ...ARCH, 'usr/bin/old': 'new', 'usr/bin/link': { target: 'old' } })
    expect(flaws).toEqual(['tool usr/bin/link target', 'tool usr/bin/old content'])
  })
})

describe('the files of packages of rpm', () => {
  it('are none of those in its database, but for a few that are the same', async () => {
    // The small Fedora has made-up contents under the names of the database.
    const { verdict, flaws } = await verified(SMALL_FEDORA)
    expect(verdict).toBe('fail')
    expect(flaws.some((flaw) => flaw.includes('/etc/tool.d/tool.conf'))).toBe(false)
    expect(flaws.some((flaw) => flaw.endsWith('/usr/lib/libsmall.so target'))).toBe(false)
  })
})
