import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { type OpenImage, openSource } from '../../../src/images/open-image.ts'
import { takeInventoryOf } from '../../../src/inventory/take-inventory.ts'
import { entriesOf } from '../../../src/owners/owner.ts'
import { ownersIn } from '../../../src/owners/owners-in.ts'
import { type Content, squashfsOf } from '../../parsers/squashfs/writer.ts'
import { edgesOf } from '../package-edges.ts'

type Fields = Readonly<Record<string, readonly string[]>>

const textOf = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, values]) => `%${name}%\n${values.join('\n')}\n\n`)
    .join('')

/** The two files that pacman keeps of a package. */
function installed(
  name: string,
  version: string,
  files: readonly string[],
  fields: Fields,
): Readonly<Record<string, Content>> {
  const folder = `var/lib/pacman/local/${name}-${version}`
  return {
    [`${folder}/desc`]: textOf({ NAME: [name], VERSION: [version], ARCH: ['x86_64'], ...fields }),
    [`${folder}/files`]: textOf({ FILES: ['usr/', 'usr/bin/', ...files], BACKUP: ['etc/x.conf\t0123456789abcdef'] }),
  }
}

const AUTOMATIC = { REASON: ['1'] }

const SMALL_ARCH: Readonly<Record<string, Content>> = {
  bin: { target: 'usr/bin' },
  'usr/bin/bash': 'bash'.repeat(900),
  'usr/bin/git': 'git'.repeat(900),
  'usr/lib/libc.so.6': 'libc'.repeat(2000),
  'usr/lib/libcrypto.so.3': 'crypto'.repeat(300),
  'usr/lib/libcrypto.so.1.1': 'old crypto'.repeat(300),
  'usr/bin/perl': 'perl'.repeat(500),
  'etc/machine-id': '0123456789abcdef',
  'var/lib/pacman/local/ALPM_DB_VERSION': '9\n',
  ...installed('bash', '5.2.037-1', ['usr/bin/bash'], { DEPENDS: ['glibc>=2.3'], PROVIDES: ['sh'] }),
  ...installed('git', '2.47.1-1', ['usr/bin/git'], {
    DEPENDS: ['sh', 'libcrypto.so=3-64', 'missing'],
    OPTDEPENDS: ['perl>=5:38: for some commands', 'tk: gitk', 'bash'],
    ARCH: ['any'],
  }),
  ...installed('glibc', '2.40-1', ['usr/lib/libc.so.6'], AUTOMATIC),
  ...installed('openssl', '3.4.0-1', ['usr/lib/libcrypto.so.3'], { ...AUTOMATIC, PROVIDES: ['libcrypto.so=3-64'] }),
  ...installed('openssl-1.1', '1.1.1.w-2', ['usr/lib/libcrypto.so.1.1'], {
    REASON: ['0'],
    PROVIDES: ['libcrypto.so=1.1-64'],
  }),
  ...installed('perl', '5.40.0-1', ['usr/bin/perl', 'usr/bin/gone'], AUTOMATIC),
  ...installed('base', '1:3-2', [], { DEPENDS: ['bash'] }),
}

const imageOf = (files: Readonly<Record<string, Content>>): OpenImage =>
  openSource(bytesSource(squashfsOf(files), 'arch.squashfs'))

describe('packages of pacman', () => {
  it('own the files of the local database', () => {
    const paths = Array.from(ownersIn(imageOf(SMALL_ARCH)).owners, ([key, owner]) => [
      key,
      Array.from(entriesOf(owner), ({ path }) => path),
    ])
    expect(Object.fromEntries(paths)).toEqual({
      'pacman:bash:x86_64=5.2.037-1': ['usr/bin/bash'],
      'pacman:git:any=2.47.1-1': ['usr/bin/git'],
      'pacman:glibc:x86_64=2.40-1': ['usr/lib/libc.so.6'],
      'pacman:openssl-1.1:x86_64=1.1.1.w-2': ['usr/lib/libcrypto.so.1.1'],
      'pacman:openssl:x86_64=3.4.0-1': ['usr/lib/libcrypto.so.3'],
      'pacman:perl:x86_64=5.40.0-1': ['usr/bin/perl'],
    })
  })

  it('depend by name, by what packages provide, and by the version of a library', async () => {
    expect(await edgesOf(imageOf(SMALL_ARCH))).toEqual([
      '* -> base (chosen)',
      '* -> bash (chosen)',
      '* -> git (chosen)',
      '* -> openssl-1.1 (chosen)',
      'base -> bash (structural)',
      'bash -> glibc (structural)',
      'git -> bash (structural)',
      'git -> openssl (structural)',
      'git -> perl (chosen)',
    ])
  })

  it('have sizes that add up to the file with those of all other files', async () => {
    const open = imageOf(SMALL_ARCH)
    const { attribution, kind } = await takeInventoryOf(open)
    expect(kind).toBe('pacman')
    expect(attribution.accounts.reduce((sum, { own }) => sum + own, 0)).toBe(open.file.size)
  })

  it('are missing with a sentence where the database names none', () => {
    const { owners, problems } = ownersIn(imageOf({ ...SMALL_ARCH, 'var/lib/pacman/local/odd-1/desc': 'nothing\n' }))
    expect(owners.size).toBe(6)
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/odd-1\/files.*is missing/s),
      expect.stringMatching(/arch\.squashfs.*\/var\/lib\/pacman\/local\/odd-1\/desc.*names no package/s),
    ])
    const cut = { 'var/lib/pacman/local/odd-1/desc': '%NAME%\nodd\n\n%VERSION%\n1\n\n%ARCH%\nany' }
    const rest = ownersIn(
      imageOf({ ...SMALL_ARCH, ...cut, 'usr/odd': 'x', 'var/lib/pacman/local/odd-1/files': '%FILES%\nusr/odd\n' }),
    )
    expect(rest.owners.has('pacman:odd:any=1')).toBe(true)
    expect(rest.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/odd-1\/desc.*ends within a line/s),
    ])
    const withoutVersion = { 'var/lib/pacman/local/odd-1/desc': '%NAME%\nodd\n\n%VERS' }
    for (const files of [withoutVersion, { 'var/lib/pacman/local/odd-1/files': '%FILES%\n' }]) {
      const more = ownersIn(imageOf({ ...SMALL_ARCH, ...files })).problems
      expect(more.map(({ message }) => message)).toContainEqual(expect.stringMatching(/odd-1\/desc/))
    }
  })

  it('are missing by the hundred with a few sentences', () => {
    const folders = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`var/lib/pacman/local/p${at}/x`, '']))
    const { problems } = ownersIn(imageOf({ ...SMALL_ARCH, ...folders }))
    expect(problems).toHaveLength(4)
    expect(problems[3]!.message).toMatch(/is missing \(597 more like this, the last of them here\)/)
  })
})
