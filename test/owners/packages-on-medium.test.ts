import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../parsers/bytes/limits.ts'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { sizesOfInventory } from '../../src/analyses/graph-sizes.ts'
import { report } from '../../src/analyses/report.ts'
import { without } from '../../src/analyses/without.ts'
import { neighbours } from '../../src/graph/reference-graph.ts'
import { type OpenImage, openSource } from '../../src/images/open-image.ts'
import { takeInventoryOf } from '../../src/inventory/take-inventory.ts'
import { longNameOf, packageOf } from '../../src/owners/names.ts'
import { ownersIn } from '../../src/owners/owners-in.ts'
import { rootReason } from '../../src/views/references.ts'
import { type Content, concat, squashfsOf, text } from '../parsers/squashfs/writer.ts'
import { discOf } from './disc.ts'
import { SMALL_DEBIAN } from './dpkg/small-debian.ts'
import { edgesOf } from './package-edges.ts'
import { apkOf, arOf, debOf, pacmanOf, tarOf } from './package-writers.ts'

const control = (fields: Readonly<Record<string, string>>): string =>
  Object.entries({ Version: '1', Architecture: 'amd64', ...fields })
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')

const keysOf = (open: OpenImage): readonly string[] => [...ownersIn(open).owners.keys()]
const problemsOf = (open: OpenImage): readonly string[] => ownersIn(open).problems.map(({ message }) => message)

describe('packages that lie on a medium as files', () => {
  it('are what they say of themselves: the name of a file may lack the epoch', () => {
    const open = discOf({
      'vim_9.0-2_amd64.deb': debOf(control({ Package: 'vim', Version: '2:9.0-2' })),
      'busybox-1.36.1-r29.apk': apkOf('# made\npkgname = busybox\npkgver = 1.36.1-r29\narch = x86_64\n'),
      'git-2.47.1-1-x86_64.pkg.tar.gz': pacmanOf('pkgname = git\npkgver = 1:2.47.1-1\narch = x86_64\n'),
      'a-package.txt': text('none'),
    })
    expect(keysOf(open)).toEqual([
      'apk:busybox:x86_64=1.36.1-r29',
      'dpkg:vim:amd64=2:9.0-2',
      'pacman:git:x86_64=1:2.47.1-1',
    ])
    expect(problemsOf(open)).toEqual([])
  })

  it('are what their names say where we do not read them', () => {
    const files = {
      'vim_2%3a9.0-2_amd64.deb': text('0.939000\nan old format'),
      'net_1_amd64.udeb': arOf({ 'debian-binary': text('3.0\n') }),
      'so-tool-1.36.1-r29.apk': text('ADBd'),
      'a-b-1:2.47.1-1-any.pkg.tar.zst': text('?'),
      'no-version.deb': text('?'),
      'app-r1.apk': text('?'),
    }
    const open = discOf(files, 'aarch64')
    expect(keysOf(open)).toEqual([
      'apk:so-tool:aarch64=1.36.1-r29',
      'dpkg:net:amd64=1',
      'dpkg:vim:amd64=2:9.0-2',
      'pacman:a-b:any=1:2.47.1-1',
    ])
    expect(problemsOf(open)).toEqual([])
  })

  it.each([
    [
      'dpkg',
      (name: string, version: string, depends: string) =>
        debOf(control({ Package: name, Version: version, ...(depends === '' ? {} : { Depends: depends }) })),
      ['lib (>= 1.9), lib (<< 1:0)', 'lib', 'lib (= 7)'],
      '.deb',
    ],
    [
      'apk',
      (name: string, version: string, depends: string) =>
        apkOf(
          `pkgname = ${name}\npkgver = ${version}\narch = x\n${depends
            .split(', ')
            .map((one) => `depend = ${one}\n`)
            .join('')}`,
        ),
      ['lib>=1.9, lib<2_rc', 'lib', 'lib=7'],
      '-r0.apk',
    ],
    [
      'pacman',
      (name: string, version: string, depends: string) =>
        pacmanOf(
          `pkgname = ${name}\npkgver = ${version}\narch = x\n${depends
            .split(', ')
            .map((one) => `depend = ${one}\n`)
            .join('')}`,
        ),
      ['lib>=1.9, lib<1:0', 'lib', 'lib=7'],
      '.pkg.tar.gz',
    ],
  ] as const)('of %s need the newest version that fits, of several', async (_, write, [limited, any, none], ending) => {
    const newest = ending === '-r0.apk' ? '2' : '1:1'
    const made: readonly (readonly [string, string, string])[] = [
      ['lib', '1.2', ''],
      ['lib', '1.9', ''],
      ['lib', '1.10', ''],
      ['lib', newest, ''],
      ['limited', '1', limited],
      ['any', '1', any],
      ['none', '1', none],
    ]
    const files = made.map(
      ([name, version, depends], at) => [`p${at}${ending}`, write(name, version, depends)] as const,
    )
    const { graph } = (await takeInventoryOf(discOf(Object.fromEntries(files)))).references!
    const told = graph.keys.flatMap((key, from) =>
      [...neighbours(graph.references, from)].map(
        (to) => `${packageOf(key).name} -> ${packageOf(graph.keys[to]!).version}`,
      ),
    )
    expect(told.filter((edge) => !edge.startsWith('packages'))).toEqual([
      `any -> ${newest}`,
      'limited -> 1.10',
      `none -> ${newest}`,
    ])
  })

  it('are what the index in their folder says where we do not read them', async () => {
    const record = (lines: Readonly<Record<string, string>>): string =>
      Object.entries({ C: 'Q1x', A: 'x86_64', ...lines })
        .map(([letter, value]) => `${letter}:${value}\n`)
        .join('')
    const index = [
      record({ P: 'tool', V: '1-r0', D: 'so:libz.so.1 !old', o: 'tools' }),
      record({ P: 'zlib', V: '1-r0', p: 'so:libz.so.1=1.3' }),
      record({ P: 'read', V: '1-r0', D: 'tool', A: 'noarch' }),
      record({ P: 'not-here', V: '1-r0', D: 'tool' }),
    ]
    const files = {
      'APKINDEX.tar.gz': concat(
        gzipSync(tarOf({ '.SIGN.RSA.key.rsa.pub': 'signature' })),
        gzipSync(concat(tarOf({ DESCRIPTION: 'v3', APKINDEX: index.join('\n') }), new Uint8Array(1024))),
      ),
      'tool-1-r0.apk': text('ADBd'),
      'zlib-1-r0.apk': text('ADBd'),
      'read-1-r0.apk': apkOf('pkgname = read\npkgver = 1-r0\narch = noarch\ndepend = zlib\n'),
      'new-1-r0.apk': text('ADBd'),
    }
    const open = discOf(files, 'x86_64')
    expect(problemsOf(open)).toEqual([])
    expect(await edgesOf(open)).toEqual([
      'medium -> new (chosen)',
      'medium -> read (chosen)',
      'medium -> tool (chosen)',
      'read -> zlib (structural)',
      'tool -> zlib (structural)',
    ])
    const { references } = await takeInventoryOf(open)
    expect([...references!.sources!]).toEqual([['apk:tool:x86_64=1-r0', 'tools']])
    const damaged = discOf({ ...files, 'APKINDEX.tar.gz': gzipSync(text('x'.repeat(5000))) }, 'x86_64')
    expect(keysOf(damaged)).toEqual(keysOf(open))
    expect(problemsOf(damaged)).toEqual([
      expect.stringMatching(/repository index at 0x0 .*: there is no file APKINDEX in it$/),
    ])
  })

  it('hang on the medium unless another package there requires them', async () => {
    const open = discOf({
      'vim_1_amd64.deb': debOf(control({ Package: 'vim', Depends: 'libc6 (>= 2)', Recommends: 'xxd' })),
      'libc6_1_amd64.deb': debOf(control({ Package: 'libc6' })),
      'xxd_1_amd64.deb': debOf(control({ Package: 'xxd' })),
    })
    expect(await edgesOf(open)).toEqual([
      'medium -> vim (chosen)',
      'medium -> xxd (chosen)',
      'vim -> libc6 (structural)',
      'vim -> xxd (chosen)',
    ])
    const { roots, references, attribution } = await takeInventoryOf(open)
    expect(roots.map(({ node, reason }) => [references!.graph.keys[node], reason])).toEqual([['dpkg:medium', 'medium']])
    expect(rootReason(roots[0]!)).toEqual(['files to install from'])
    expect(longNameOf('dpkg:medium')).toBe('packages on the medium (dpkg)')
    expect(attribution.accounts.reduce((sum, { own }) => sum + own, 0)).toBe(open.file.size)
  })

  it('have requirements of their own in each package manager', async () => {
    const files = {
      'tool-1-r0.apk': apkOf('pkgname = tool\npkgver = 1-r0\narch = noarch\ndepend = so:libz.so.1\ndepend = !old\n'),
      'zlib-1-r0.apk': apkOf('pkgname = zlib\npkgver = 1-r0\narch = x86_64\nprovides = so:libz.so.1=1.3\n'),
      'git-1-1-any.pkg.tar.gz': pacmanOf('pkgname = git\npkgver = 1-1\narch = any\noptdepend = perl: some commands\n'),
      'perl-1-1-any.pkg.tar.gz': pacmanOf('pkgname = perl\npkgver = 1-1\narch = any\ndepend = git>=1\n'),
    }
    expect(await edgesOf(discOf(files))).toEqual([
      'git -> perl (chosen)',
      'medium -> perl (chosen)',
      'medium -> tool (chosen)',
      'perl -> git (structural)',
      'tool -> zlib (structural)',
    ])
  })

  it('are one with the same package installed in an image beside, and have bytes in both', async () => {
    const open = discOf({
      'filesystem.squashfs': squashfsOf(SMALL_DEBIAN),
      'vim_9.0.1378-2_amd64.deb': debOf(control({ Package: 'vim', Version: '2:9.0.1378-2', Depends: 'nano' })),
      'nano_7_amd64.deb': debOf(control({ Package: 'nano', Version: '7', Depends: 'libc6' })),
    })
    const inventory = await takeInventoryOf(open)
    const vim = report(inventory).owners.find(({ pname }) => pname === 'vim')!
    expect(Object.keys(vim.ownByRegion).sort()).toEqual(['/pool', '/pool/filesystem.squashfs'])
    const edges = await edgesOf(open)
    expect(edges.filter((edge) => edge.startsWith('medium') || edge.includes('nano'))).toEqual([
      'medium -> nano (chosen)',
    ])
    expect(edges).toContain('* -> vim (chosen)')
    expect(inventory.roots.map(({ reason }) => reason)).toEqual(['selection', 'medium', 'unreferenced'])
    // The file on the medium stays: what needs the installed one does not need it.
    const sizes = sizesOfInventory(inventory, inventory.references!)
    const node = sizes.graph.keys.indexOf(vim.key)
    const { gone } = without(sizes, { references: [], owners: [node] })
    expect(gone.find((one) => one.node === node)!.frees).toBe(vim.ownByRegion['/pool/filesystem.squashfs'])
  })

  it('are no owners in an installed system, where they are a cache', () => {
    const cached: Readonly<Record<string, Content>> = {
      ...SMALL_DEBIAN,
      'var/cache/apt/archives/nano_7_amd64.deb': debOf(control({ Package: 'nano' })),
    }
    const open = openSource(bytesSource(squashfsOf(cached), 'debian.squashfs'))
    expect(keysOf(open).filter((key) => key.includes('nano'))).toEqual([])
  })

  it('are packages for a reader, of whatever managers they are', async () => {
    const open = discOf({
      'vim_1_amd64.deb': debOf(control({ Package: 'vim' })),
      'git-1-1-x86_64.pkg.tar.gz': pacmanOf('pkgname = git\npkgver = 1-1\narch = x86_64\n'),
    })
    expect(report(await takeInventoryOf(open)).noun).toEqual(['package', 'packages'])
  })

  it('are told with a sentence if they are damaged', () => {
    const whole = debOf(control({ Package: 'vim' }))
    const packed = gzipSync(tarOf({ control: control({ Package: 'vim', Description: 'x'.repeat(3000) }) }))
    packed.fill(0xff, 20, 40)
    const open = discOf({
      'a_1_amd64.deb': whole.subarray(0, 140),
      'b_1_amd64.deb': arOf({ 'debian-binary': text('2.0\n'), 'control.tar.gz': packed }),
    })
    expect(keysOf(open)).toEqual(['dpkg:a:amd64=1', 'dpkg:b:amd64=1'])
    expect(problemsOf(open)).toEqual([
      expect.stringMatching(/a_1_amd64\.deb in medium\.iso/),
      expect.stringMatching(/control\.tar of b_1_amd64\.deb in medium\.iso/),
    ])
  })

  it('are known by name beyond the limit, which is said once', () => {
    const files = Object.fromEntries(
      ['a', 'b', 'c'].map((name) => [`${name}_7_amd64.deb`, debOf(control({ Package: name }))]),
    )
    const open = discOf(files, 'pool', { ...DEFAULT_LIMITS, packages: 3000 })
    expect(keysOf(open)).toEqual(['dpkg:a:amd64=1', 'dpkg:b:amd64=7', 'dpkg:c:amd64=7'])
    expect(problemsOf(open)).toEqual([expect.stringMatching(/too large to read.*the limit is/s)])
  })
})
