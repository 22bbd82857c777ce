import { describe, expect, it } from 'vitest'
import { diff, isEmptyDiff, isSureDiff } from '../../src/analyses/diff.ts'
import { diffFiles } from '../../src/analyses/diff-files.ts'
import type { FileFacts } from '../../src/inventory/file-facts.ts'
import type { Metadata } from '../../src/inventory/metadata.ts'
import { plainWords } from '../../src/present/text/cell.ts'
import { changeWords, entryName, privilegeWords, sumWords } from '../../src/views/metadata.ts'
import { fileDiffText } from '../present/drawn-diff.ts'
import { basePath, fileOf, metadataOf, syntheticSide } from './synthetic-side.ts'

const CAPABILITY = { name: 'security.capability', value: '\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0' }
const STYLE = { width: 80, color: false, unicode: true }

const withMetadata = (path: string, more: Partial<Metadata> = {}, size = 3): FileFacts => ({
  ...fileOf(path, size),
  metadata: metadataOf(more),
})
/** An image with one store path, and entries outside. */
const image = (files: readonly FileFacts[], outside: readonly FileFacts[] = [], base = basePath(1, 'foo-1.0')) =>
  syntheticSide({ paths: [{ base, own: 10, files }], outside })

const compare = (before: ReturnType<typeof image>, after: ReturnType<typeof image>) => diff(before, after, 'path')

describe('metadata of what is in both', () => {
  it('is equal where an attribute is there twice, with different values', () => {
    const twice = [
      { name: 'user.a', value: 'x' },
      { name: 'user.a', value: 'y' },
    ]
    const side = (xattrs: typeof twice) => image([withMetadata('f', { xattrs })])
    expect(isEmptyDiff(compare(side(twice), side(twice)))).toBe(true)
    expect(isEmptyDiff(compare(side(twice), side([...twice].reverse())))).toBe(false)
    expect(isEmptyDiff(compare(side(twice), side(twice.slice(0, 1))))).toBe(false)
  })

  it.each<[string, Partial<Metadata>, Partial<Metadata>, string]>([
    ['a setuid bit', { mode: 0o755 }, { mode: 0o4755 }, 'mode 0755 → 4755 (setuid)'],
    ['a setgid bit that went', { mode: 0o2755 }, { mode: 0o755 }, 'mode 2755 → 0755 (no longer setgid)'],
    ['an owner', {}, { uid: 1000 }, 'owner 0:0 → 1000:0'],
    ['a time', {}, { mtime: 1795462212 }, 'modified 1970-01-01 00:00:01 → 2026-11-23 19:30:12'],
    ['a time that no calendar has', {}, { mtime: 1e15 }, 'modified 1970-01-01 00:00:01 → 1000000000000000 s'],
    ['a device', { device: { major: 8, minor: 1 } }, { device: { major: 8, minor: 2 } }, 'device 8:1 → 8:2'],
    ['a capability', {}, { xattrs: [CAPABILITY] }, 'xattr security.capability new: cap_net_raw=ep'],
    ['an attribute that went', { xattrs: [{ name: 'user.a', value: 'x' }] }, {}, 'xattr user.a gone'],
    [
      'an attribute of bytes',
      { xattrs: [{ name: 'user.a', value: 'text\0' }] },
      { xattrs: [{ name: 'user.a', value: '\x00\xff'.repeat(40) }] },
      `xattr user.a: text → 0x${'00ff'.repeat(16)}…`,
    ],
  ])('names %s', (_, before, after, text) => {
    const result = compare(image([withMetadata('f', before)]), image([withMetadata('f', after)]))
    expect(result.metadata!.sums.map((sum) => plainWords(sumWords(sum)))).toEqual([`1 entry: ${text}: foo-1.0/f`])
    expect(isEmptyDiff(result)).toBe(false)
    // The same outside store paths.
    const outside = compare(image([], [withMetadata('/f', before)]), image([], [withMetadata('/f', after)]))
    expect(outside.metadata!.sums.map((sum) => plainWords(sumWords(sum)))).toEqual([`1 entry: ${text}: /f`])
  })

  it('sums up a build at another time in one line, and lists none of its entries', () => {
    const names = Array.from({ length: 5000 }, (_, index) => `f${index}`)
    const at = (mtime: number) => image(names.map((name) => withMetadata(name, { mtime })))
    const { metadata } = compare(at(1), at(86400))
    expect(metadata!.sums.map((sum) => plainWords(sumWords(sum)))).toEqual([
      '5,000 entries: modified 1970-01-01 00:00:01 → 1970-01-02 00:00:00, as foo-1.0/f0',
    ])
    expect(metadata!.changes).toEqual([])
  })

  it('tells what is not the same for all as such', () => {
    const before = image([withMetadata('a'), withMetadata('b'), withMetadata('c')])
    const after = image([withMetadata('a', { uid: 1 }), withMetadata('b', { gid: 2, mode: 0o400 }), withMetadata('c')])
    const { metadata } = compare(before, after)
    expect(metadata!.sums.map((sum) => plainWords(sumWords(sum)))).toEqual([
      '1 entry: mode 0444 → 0400: foo-1.0/b',
      '2 entries: other owner, as foo-1.0/a',
    ])
    expect(
      metadata!.changes.map(({ path, changes }) => [path, changes.map((change) => plainWords(changeWords(change)))]),
    ).toEqual([
      ['a', ['owner 0:0 → 1:0']],
      ['b', ['mode 0444 → 0400', 'owner 0:0 → 0:2']],
    ])
  })

  it('compares hard links by their names in both images', () => {
    const linked = (...groups: (number | undefined)[]) =>
      image(groups.map((link, index) => withMetadata(`f${index}`, link === undefined ? {} : { link })))
    const told = (before: ReturnType<typeof image>, after: ReturnType<typeof image>) =>
      compare(before, after).metadata!.changes.map(({ path, changes }) => [
        path,
        changes.map((change) => plainWords(changeWords(change))),
      ])
    // Numbers are those of one image, and say nothing.
    expect(told(linked(3, 3, undefined), linked(7, 7, undefined))).toEqual([])
    expect(told(linked(3, 3, 3), linked(3, 3, undefined))).toEqual([
      ['f0', ['no longer hard-linked with foo-1.0/f2']],
      ['f1', ['no longer hard-linked with foo-1.0/f2']],
      ['f2', ['no longer hard-linked with foo-1.0/f0 and 1 more']],
    ])
    expect(told(linked(undefined, undefined), linked(0, 0))).toEqual([
      ['f0', ['hard-linked with foo-1.0/f1']],
      ['f1', ['hard-linked with foo-1.0/f0']],
    ])
    // A name that one image has not is told as new or gone.
    expect(told(linked(0, 0), image([withMetadata('f0')]))).toEqual([])
  })

  it('is not compared where a side is a report that was saved without it', () => {
    const known = image([withMetadata('f', { mode: 0o4755 })])
    const result = compare(
      known,
      syntheticSide({ paths: [{ base: basePath(1, 'foo-1.0'), own: 10, files: [fileOf('f', 3)] }] }),
    )
    expect(result).toMatchObject({ metadata: undefined, outside: undefined })
    expect(isSureDiff(result)).toBe(false)
  })
})

describe('setuid, setgid and capabilities', () => {
  const told = (before: ReturnType<typeof image>, after: ReturnType<typeof image>) =>
    compare(before, after).metadata!.privileges.map((change) =>
      plainWords([entryName(change), ': ', ...privilegeWords(change)]),
    )
  const sudo = withMetadata('bin/sudo', { mode: 0o4755 })

  it('are named of entries in both, with what they were', () => {
    expect(told(image([withMetadata('f', { mode: 0o755 })]), image([withMetadata('f', { mode: 0o4755 })]))).toEqual([
      'foo-1.0/f: gained setuid root (mode 0755 → 4755)',
    ])
    expect(
      told(image([withMetadata('f', { mode: 0o6755, gid: 5 })]), image([withMetadata('f', { mode: 0o755 })])),
    ).toEqual(['foo-1.0/f: lost setuid root, setgid 5 (mode 6755 → 0755)'])
    // The bit stays, and whom it runs as does not.
    expect(
      told(image([withMetadata('f', { mode: 0o4755, uid: 9 })]), image([sudo, withMetadata('f', { mode: 0o4755 })])),
    ).toEqual(['foo-1.0/f: setuid 9 → setuid root', 'foo-1.0/bin/sudo: new, setuid root (mode 4755)'])
    expect(told(image([withMetadata('f')]), image([withMetadata('f', { xattrs: [CAPABILITY] })]))).toEqual([
      'foo-1.0/f: gained cap_net_raw=ep',
    ])
    expect(told(image([sudo]), image([sudo]))).toEqual([])
  })

  it('are named of store paths that are new, gone, moved, rebuilt or another version, and outside', () => {
    const none = syntheticSide({ paths: [], outside: [] })
    const at = (hash: number, name: string, file: FileFacts) => image([file], [], basePath(hash, name))
    expect(told(none, at(1, 'sudo-1', sudo))).toEqual(['sudo-1/bin/sudo: new, setuid root (mode 4755)'])
    expect(told(at(1, 'sudo-1', sudo), none)).toEqual(['sudo-1/bin/sudo: gone, was setuid root (mode 4755)'])
    const plain = withMetadata('bin/sudo', { mode: 0o755 })
    for (const [name, size, kind] of [
      ['sudo-1', 3, 'moved'],
      ['sudo-1', 4, 'rebuilt'],
      ['sudo-2', 3, 'changed'],
    ] as const) {
      const before = at(1, 'sudo-1', plain)
      const after = at(2, name, { ...sudo, size })
      expect(compare(before, after).counts).toMatchObject({ [kind]: 1 })
      expect(told(before, after)).toEqual([`${name}/bin/sudo: gained setuid root (mode 0755 → 4755)`])
    }
    expect(told(image([], []), image([], [{ ...sudo, path: '/bin/su' }]))).toEqual([
      '/bin/su: new, setuid root (mode 4755)',
    ])
  })
})

describe('the files of one store path', () => {
  const base = basePath(1, 'foo-1.0')
  const rows = (before: readonly FileFacts[], after: readonly FileFacts[]) =>
    diffFiles(
      { owner: base, files: new Map([[base, before]]) },
      { owner: base, files: new Map([[base, after]]) },
      () => undefined,
    )
  const text = (before: readonly FileFacts[], after: readonly FileFacts[], width = 80) =>
    fileDiffText(
      { rows: rows(before, after), oldPath: 'old', newPath: 'new', haveContents: true, haveMetadata: true },
      { ...STYLE, width },
    )

  it('are told with what of their metadata changed', () => {
    const before = [withMetadata('f', { mode: 0o755 }), withMetadata('g')]
    const after = [withMetadata('f', { mode: 0o4755 }), withMetadata('g', { uid: 1000, mtime: 2 }), sticky]
    expect(text(before, after, 120)).toContain('changed  f  mode 0755 → 4755 (setuid)\n')
    expect(text(before, after, 120)).toContain(
      'changed  g  owner 0:0 → 1000:0, modified 1970-01-01 00:00:01 → 1970-01-01 00:00:02\n',
    )
    expect(text(before, after, 120)).toContain('new      d  new, setgid root (mode 2755)\n')
    for (const width of [60, 80]) {
      const lines = text(before, after, width).split('\n')
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width)
      expect(lines.join(' ').replace(/\s+/g, ' ')).toContain('modified 1970-01-01 00:00:01 → 1970-01-01 00:00:02')
    }
  })
  const sticky: FileFacts = {
    path: 'd',
    type: 'directory',
    size: 0,
    executable: false,
    metadata: metadataOf({ mode: 0o2755 }),
  }

  it('of another time alone are summed up', () => {
    const at = (mtime: number) => Array.from({ length: 50 }, (_, index) => withMetadata(`f${index}`, { mtime }))
    expect(text(at(1), at(61), 120)).toContain(
      'changed  [50 entries modified 1970-01-01 00:00:01 → 1970-01-01 00:01:01]\n',
    )
    expect(rows(at(1), at(61)).length).toBe(50)
  })

  it('in the same store path differ by the hashes in links, which in another build do not count', () => {
    const link = (dep: number): FileFacts => ({
      path: 'link',
      type: 'symlink',
      size: 0,
      executable: false,
      target: `/nix/store/${basePath(dep, 'dep')}`,
    })
    expect(rows([link(5)], [link(6)])).toMatchObject([{ class: 'changed', what: 'target' }])
    const other = basePath(2, 'foo-1.0')
    const one = { owner: base, files: new Map([[base, [link(5)]]]) }
    expect(diffFiles(one, { owner: other, files: new Map([[other, [link(6)]]]) }, () => undefined)).toEqual([])
  })

  it('with names that differ in hashes alone are all kept', () => {
    const named = (...hashes: number[]) => hashes.map((hash) => fileOf(`${basePath(hash, 'x')}.list`, 1))
    expect(rows(named(1, 2), named(3))).toMatchObject([{ class: 'gone' }])
    expect(rows(named(1, 2), named(2, 1))).toEqual([])
  })
})
