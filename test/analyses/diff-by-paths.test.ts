import { deepStrictEqual, strictEqual } from 'node:assert'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diff, isEmptyDiff } from '../../src/analyses/diff.ts'
import { diffByPaths, type PathRows } from '../../src/analyses/diff-by-paths.ts'
import type { DiffRow } from '../../src/analyses/diff-row.ts'
import { DIRECTORIES, type SizedPath } from '../../src/analyses/directory-rows.ts'
import { pairSides } from '../../src/analyses/pair-sides.ts'
import { basePath, fileOf, type SyntheticImage, syntheticSide } from './synthetic-side.ts'

/** A file of an image that is none: its path, its bytes, and its owner. */
type File = readonly [path: string, own: number, owner?: string]

const STORE = '/nix-store.squashfs'

/** An image with files, in store paths or outside them, and a table. */
function imageOf(files: readonly File[], table = 0): { readonly image: SyntheticImage; readonly paths: SizedPath[] } {
  const bases = [...new Set(files.flatMap(([, , owner]) => owner ?? []))]
  const inOwner = (base: string) => files.filter(([, , owner]) => owner === base)
  const bytes = (some: readonly File[]): number => some.reduce((sum, [, own]) => sum + own, 0)
  return {
    image: {
      paths: bases.map((base) => ({
        base,
        own: bytes(inOwner(base)),
        files: inOwner(base).map(([path, own]) => fileOf(path, own)),
      })),
      others: [
        ...files
          .filter(([, , owner]) => owner === undefined)
          .map(([name, own]) => ({ kind: 'file' as const, name, region: '/', own })),
        { kind: 'structure', name: 'inode table', region: '/', own: table },
      ],
    },
    paths: files.map(([path, own, owner]) => ({
      path: owner === undefined ? path : `${STORE}/${owner}/${path}`,
      own,
      unpacked: 2 * own,
      files: 1,
      owner,
    })),
  }
}

function compare(before: readonly File[], after: readonly File[], how: PathRows, tables: readonly number[] = []) {
  const [old, now] = [imageOf(before, tables[0]), imageOf(after, tables[1])].map(({ image, paths }) => ({
    inventory: syntheticSide(image),
    paths,
  }))
  const pairing = pairSides(old!.inventory, now!.inventory)
  return diffByPaths(diff(old!.inventory, now!.inventory, 'path', pairing), old!, now!, how, pairing)
}

const told = (rows: readonly DiffRow[]) => rows.map(({ class: what, name, delta }) => [what, name, delta])
const sum = (rows: readonly DiffRow[]): number => rows.reduce((total, { delta }) => total + delta, 0)

describe('a diff by files', () => {
  it('has what is new, gone, larger and smaller, and what is no file', () => {
    const before: File[] = [
      ['/a/grown', 10],
      ['/a/gone', 7],
      ['/same', 5],
    ]
    const after: File[] = [
      ['/a/grown', 14],
      ['/new', 3],
      ['/same', 5],
    ]
    const { rows, delta, by } = compare(before, after, { by: 'file' }, [100, 90])
    expect(told(rows)).toEqual([
      ['changed', '/', -10],
      ['gone', '/a/gone', -7],
      ['changed', '/a/grown', 4],
      ['new', '/new', 3],
    ])
    expect([rows[0]!.isRest, delta, by]).toEqual([true, -10, 'file'])
  })

  it('compares the files of a store path with those of its other build', () => {
    const [old, now] = [basePath(1, 'foo-1.0'), basePath(2, 'foo-1.1')]
    const { rows } = compare([['bin/foo', 10, old]], [['bin/foo', 12, now]], { by: 'file' })
    expect(told(rows)).toEqual([['changed', `${STORE}/${now}/bin/foo`, 2]])
  })

  it('says of the files of a store path with the same content that they are the same', () => {
    const base = basePath(1, 'foo-1.0')
    const side = (own: number) => ({
      inventory: syntheticSide({ paths: [{ base, own, narHash: 'x', files: [fileOf('bin/foo', 9)] }] }),
      paths: [{ path: `${STORE}/${base}/bin/foo`, own, unpacked: 9, files: 1, owner: base }],
    })
    const [before, after] = [side(10), side(14)]
    const pairing = pairSides(before.inventory, after.inventory)
    const by = { by: 'file' } as const
    const result = diffByPaths(diff(before.inventory, after.inventory, 'path', pairing), before, after, by, pairing)
    expect(told(result.rows)).toEqual([['same', `${STORE}/${base}/bin/foo`, 4]])
  })
})

describe('a diff by directories', () => {
  it('splits where most bytes changed, although they cancel each other out', () => {
    const before: File[] = [
      ['/usr/lib/a', 100],
      ['/usr/lib/b', 20],
      ['/etc/x', 5],
    ]
    const after: File[] = [
      ['/usr/lib/a', 20],
      ['/usr/lib/b', 100],
      ['/etc/x', 6],
    ]
    expect(told(compare(before, after, { by: 'directory', count: 3 }).rows)).toEqual([
      ['changed', '/usr/lib/[1 more]', 80],
      ['changed', '/usr/lib/a', -80],
      ['changed', '/[1 more]', 1],
    ])
    expect(told(compare(before, after, { by: 'directory', count: 1 }).rows)).toEqual([['changed', '/', 1]])
  })

  it('does not split a directory that came or went as a whole', () => {
    const kept: File = ['/usr/lib/kept', 1]
    const gone: File[] = [
      ['/usr/lib/git/a', 9],
      ['/usr/lib/git/sub/b', 8],
      ['/usr/bin/git', 3],
    ]
    const shown = [
      ['gone', '/usr/lib/git/', -17],
      ['gone', '/usr/bin/', -3],
    ]
    expect(told(compare([kept, ...gone], [kept], { by: 'directory', count: 9 }).rows)).toEqual(shown)
    expect(told(compare([kept], [kept, ...gone], { by: 'directory', count: 9 }).rows)).toEqual(
      shown.map(([, name, delta]) => ['new', name, -Number(delta)]),
    )
  })

  it('has the whole size of a directory on both sides, also of what did not change in it', () => {
    const rest: File = ['/usr/lib/same', 50]
    const { rows } = compare([['/usr/lib/a', 1], rest], [['/usr/lib/a', 4], rest], { by: 'directory', count: 1 })
    expect(rows.map(({ before, after }) => [before, after])).toEqual([[51, 54]])
  })
})

const HASHES = [1, 2, 3, 4].map((hash) => basePath(hash, hash > 2 ? 'bar-2' : `foo-1.${hash}`))
const anyFiles = fc.uniqueArray(
  fc.record({
    owner: fc.option(fc.constantFrom(...HASHES), { nil: undefined }),
    names: fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 }),
    file: fc.constantFrom('f', 'g'),
    own: fc.nat(9),
  }),
  { selector: ({ owner, names, file }) => [owner, ...names, file].join('/'), maxLength: 12 },
)
type AnyFile = typeof anyFiles extends fc.Arbitrary<readonly (infer One)[]> ? One : never
const filesIn = (some: readonly AnyFile[]): File[] =>
  some.map(({ owner, names, file, own }) => {
    const path = [...names, file].join('/')
    return owner === undefined ? [`/${path}`, own] : [path, own, owner]
  })

describe('every diff by files or directories', () => {
  it('adds up to the difference of the files, however many rows it has', () => {
    const how = fc.oneof(
      fc.constant<PathRows>({ by: 'file' }),
      fc.record({ by: fc.constant('directory' as const), count: fc.nat(6) }),
    )
    fc.assert(
      fc.property(anyFiles, anyFiles, how, fc.nat(9), fc.nat(9), (some, others, rows, one, other) => {
        const result = compare(filesIn(some), filesIn(others), rows, [one, other])
        strictEqual(sum(result.rows), result.delta)
        for (const row of result.rows) strictEqual(row.delta, row.after - row.before)
        strictEqual(sum(compare(filesIn(others), filesIn(some), rows, [other, one]).rows) + result.delta, 0)
        const named = result.rows.filter(({ kind, name }) => kind !== 'region' && name !== DIRECTORIES)
        strictEqual(new Set(named.map(({ name }) => name)).size, named.length)
        if (rows.by === 'directory' && rows.count > 0) strictEqual(named.length <= rows.count, true)
      }),
      { numRuns: 200 },
    )
  })

  it('has the same rows in both groupings if there is a row for each file', () => {
    fc.assert(
      fc.property(anyFiles, anyFiles, (some, others) => {
        const [before, after] = [filesIn(some), filesIn(others)]
        const rowsBy = (how: PathRows) =>
          told(compare(before, after, how).rows.filter(({ delta }) => delta !== 0)).sort((a, b) => (a < b ? -1 : 1))
        deepStrictEqual(rowsBy({ by: 'directory', count: 0 }), rowsBy({ by: 'file' }))
      }),
      { numRuns: 150 },
    )
  })

  it('has of files without owners what their sizes say', () => {
    fc.assert(
      fc.property(anyFiles, anyFiles, (some, others) => {
        const [before, after] = [some, others].map((side) => filesIn(side.filter(({ owner }) => owner === undefined)))
        const expected = new Map<string, number>()
        for (const [path, own] of after!) expected.set(path, own)
        for (const [path, own] of before!) expected.set(path, (expected.get(path) ?? 0) - own)
        const found = compare(before!, after!, { by: 'file' }).rows.filter(({ delta }) => delta !== 0)
        deepStrictEqual(
          new Map(found.map(({ name, delta }) => [name, delta])),
          new Map([...expected].filter(([, delta]) => delta !== 0).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]))),
        )
      }),
      { numRuns: 150 },
    )
  })

  it('of an image with itself is empty', () => {
    fc.assert(
      fc.property(anyFiles, (some) => {
        const files = filesIn(some)
        for (const how of [{ by: 'file' }, { by: 'directory', count: 3 }] as const) {
          const result = compare(files, files, how)
          deepStrictEqual(result.rows, [])
          strictEqual(isEmptyDiff(result), true)
        }
      }),
      { numRuns: 200 },
    )
  })
})
