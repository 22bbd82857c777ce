import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { type Check, check } from '../../src/analyses/check.ts'
import { report } from '../../src/analyses/report.ts'
import type { Rule } from '../../src/analyses/rules.ts'
import { openSource } from '../../src/images/open-image.ts'
import { takeInventoryOf } from '../../src/inventory/take-inventory.ts'
import {
  descriptor,
  directory,
  image as disc,
  record,
  simpleImage,
  TERMINATOR,
} from '../parsers/iso9660/image-builder.ts'
import { basePath, type SyntheticImage, syntheticSide } from './synthetic-side.ts'

const [top, tool, lib, dev, oldLib] = ['system', 'tool-1.0', 'lib-2.0', 'lib-2.0-dev', 'lib-1.9'].map((name, hash) =>
  basePath(hash, name),
)
const initrd = basePath(9, 'initrd-linux-6.1')

/** A file of 1,000 bytes: 600 in the squashfs, an initrd of 300, and 100 of padding. */
const IMAGE: SyntheticImage = {
  roots: [top!],
  paths: [
    { base: top!, own: 10, references: [tool!] },
    { base: tool!, own: 90, references: [lib!, dev!] },
    { base: lib!, own: 400, narHash: 'new' },
    { base: dev!, own: 60 },
    { base: oldLib!, own: 40 },
    { base: initrd, own: 300, region: '/boot' },
  ],
  others: [{ kind: 'padding', name: 'padding', region: '[ISO9660]', own: 100 }],
}
/** The same with a smaller library and without the old one: 860 bytes. */
const BASE: SyntheticImage = {
  ...IMAGE,
  paths: IMAGE.paths.flatMap((path) =>
    path.base === oldLib ? [] : path.base === lib ? [{ ...path, own: 300, narHash: 'old' }] : [path],
  ),
}
const paths = (name: string, ...globs: string[]) => ({ kind: 'paths', name, globs }) as const
const image = { kind: 'image' } as const

const run = (rule: Rule, base?: SyntheticImage, of: SyntheticImage = IMAGE, today = '2026-06-15'): Check =>
  check([rule], syntheticSide(of), base === undefined ? undefined : syntheticSide(base), today)

/** A rule, a base or none, and what is found: status, value, names. */
const CASES: readonly (readonly [string, Rule, SyntheticImage | undefined, string, number | undefined, string[]])[] = [
  ['an image within its limit', { kind: 'max', subject: image, max: 1000 }, undefined, 'pass', 1000, []],
  [
    'an image above it, with the three biggest',
    { kind: 'max', subject: image, max: 999 },
    undefined,
    'fail',
    1000,
    ['lib-2.0', 'initrd-linux-6.1', '[ISO9660] padding'],
  ],
  ['a squashfs within', { kind: 'max', subject: { kind: 'squashfs' }, max: 600 }, undefined, 'pass', 600, []],
  [
    'a squashfs above',
    { kind: 'max', subject: { kind: 'squashfs' }, max: 599 },
    undefined,
    'fail',
    600,
    ['lib-2.0', 'tool-1.0', 'lib-2.0-dev'],
  ],
  [
    'an initrd within, with where it is',
    { kind: 'max', subject: { kind: 'initrd' }, max: 300 },
    undefined,
    'pass',
    300,
    ['initrd-linux-6.1'],
  ],
  [
    'an initrd above',
    { kind: 'max', subject: { kind: 'initrd' }, max: 299 },
    undefined,
    'fail',
    300,
    ['initrd-linux-6.1'],
  ],
  [
    'paths of the image within',
    { kind: 'max', subject: paths('path:/boot', '/boot'), max: 300 },
    undefined,
    'pass',
    300,
    [],
  ],
  [
    'paths of the image above',
    { kind: 'max', subject: paths('path:/nix-store.squashfs/*', '/nix-store.squashfs/*'), max: 599 },
    undefined,
    'fail',
    600,
    ['lib-2.0', 'tool-1.0', 'lib-2.0-dev'],
  ],
  [
    'store paths by their paths, wherever they lie',
    { kind: 'max', subject: paths('path:/nix/store/*-lib*', '/nix/store/*-lib*'), max: 499 },
    undefined,
    'fail',
    500,
    ['lib-2.0', 'lib-2.0-dev', 'lib-1.9'],
  ],
  [
    'a group of names and paths that match the same, each byte once',
    { kind: 'max', subject: paths('group:x', 'initrd*', '/boot', '/nix/store/*-initrd*'), max: 299 },
    undefined,
    'fail',
    300,
    ['initrd-linux-6.1'],
  ],
  ['all of the image', { kind: 'max', subject: paths('path:/', '/'), max: 1000 }, undefined, 'pass', 1000, []],
  ['all but its tables', { kind: 'max', subject: paths('path:/**', '/**'), max: 900 }, undefined, 'pass', 900, []],
  ['a path that is not there', { kind: 'max', subject: paths('path:/b', '/b'), max: 0 }, undefined, 'skip', 0, []],
  [
    'files in store paths, of a saved report',
    { kind: 'max', subject: paths('path:/boot/*/bin', '/boot/*/bin'), max: 1e9 },
    undefined,
    'unmeasured',
    undefined,
    [],
  ],
  [
    'growth of paths of the image, with what grew',
    { kind: 'growth', subject: paths('path:/**', '/**'), max: 139 },
    BASE,
    'fail',
    140,
    ['lib-2.0', 'lib-1.9'],
  ],
  [
    'growth of files in store paths, of a saved report',
    { kind: 'growth', subject: paths('path:/boot/*/bin', '/boot/*/bin'), max: 1e9 },
    BASE,
    'unmeasured',
    undefined,
    [],
  ],
  ['paths within', { kind: 'max', subject: paths('path:lib*', 'lib*'), max: 500 }, undefined, 'pass', 500, []],
  [
    'a group above',
    { kind: 'max', subject: paths('group:x', 'lib-*', 'tool*'), max: 589 },
    undefined,
    'fail',
    590,
    ['lib-2.0', 'tool-1.0', 'lib-2.0-dev'],
  ],
  ['a glob that matches nothing', { kind: 'max', subject: paths('path:y*', 'y*'), max: 0 }, undefined, 'skip', 0, []],
  ['growth within', { kind: 'growth', subject: image, max: 140 }, BASE, 'pass', 140, []],
  [
    'growth above, with what grew most',
    { kind: 'growth', subject: image, max: 139 },
    BASE,
    'fail',
    140,
    ['lib-2.0', 'lib-1.9'],
  ],
  [
    'no growth, with where it was',
    { kind: 'growth', subject: { kind: 'initrd' }, max: 0 },
    BASE,
    'pass',
    0,
    ['initrd-linux-6.1'],
  ],
  [
    'growth in percent within',
    { kind: 'growthPercent', subject: image, max: 16.28 },
    BASE,
    'pass',
    (140 / 860) * 100,
    [],
  ],
  [
    'growth in percent above',
    { kind: 'growthPercent', subject: paths('path:lib*', 'lib*'), max: 38 },
    BASE,
    'fail',
    (140 / 360) * 100,
    ['lib-2.0', 'lib-1.9'],
  ],
  ['growth without a base', { kind: 'growth', subject: image, max: 1e9 }, undefined, 'unmeasured', undefined, []],
  [
    'growth with a damaged base',
    { kind: 'growth', subject: image, max: 1e9 },
    { ...BASE, complete: false },
    'unmeasured',
    undefined,
    [],
  ],
  [
    'growth from nothing, in bytes',
    { kind: 'growth', subject: paths('path:lib-1*', 'lib-1*'), max: 39 },
    BASE,
    'fail',
    40,
    ['lib-1.9'],
  ],
  [
    'growth from nothing, in percent',
    { kind: 'growthPercent', subject: paths('path:lib-1*', 'lib-1*'), max: 5 },
    BASE,
    'unmeasured',
    undefined,
    [],
  ],
  ['growth of nothing', { kind: 'growth', subject: paths('path:y*', 'y*'), max: 5 }, BASE, 'skip', 0, []],
  ['nothing forbidden', { kind: 'forbid', match: 'gcc-*', reason: undefined, except: [] }, undefined, 'pass', 0, []],
  [
    'a package forbidden by its name without the version',
    { kind: 'forbid', match: 'tool', reason: undefined, except: [] },
    undefined,
    'fail',
    1,
    ['tool-1.0'],
  ],
  [
    'something forbidden',
    { kind: 'forbid', match: 'lib-*', reason: 'x', except: [] },
    undefined,
    'fail',
    3,
    ['lib-2.0', 'lib-2.0-dev', 'lib-1.9'],
  ],
  [
    'something excepted',
    { kind: 'forbid', match: '*-dev', reason: 'x', except: [{ match: 'lib-*', until: undefined }] },
    undefined,
    'pass',
    0,
    [],
  ],
  [
    'something excepted until today',
    { kind: 'forbid', match: '*-dev', reason: 'x', except: [{ match: 'lib-*', until: '2026-06-15' }] },
    undefined,
    'pass',
    0,
    [],
  ],
  [
    'an exception that expired yesterday',
    { kind: 'forbid', match: '*-dev', reason: 'x', except: [{ match: 'lib-*', until: '2026-06-14' }] },
    undefined,
    'fail',
    1,
    ['lib-2.0-dev'],
  ],
  ['one version, in several outputs', { kind: 'noDuplicates', name: 'tool' }, undefined, 'pass', 1, []],
  ['two versions', { kind: 'noDuplicates', name: 'lib' }, undefined, 'fail', 2, ['lib-2.0', 'lib-2.0-dev', 'lib-1.9']],
  ['a package that is not there', { kind: 'noDuplicates', name: 'gcc' }, undefined, 'skip', 0, []],
  ['packages that are not there', { kind: 'noDuplicates', name: 'gcc*' }, undefined, 'skip', 0, []],
  [
    'all packages, of which one is there twice',
    { kind: 'noDuplicates', name: '*' },
    undefined,
    'fail',
    2,
    ['lib-2.0', 'lib-2.0-dev', 'lib-1.9'],
  ],
  ['packages of one version each', { kind: 'noDuplicates', name: '[!l]*' }, undefined, 'pass', 1, []],
]

describe('check', () => {
  it.each(CASES)('%s', (_, rule, base, status, value, names) => {
    const { results, verdict } = run(rule, base)
    expect(results).toHaveLength(1)
    expect(results[0]).toMatchObject({ status })
    if (value === undefined) expect(results[0]!.value).toBeUndefined()
    else expect(results[0]!.value).toBeCloseTo(value, 9)
    expect(results[0]!.contributors.map(({ name }) => name)).toEqual(names)
    expect(verdict).toBe(status === 'skip' ? 'unmeasured' : status)
  })

  it('shows how a forbidden path is reached, on a shortest route', () => {
    const [result] = run({ kind: 'forbid', match: '*-dev', reason: undefined, except: [] }).results
    expect(result!.contributors).toEqual([{ name: 'lib-2.0-dev', bytes: 60, owner: dev, chain: [dev, tool, top] }])
  })

  it('shows how each of several versions is reached', () => {
    const [result] = run({ kind: 'noDuplicates', name: '*' }).results
    expect(result!.contributors.map(({ owner, chain }) => ({ owner, chain }))).toEqual([
      { owner: lib, chain: [lib, tool, top] },
      { owner: dev, chain: [dev, tool, top] },
      { owner: oldLib, chain: [oldLib] },
    ])
  })

  it('tells of packages that are there several times those that take most first, each with all its copies', () => {
    const more = [basePath(80, 'big-1'), basePath(81, 'big-1'), basePath(82, 'big-2')]
    const twice = { ...IMAGE, paths: [...IMAGE.paths, ...more.map((base) => ({ base, own: 400 }))] }
    const [result] = run({ kind: 'noDuplicates', name: '*' }, undefined, twice).results
    expect(result).toMatchObject({ status: 'fail', value: 3, note: '2 packages of several versions or builds' })
    expect(result!.contributors.map(({ owner }) => owner)).toEqual([...more, lib, dev, oldLib])
  })

  it('measures no duplicates where no store paths are found', () => {
    const none = { ...IMAGE, paths: [], roots: [] }
    expect(run({ kind: 'noDuplicates', name: '*' }, undefined, none)).toMatchObject({ verdict: 'unmeasured' })
  })

  it.each([
    [['sytemd*'], "no store path matches 'sytemd*'; did you mean system?"],
    [['tol-*'], "no store path matches 'tol-*'; did you mean tool-1.0?"],
    [['lbi'], "no store path matches 'lbi'; did you mean lib-1.9?"],
    [['gcc'], "no store path matches 'gcc'"],
    [['/bot/x'], "no path in the image matches '/bot/x'; did you mean /boot?"],
    [['/boot/initrd'], "no path in the image matches '/boot/initrd'"],
    [['/nix/store/*-tol-1.0'], `no path in the image matches '/nix/store/*-tol-1.0'; did you mean /nix/store/${tool}?`],
    [['q', 'r', 's', 't', '/u'], "no store path matches 'q', 'r', 's', 1 more, and no path in the image matches '/u'"],
  ])('names what is near to %j', (globs, note) => {
    const rule: Rule = { kind: 'max', subject: paths('group:x', ...globs), max: 1 }
    expect(run(rule).results).toMatchObject([{ status: 'skip', note }])
  })

  it('does not pass when nothing was held to any rule', () => {
    const skipped: Rule = { kind: 'max', subject: paths('path:y*', 'y*'), max: 0 }
    const failed: Rule = { kind: 'max', subject: image, max: 1 }
    const verdictOf = (...rules: Rule[]) => check(rules, syntheticSide(IMAGE), undefined, '2026-06-15').verdict
    expect(verdictOf(skipped, skipped)).toBe('unmeasured')
    expect(verdictOf(skipped, { ...failed, max: 1000 })).toBe('pass')
    expect(verdictOf(skipped, failed)).toBe('fail')
  })

  it('counts every copy of an initrd, and no unit, hook or man page that is named after it', () => {
    const file = (name: string, own: number, files = 1) => {
      const region = name.startsWith('/live/fs/') ? '/live/fs' : `/${name.split('/')[1]}`
      return { account: { kind: 'file' as const, name, region, own, unpacked: files === 0 ? 0 : own, files } }
    }
    const copies = [
      file('/live/initrd.img', 50),
      file('/live/initrd.img-6.1.0', 50, 0),
      file('/live/fs/boot/initramfs-6', 90),
    ]
    const others = [
      file('/live/fs/usr/lib/systemd/system/initrd.target', 7),
      file('/live/fs/usr/share/initramfs-tools', 3, 0),
      file('/live/vmlinuz', 8),
    ]
    const side = syntheticSide({ ...IMAGE, squashfs: ['/nix-store.squashfs', '/live/fs'] })
    const inSquashfs = [
      [initrd, 290],
      [basePath(5, 'initrd-linux-6.2'), 20],
      [basePath(6, 'initrd-release'), 4],
    ] as const
    const accounts = [
      ...side.attribution.accounts,
      ...[...copies, ...others].map(({ account }) => account),
      ...inSquashfs.map(([base, own]) => ({
        kind: 'owner' as const,
        name: `/nix-store.squashfs/${base}`,
        region: '/nix-store.squashfs',
        own,
        unpacked: own,
        files: 1,
        owner: base,
      })),
    ]
    const withCopies = { ...side, attribution: { ...side.attribution, accounts } }
    const rule: Rule = { kind: 'max', subject: { kind: 'initrd' }, max: 1e9 }
    const [result] = check([rule], withCopies, undefined, '2026-06-15').results
    expect(result).toMatchObject({ status: 'pass', value: 300 + 50 + 50 + 90 + 290 + 20 })
    expect(result!.contributors.map(({ name, region, bytes }) => [name, region, bytes])).toEqual([
      ['initrd-linux-6.1', '/boot', 300],
      ['initrd-linux-6.1', '/nix-store.squashfs', 290],
      ['/live/initrd.img', '/live', 100],
      ['/live/fs/boot/initramfs-6', '/live/fs', 90],
      ['initrd-linux-6.2', '/nix-store.squashfs', 20],
    ])
    const growth: Rule = { ...rule, kind: 'growth', max: 400 }
    const [grown] = check([growth], withCopies, side, '2026-06-15').results
    expect(grown).toMatchObject({ status: 'fail', value: 500 })
    expect(grown!.contributors.map(({ region, bytes }) => [region, bytes])).toEqual([
      ['/nix-store.squashfs', 310],
      ['/live', 100],
      ['/live/fs', 90],
      ['/boot', 0],
    ])
  })

  it('counts what is in a file system inside a squashfs, as live images of Fedora have it', () => {
    const [outer, region] = ['/LiveOS/squashfs.img', '/LiveOS/squashfs.img/LiveOS/rootfs.img']
    const file = (name: string, own: number) => ({ kind: 'file' as const, name: region + name, region, own })
    const live: SyntheticImage = {
      paths: [],
      others: [
        { kind: 'structure', name: 'superblock', region: outer, own: 1 },
        file('/usr/lib/big', 500),
        file('/boot/initramfs-6.img', 90),
        file('/usr/lib/systemd/system/initrd.target', 7),
        { kind: 'file', name: '/images/initrd.img', region: '/images', own: 50 },
        { kind: 'gap', name: 'other', region: '[squashfs]', own: 3 },
      ],
      squashfs: [outer],
    }
    const sizeOf = (kind: 'initrd' | 'squashfs'): number | undefined =>
      run({ kind: 'max', subject: { kind }, max: 0 }, undefined, live).results[0]!.value
    expect(sizeOf('squashfs')).toBe(1 + 500 + 90 + 7)
    expect(sizeOf('initrd')).toBe(90 + 50)
  })

  it('takes no unit and no man page for an initrd in a file system that is no squashfs', () => {
    const names = ['/boot/initrd.img-6', '/usr/lib/systemd/system/initrd.target', '/usr/share/man/initramfs-tools.7']
    const sideOf = (format: string, path: string) => {
      const region = path === '' ? '/' : path
      const others = names.map((name) => ({ kind: 'file' as const, name: path + name, region, own: 10 }))
      const side = syntheticSide({ paths: [], others, squashfs: [] })
      const images = path === '' ? [] : [{ path, format: 'ext4', facts: {}, size: 30 }]
      return { ...side, image: { ...side.image, format }, attribution: { ...side.attribution, images } }
    }
    const rule: Rule = { kind: 'max', subject: { kind: 'initrd' }, max: 0 }
    for (const side of [sideOf('ext4', ''), sideOf('disk', '/partition 1')]) {
      expect(check([rule], side, undefined, '2026-06-15').results).toMatchObject([{ status: 'fail', value: 10 }])
    }
  })

  it('takes any of the names of a file that is linked to from several places', () => {
    const linked = {
      kind: 'file' as const,
      name: '/live/a',
      otherNames: ['/live/b', '/x/initrd.img'],
      region: '/live',
      own: 70,
    }
    const withLinks = { ...IMAGE, others: [linked] }
    for (const glob of ['/live/a', '/live/b', '/x', '/*/initrd*']) {
      expect(run({ kind: 'max', subject: paths('x', glob), max: 70 }, undefined, withLinks).results).toMatchObject([
        { status: 'pass', value: 70 },
      ])
    }
    expect(run({ kind: 'max', subject: { kind: 'initrd' }, max: 370 }, undefined, withLinks).results).toMatchObject([
      { status: 'pass', value: 370 },
    ])
  })

  it('cannot measure an initrd or a squashfs that is not there', () => {
    const none = { ...IMAGE, paths: IMAGE.paths.filter(({ base }) => base !== initrd), squashfs: [] }
    for (const kind of ['initrd', 'squashfs'] as const) {
      expect(run({ kind: 'max', subject: { kind }, max: 1e9 }, undefined, none)).toMatchObject({
        verdict: 'unmeasured',
        results: [{ note: `there is no ${kind} in the image` }],
      })
    }
  })

  it('names where the initrd grew, and what grew in the squashfs by what it grew there', () => {
    const withInitrd = (inBoot: number, inSquashfs: number, narHash: string): SyntheticImage => ({
      ...IMAGE,
      paths: [
        ...IMAGE.paths.filter(({ base }) => base !== initrd),
        { base: initrd, own: inBoot, region: '/boot', narHash },
        { base: initrd, own: inSquashfs, narHash },
      ],
      others: [{ kind: 'file', name: '/boot/initrd-old', region: '/boot', own: inBoot * 2 }],
    })
    const [before, after] = [withInitrd(300, 50, 'old'), withInitrd(310, 5000, 'new')]
    const [result] = run({ kind: 'growth', subject: { kind: 'initrd' }, max: 29 }, before, after).results
    expect(result).toMatchObject({ status: 'fail', value: 4980 })
    expect(result!.contributors.map(({ region, bytes }) => ({ region, bytes }))).toEqual([
      { region: '/nix-store.squashfs', bytes: 4950 },
      { region: '/boot', bytes: 30 },
    ])
    const [squashfs] = run({ kind: 'growth', subject: { kind: 'squashfs' }, max: 1 }, before, after).results
    expect(squashfs!.contributors).toEqual([{ name: 'initrd-linux-6.1', bytes: 4950, owner: initrd }])
  })

  it('does not take what is gone for what has shrunk', () => {
    const none = { ...IMAGE, paths: IMAGE.paths.filter(({ base }) => base !== initrd) }
    expect(run({ kind: 'growth', subject: { kind: 'initrd' }, max: 1 }, IMAGE, none).verdict).toBe('unmeasured')
  })

  it('forbids nothing in an image in which no store paths are found', () => {
    const none = { ...IMAGE, paths: [], roots: [] }
    expect(run({ kind: 'forbid', match: 'gcc-*', reason: undefined, except: [] }, undefined, none).verdict).toBe(
      'unmeasured',
    )
  })

  it('counts two builds of one version as duplicates, and outputs of one not', () => {
    const twice = { ...IMAGE, paths: [...IMAGE.paths, { base: basePath(77, 'tool-1.0'), own: 5 }] }
    expect(run({ kind: 'noDuplicates', name: 'tool' }, undefined, twice)).toMatchObject({
      verdict: 'fail',
      results: [{ value: 2 }],
    })
    const outputs = { ...IMAGE, paths: [...IMAGE.paths, { base: basePath(77, 'tool-1.0-lib32'), own: 5 }] }
    expect(run({ kind: 'noDuplicates', name: 'tool' }, undefined, outputs).verdict).toBe('pass')
  })

  it('passes nothing on a damaged image, and fails what is broken all the same', () => {
    const damaged = { ...IMAGE, complete: false }
    expect(run({ kind: 'max', subject: image, max: 1000 }, undefined, damaged).verdict).toBe('unmeasured')
    expect(run({ kind: 'forbid', match: 'gcc-*', reason: undefined, except: [] }, undefined, damaged).verdict).toBe(
      'unmeasured',
    )
    expect(run({ kind: 'max', subject: image, max: 999 }, undefined, damaged).verdict).toBe('fail')
  })

  it('is not measured when one of several rules is not, whatever the others', () => {
    const rules: Rule[] = [
      { kind: 'max', subject: image, max: 999 },
      { kind: 'growth', subject: image, max: 1 },
      { kind: 'max', subject: image, max: 2000 },
    ]
    const { verdict, results } = check(rules, syntheticSide(IMAGE), undefined, '2026-06-15')
    expect([verdict, ...results.map(({ status }) => status)]).toEqual(['unmeasured', 'fail', 'unmeasured', 'pass'])
  })
})

describe('an ISO inside an ISO', () => {
  it('is measured by its path with its tables, as the report has it', async () => {
    const inner = simpleImage([record({ name: 'A', block: 30, size: 5000 })], { 30: new Uint8Array(5000).fill(7) })
    const bytes = disc(128, {
      16: descriptor({ rootBlock: 20 }),
      17: TERMINATOR,
      20: directory(20, 20, [record({ name: 'INNER.ISO', block: 40, size: inner.length })]),
      40: inner,
    })
    const inventory = await takeInventoryOf(openSource(bytesSource(bytes, 'outer.iso')))
    const own = report(inventory).regions.find(({ name }) => name === '/INNER.ISO')!.own
    expect(own).toBe(inner.length)
    const subject = { kind: 'paths', name: 'path:/INNER.ISO', globs: ['/INNER.ISO'] } as const
    const { results } = check([{ kind: 'max', subject, max: 1 }], inventory, undefined, '2026-06-15')
    expect(results[0]).toMatchObject({ status: 'fail', value: own })
  })
})
