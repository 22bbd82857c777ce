import { strictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Diff, diff } from '../../src/analyses/diff.ts'
import { matchOwners } from '../../src/analyses/match-owners.ts'
import { DIFF_FILTERS, summariseDiff } from '../../src/analyses/summarise-diff.ts'
import type { Inventory } from '../../src/inventory/take-inventory.ts'
import { cellText, fittedCell, plainWords } from '../../src/present/text/cell.ts'
import { PLAIN } from '../../src/present/text/style.ts'
import { namedCompression } from '../../src/views/compression.ts'
import { nothingText, remarks } from '../../src/views/diff-remarks.ts'
import { rowName, rowReason } from '../../src/views/diff-rows.ts'
import { diffMarkdown } from '../present/drawn-diff.ts'
import { basePath, fileOf, type SyntheticImage, type SyntheticPath, syntheticSide } from './synthetic-side.ts'

/** What store paths are called in brief. */
const BRIEF = ['path', 'paths'] as const
const OPTIONS = { style: PLAIN, unit: 'iec', fullPaths: false } as const
const compressionTexts = ({ compression }: Diff) => compression.map((change) => plainWords(namedCompression(change)))

const sum = (rows: readonly { readonly delta: number }[]): number => rows.reduce((total, { delta }) => total + delta, 0)

/** Rows in a few words. */
function told({ rows }: Diff): string[] {
  return rows.map(({ class: what, kind, name, delta, oldVersions, newVersions }) =>
    [what, kind, name, oldVersions.join('+'), newVersions.join('+'), delta].join(' '),
  )
}

const at = (hash: number, name: string, own: number, more: Partial<SyntheticPath> = {}): SyntheticPath => ({
  base: basePath(hash, name),
  own,
  files: [fileOf('', own)],
  ...more,
})
const compare = (before: SyntheticImage, after: SyntheticImage, by: Parameters<typeof diff>[2] = 'path'): Diff =>
  diff(syntheticSide(before), syntheticSide(after), by)

describe('parts beside the tree', () => {
  it('are said to be compared by size alone, also where nothing changed', () => {
    const name = 'EFI boot image, partition 2, not in the tree'
    const side = syntheticSide({
      paths: [],
      others: [{ kind: 'structure', name, region: name, own: 100 }],
      outside: [],
    })
    const result = diff(side, side, 'path')
    expect(result.bySizeAlone).toEqual([name])
    expect(
      remarks({ ...result, identical: false })
        .map(plainWords)
        .join('\n'),
    ).toContain(`Compared: ${name}: by size.`)
    expect(nothingText({ ...result, identical: false })).toBe(
      'No content of a file and no metadata changed; but the images are not the same.',
    )
    expect(nothingText({ ...result, complete: false, identical: false })).toBe(
      'Nothing changed in what we could read; but the images are not the same.',
    )
  })

  it('and files of a report that was saved without them are said to be compared by sizes', () => {
    const side = syntheticSide({ paths: [{ base: basePath(1, 'foo-1.0'), own: 10 }] })
    expect(
      remarks(diff(side, side, 'path'))
        .map(plainWords)
        .join('\n'),
    ).toMatch(/files outside store paths by sizes, contents not compared/)
  })
})

describe('the classes of a diff', () => {
  it('has a path that is new, and one that is gone', () => {
    const rows = compare({ paths: [at(1, 'old-1.0', 10)] }, { paths: [at(2, 'new-2.0', 30)] })
    expect(told(rows)).toEqual(['new owner new  2.0 30', 'gone owner old 1.0  -10'])
  })

  it('has another version of the same package and output', () => {
    const rows = compare(
      { paths: [at(1, 'openssl-3.0.1', 10), at(2, 'openssl-3.0.1-dev', 5)] },
      { paths: [at(3, 'openssl-3.0.2', 12), at(4, 'openssl-3.0.2-dev', 5)] },
    )
    expect(told(rows)).toEqual(['changed owner openssl 3.0.1 3.0.2 2', 'changed owner openssl 3.0.1-dev 3.0.2-dev 0'])
  })

  it('has what was rebuilt: the same name, other content', () => {
    const files = [fileOf('a', 1)]
    const rows = compare({ paths: [at(1, 'etc', 10)] }, { paths: [at(2, 'etc', 11, { files })] })
    expect(told(rows)).toEqual(['rebuilt owner etc   1'])
  })

  it('matches names that end otherwise in one of the images, if most do', () => {
    const plain = ['perl-5.36.0', 'etc', 'system-path', 'openssl-3.0-dev'].map((name, i) => at(10 + i, name, 10))
    const ended = plain.map(({ base }, i) => at(20 + i, `${base.slice(33)}-git2`, 11))
    const other = at(30, 'curl-8.0', 5)
    const grown = compare({ paths: plain }, { paths: [...ended, other] })
    expect(grown.endings).toEqual({ before: '', after: '-git2' })
    expect(grown.counts).toMatchObject({ rebuilt: 4, new: 1, gone: 0, changed: 0 })
    const shrunk = compare({ paths: ended }, { paths: [...plain, other] })
    expect(shrunk.endings).toEqual({ before: '-git2', after: '' })
    expect(shrunk.counts).toMatchObject({ rebuilt: 4, new: 1, gone: 0, changed: 0 })
    // Two of five are packages that have another output now.
    const few = compare({ paths: [...plain, other] }, { paths: [...ended.slice(0, 2), at(31, 'a', 1), at(32, 'b', 1)] })
    expect(few.endings).toBeUndefined()
    expect(few.counts).toMatchObject({ rebuilt: 0 })
  })

  it('sums up what has the same content, by its NAR hash under any name, or by its files under its own', () => {
    const files = [fileOf('bin/a', 5), fileOf('bin/b', 6)]
    const before = [at(1, 'a-1', 100, { narHash: 'x' }), at(2, 'b', 50, { files }), at(3, 'same', 7)]
    const after = [at(4, 'renamed-1', 101, { narHash: 'x' }), at(5, 'b', 52, { files }), at(3, 'same', 7)]
    const result = compare({ paths: before }, { paths: after })
    expect(told(result)).toEqual(['same packing packing   3'])
    expect(result.rows[0]).toMatchObject({ paths: 3, before: 157, after: 160 })
    expect(result.counts).toEqual({ same: 1, moved: 2, rebuilt: 0, changed: 0, new: 0, gone: 0 })
  })

  it('believes NAR hashes that differ, where there are no references for them to differ by', () => {
    const files = [fileOf('a', 5)]
    const of = (hash: number, narHash: string, references: string[]) => ({
      paths: [at(hash, 'conf', 10, { files, narHash, references }), at(99, 'dep', 1, { narHash: 'd' })],
    })
    const dep = [basePath(99, 'dep')]
    expect(compare(of(1, 'x', []), of(2, 'y', [])).counts).toMatchObject({ rebuilt: 1, moved: 0 })
    expect(compare(of(1, 'x', dep), of(2, 'y', dep)).counts).toMatchObject({ rebuilt: 0, moved: 1 })
    expect(compare(of(1, 'x', []), of(2, 'x', [])).counts).toMatchObject({ rebuilt: 0, moved: 1 })
  })

  it('does not take another path with files alike for the same content', () => {
    const rows = compare({ paths: [at(1, 'unit-a.service', 10)] }, { paths: [at(2, 'unit-b.service', 10)] })
    expect(rows.counts).toMatchObject({ new: 1, gone: 1, moved: 0 })
  })

  it('does not mind hashes in names and links, and minds all else', () => {
    const one = basePath(77, 'dep')
    const two = basePath(78, 'dep')
    const of = (dep: string, more: object = {}) => [
      { path: '', type: 'directory', size: 0, executable: false } as const,
      { path: `x/${dep}.list`, type: 'file', size: 3, executable: true, ...more } as const,
      { path: 'link', type: 'symlink', size: 0, executable: false, target: `/nix/store/${dep}/bin/x` } as const,
    ]
    const classes = (after: ReturnType<typeof of>) =>
      compare({ paths: [at(1, 'p', 1, { files: of(one) })] }, { paths: [at(2, 'p', 1, { files: after })] }).counts
    expect(classes(of(two))).toMatchObject({ moved: 1 })
    expect(classes(of(two, { executable: false }))).toMatchObject({ rebuilt: 1 })
    expect(classes(of(two, { size: 4 }))).toMatchObject({ rebuilt: 1 })
    expect(classes(of(basePath(78, 'dop')))).toMatchObject({ rebuilt: 1 })
    expect(classes(of(two).slice(1))).toMatchObject({ rebuilt: 1 })
  })

  it('has the same store path with other content, which somebody put there, as rebuilt', () => {
    const same = (own: number, narHash: string) => ({ paths: [at(1, 'p', own, { narHash })] })
    expect(compare(same(10, 'x'), same(10, 'y')).counts).toMatchObject({ rebuilt: 1 })
    expect(compare(same(10, 'x'), same(11, 'x')).counts).toMatchObject({ rebuilt: 1 })
    expect(compare(same(10, 'x'), same(10, 'x')).counts).toMatchObject({ same: 1 })
  })

  it('has the same store path with a link elsewhere as rebuilt, be it by the hash alone', () => {
    const link = (dep: number) => ({
      path: 'x',
      type: 'symlink' as const,
      size: 0,
      executable: false,
      target: `/nix/store/${basePath(dep, 'dep')}`,
    })
    const of = (dep: number, hash = 1) => ({ paths: [at(hash, 'p', 5, { files: [link(dep)] })] })
    expect(compare(of(7), of(8)).counts).toMatchObject({ rebuilt: 1, same: 0 })
    expect(compare(of(7), of(7)).counts).toMatchObject({ same: 1 })
    expect(compare(of(7), of(8, 2)).counts).toMatchObject({ moved: 1 })
  })

  it('says by what paths are equal', () => {
    const of = (hash: number, narHash?: string) => ({
      paths: [
        at(1, 'registered', 5, { narHash: 'x' }),
        at(2, 'half', 5, narHash === undefined ? {} : { narHash }),
        at(3, 'plain', 5),
        at(4, 'links', 5, { files: [{ path: '', type: 'symlink', size: 0, executable: false, target: 'x' }] }),
        at(hash, 'moved', 5),
      ],
    })
    const { comparedBy, rows } = compare(of(5), of(6, 'y'))
    expect(comparedBy).toEqual({ narHash: 1, content: 1, namesAndSizes: 3 })
    expect(rows).toEqual([])
    const repacked = compare(
      { paths: [at(1, 'p', 5), at(2, 'q', 5, { narHash: 'x' })] },
      {
        paths: [at(1, 'p', 5, { own: 6 }), at(2, 'q', 5, { narHash: 'x' })],
      },
    )
    expect(repacked.rows).toMatchObject([
      { kind: 'packing', comparedBy: { narHash: 1, content: 0, namesAndSizes: 1 }, paths: 2 },
    ])
    expect(
      repacked.rows.map((row) => [
        cellText(rowName(row, BRIEF), OPTIONS),
        fittedCell(rowName(row, BRIEF), 25, OPTIONS),
      ]),
    ).toEqual([['[repacking: 2 paths, 1 by names and sizes]', '[repacking: 2 paths]']])
  })

  it('has how a squashfs is compressed now', () => {
    const of = (options?: string, blockSize?: number) => ({
      paths: [at(1, 'p', 5)],
      ...(options === undefined ? {} : { compressorOptions: options }),
      ...(blockSize === undefined ? {} : { blockSize }),
    })
    const told = (before: SyntheticImage, after: SyntheticImage) => compressionTexts(compare(before, after))
    expect(told(of('level 19'), of('level 6'))).toEqual(['nix-store.squashfs: zstd level 19 → 6'])
    expect(told(of('level 19'), of())).toEqual(['nix-store.squashfs: zstd: level 19 → default options'])
    expect(told(of('level 19'), of('level 6', 1 << 17))).toEqual([
      'nix-store.squashfs: zstd level 19 → 6, 1 MiB → 128 KiB blocks',
    ])
    expect(told(of('level 19'), of('level 19', 1 << 17))).toEqual(['nix-store.squashfs: zstd, 1 MiB → 128 KiB blocks'])
    expect(told(of('level 19'), of('level 19'))).toEqual([])
  })

  describe('blames the compression of a squashfs', () => {
    const [store, other, renamed] = ['/nix-store.squashfs', '/other.squashfs', '/sub/store.squashfs']
    /** Two paths in each squashfs, with their own bytes there; the levels of zstd. */
    const of = (...squashfs: readonly (readonly [path: string, own: number, level: number])[]): Inventory => {
      const paths = squashfs.flatMap(([region, own]) =>
        [1, 2].map((hash) => at(hash, `p${hash}-1`, own, { region, unpacked: 100, files: [fileOf('', 100)] })),
      )
      const side = syntheticSide({ paths })
      const images = squashfs.map(([path, , level]) => ({
        ...{ path, compressor: 'zstd', compressorOptions: `level ${level}`, blockSize: 1 << 20 },
      }))
      return { ...side, image: { ...side.image, squashfs: images } }
    }
    const packing = (result: Diff) =>
      result.rows.map((row) => [row.kind, row.delta, row.paths, cellText(rowReason(row), OPTIONS)])

    it('only for what is in it', () => {
      const result = diff(of([store, 30, 19]), of([store, 35, 6], [other, 40, 3]), 'path')
      expect(compressionTexts(result)).toEqual(['nix-store.squashfs: zstd level 19 → 6'])
      expect(packing(result)).toEqual([
        ['packing', 80, 2, ''],
        ['packing', 10, 2, 'zstd level 19 → 6'],
      ])
      expect(sum(result.rows)).toBe(result.delta)
    })

    it('of each for its own', () => {
      const result = diff(of([store, 30, 19], [other, 40, 3]), of([store, 35, 6], [other, 30, 9]), 'path')
      expect(packing(result)).toEqual([
        ['packing', -20, 2, 'zstd level 3 → 9'],
        ['packing', 10, 2, 'zstd level 19 → 6'],
      ])
    })

    it('also for what is in a file system inside it', () => {
      const inside = (image: Inventory): Inventory => {
        const accounts = image.attribution.accounts.map((account) => ({
          ...account,
          region: `${account.region}/root.img`,
        }))
        return { ...image, attribution: { ...image.attribution, accounts } }
      }
      const result = diff(inside(of([store, 30, 19])), inside(of([renamed, 35, 6], [other, 40, 3])), 'path')
      expect(packing(result)).toEqual([
        ['packing', 80, 2, ''],
        ['packing', 10, 2, 'zstd level 19 → 6'],
      ])
      expect(sum(result.rows)).toBe(result.delta)
    })

    it('under another name, by what is in it', () => {
      const image = of([renamed, 35, 6], [other, 40, 19])
      const accounts = image.attribution.accounts.filter(
        ({ region, owner }) => region !== other || owner?.endsWith('p1-1'),
      )
      const result = diff(of([store, 30, 19]), { ...image, attribution: { ...image.attribution, accounts } }, 'path')
      expect(compressionTexts(result)).toEqual(['nix-store.squashfs → sub/store.squashfs: zstd level 19 → 6'])
      expect(packing(result)).toEqual([
        ['packing', 40, 1, ''],
        ['packing', 10, 2, 'zstd level 19 → 6'],
      ])
    })

    it('under any of its names', () => {
      const old = of([store, 30, 19])
      const now = of([other, 40, 19], [renamed, 35, 6])
      const squashfs = now.image.squashfs.map((some) =>
        some.path === renamed ? { ...some, otherNames: [store] } : some,
      )
      const result = diff(old, { ...now, image: { ...now.image, squashfs } }, 'path')
      expect(result.compression).toMatchObject([{ oldPath: store, path: renamed }])
      expect(packing(result)).toContainEqual(['packing', 10, 2, 'zstd level 19 → 6'])
    })

    it('that is the image itself, without a name', () => {
      const result = diff(of(['/', 30, 19]), of(['/', 35, 6]), 'path')
      expect(compressionTexts(result)).toEqual(['zstd level 19 → 6'])
      expect(packing(result)).toEqual([['packing', 10, 2, 'zstd level 19 → 6']])
    })
  })

  it('has packages with other versions, fewer of them, or only other builds', () => {
    const before = [at(1, 'a-1.0', 10), at(2, 'b-1.0', 10), at(3, 'b-2.0', 20), at(4, 'c-1.0', 5)]
    const after = [at(5, 'a-2.0', 11), at(3, 'b-2.0', 20), at(6, 'c-1.0', 6)]
    const fewer = compare({ paths: before }, { paths: after }, 'package')
    expect(told(fewer)).toEqual(['changed package b 1.0  -10', 'changed package a 1.0 2.0 1', 'rebuilt package c   1'])
    const more = compare({ paths: after }, { paths: before }, 'package')
    const names = [fewer, more].map(({ rows }) =>
      cellText(rowName(rows.find(({ name }) => name === 'b')!, BRIEF), OPTIONS),
    )
    expect(names).toEqual(['b 1.0 gone', 'b 1.0 new'])
  })

  it('has regions, and files where there are no store paths', () => {
    const others = (padding: number, file: number) => [
      { kind: 'padding' as const, name: 'padding', region: '[ISO9660]', own: padding },
      { kind: 'file' as const, name: '/boot/x', region: '/boot', own: file },
    ]
    const withStore = (padding: number, file: number) => ({ paths: [at(1, 'p', 1)], others: others(padding, file) })
    expect(told(compare(withStore(10, 5), withStore(30, 4)))).toEqual([
      'changed region [ISO9660]   20',
      'changed region /boot   -1',
    ])
    const without = (padding: number, file: number) => ({ paths: [], others: others(padding, file) })
    expect(told(compare(without(10, 5), without(30, 4)))).toEqual([
      'changed region [ISO9660]   20',
      'changed file /boot/x   -1',
    ])
  })

  it('of an image with itself is empty', () => {
    const image = { paths: [at(1, 'a-1', 5), at(2, 'b', 6)], others: [] }
    for (const by of ['path', 'package', 'region'] as const) {
      expect(compare(image, image, by)).toMatchObject({ delta: 0, rows: [] })
    }
  })
})

describe('the reference that explains a change', () => {
  const [top, etc, unit, tool, lib] = ['top', 'etc', 'unit', 'tool-1', 'lib-2'].map((name, hash) =>
    basePath(hash, name),
  )
  const before: SyntheticImage = {
    roots: [top!],
    paths: [
      { base: top!, own: 1, references: [etc!] },
      { base: etc!, own: 1 },
    ],
  }
  const after: SyntheticImage = {
    roots: [top!],
    paths: [
      { base: top!, own: 1, references: [etc!] },
      { base: etc!, own: 1, references: [unit!] },
      { base: unit!, own: 1, references: [tool!] },
      { base: tool!, own: 1, references: [lib!] },
      { base: lib!, own: 1 },
    ],
  }

  it('is the first on the route that the other image has not', () => {
    const edge = { from: etc, to: unit }
    const grown = compare(before, after)
    expect(grown.rows.map(({ name, through }) => [name, through])).toEqual([
      ['lib', edge],
      ['tool', edge],
      ['unit', edge],
    ])
    expect(compare(after, before).rows.map(({ lost }) => lost)).toEqual([edge, edge, edge])
  })
})

const NAMES = ['a-1', 'a-2', 'a-2-dev', 'b', 'linux-firmware', 'linux-6.1', 'x-lib', 'unit-x.service']
const pathArbitrary = fc.record({
  hash: fc.nat({ max: 12 }),
  name: fc.constantFrom(...NAMES),
  own: fc.nat({ max: 9 }),
  size: fc.nat({ max: 2 }),
  narHash: fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined }),
  region: fc.constantFrom('/boot', '/nix-store.squashfs'),
})
const imageArbitrary = fc.record({
  paths: fc.uniqueArray(pathArbitrary, { selector: ({ hash, name }) => `${hash} ${name}`, maxLength: 9 }).map((paths) =>
    paths.map(({ hash, name, own, size, narHash, region }) => ({
      base: basePath(hash, name),
      own,
      region,
      files: [fileOf('', size)],
      ...(narHash === undefined ? {} : { narHash }),
    })),
  ),
  others: fc.array(
    fc.record({
      kind: fc.constantFrom('file' as const, 'padding' as const, 'structure' as const),
      name: fc.constantFrom('/f', '/g', 'table'),
      region: fc.constantFrom('/boot', '[ISO9660]', '/f'),
      own: fc.nat({ max: 9 }),
    }),
    { maxLength: 4 },
  ),
})

describe('every diff', () => {
  it('adds up to the difference of the files, broken down and sums in each way', () => {
    const filters = fc.option(fc.constantFrom(...DIFF_FILTERS), { nil: undefined })
    const options = fc.record({
      min: fc.nat({ max: 6 }),
      top: fc.nat({ max: 4 }),
      rebuilt: fc.boolean(),
      only: filters,
    })
    const by = fc.constantFrom('path' as const, 'package' as const, 'region' as const)
    fc.assert(
      fc.property(imageArbitrary, imageArbitrary, by, options, (before, after, how, fold) => {
        const result = compare(before, after, how)
        strictEqual(sum(result.rows), result.delta)
        for (const row of result.rows) strictEqual(row.delta, row.after - row.before)
        const { shown, sums } = summariseDiff(result, fold)
        strictEqual(sum([...shown, ...sums]), result.delta)
        const other = compare(after, before, how)
        strictEqual(other.delta + result.delta, 0)
      }),
      { numRuns: 2000 },
    )
  })

  it('adds up in Markdown that has no room for all', () => {
    const many = Array.from({ length: 3000 }, (_, index) =>
      at(index + 1, `a-package-of-some-length-${index}`, 5000 + index),
    )
    const result = compare({ paths: [] }, { paths: many })
    const markdown = diffMarkdown(result, {
      unit: 'bytes',
      min: 0,
      top: 0,
      rebuilt: true,
      only: undefined,
      paths: { old: 'old.iso', new: 'new.iso' },
    })
    expect(markdown.length).toBeLessThan(60_000)
    expect(markdown.length).toBeGreaterThan(50_000)
    const deltas = [...markdown.matchAll(/^\| \\?([+−]?[\d,]+)(?: B)? \|/gm)].map(([, text]) =>
      Number(text!.replace('−', '-').replaceAll(',', '')),
    )
    expect(deltas.at(-1)).toBe(result.delta)
    expect(deltas.slice(0, -1).reduce((total, delta) => total + delta, 0)).toBe(result.delta)
    expect(markdown).toMatch(/more changes/)
  })

  it('has each store path in one match', () => {
    fc.assert(
      fc.property(imageArbitrary, imageArbitrary, (before, after) => {
        const sideOf = (image: SyntheticImage) => {
          const { files = new Map(), references } = syntheticSide(image)
          return {
            owners: [...files.keys()],
            files,
            contentHashes: references!.contentHashes,
            leaves: new Set<string>(),
          }
        }
        const { matches } = matchOwners(sideOf(before), sideOf(after))
        const names = (side: 'before' | 'after') => matches.flatMap((match) => match[side] ?? []).sort()
        expect(names('before')).toEqual(before.paths.map(({ base }) => base).sort())
        expect(names('after')).toEqual(after.paths.map(({ base }) => base).sort())
      }),
      { numRuns: 1000 },
    )
  })
})
