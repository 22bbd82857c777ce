import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DIRECTORIES, directoryRows, pathTree, type SizedPath } from '../../src/analyses/directory-rows.ts'

const paths = (sizes: Readonly<Record<string, number>>): SizedPath[] =>
  Object.entries(sizes).map(([path, own]) => ({ path, own, unpacked: 2 * own, files: 1 }))

const shown = (sizes: Readonly<Record<string, number>>, count: number): (readonly [string, number])[] =>
  directoryRows(pathTree(paths(sizes)), count).map(({ path, own, more }) => [
    more === undefined ? path : `${path} (${more} more)`,
    own,
  ])

/** Paths whose directories are no files. */
const anyPaths = fc
  .uniqueArray(fc.tuple(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 }), fc.nat(1000)), {
    selector: ([names]) => names.join('/'),
    maxLength: 40,
  })
  .map((some) =>
    some.map(([names, own], index) => ({
      path: `/${[...names, `file${index}`].join('/')}`,
      own,
      unpacked: own,
      files: 1,
    })),
  )

describe('rows of directories', () => {
  it('split the row whose largest entry is largest', () => {
    const sizes = { '/usr/lib/a': 50, '/usr/lib/b': 30, '/usr/bin/c': 15, '/var/d': 40, '/etc/e': 1 }
    expect(shown(sizes, 1)).toEqual([['/', 136]])
    expect(shown(sizes, 3)).toEqual([
      ['/usr/lib', 80],
      ['/ (2 more)', 41],
      ['/usr (1 more)', 15],
    ])
    expect(shown(sizes, 5)).toEqual([
      ['/usr/lib/a', 50],
      ['/var', 40],
      ['/usr/lib (1 more)', 30],
      ['/usr (1 more)', 15],
      ['/ (1 more)', 1],
    ])
  })

  it('do not lead to the one file that is nearly all of a directory', () => {
    const sizes = { '/big/file': 95, '/big/readme': 5, '/small/a': 20, '/small/b': 15 }
    expect(shown(sizes, 3)).toEqual([
      ['/big', 100],
      ['/small/a', 20],
      ['/small (1 more)', 15],
    ])
  })

  it('leave a directory whole if they could show little of it, but not a chain that leads to one file', () => {
    const equal = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`/data/f${index}`, 10]))
    const sizes = { ...equal, '/srv/a/b/c/file': 90, '/etc/x': 1 }
    expect(shown(sizes, 10)).toEqual([
      ['/data', 3000],
      ['/srv/a/b/c/file', 90],
      ['/etc/x', 1],
    ])
    // One of them that stands out has a row.
    expect(shown({ ...equal, '/data/large': 2000 }, 3).slice(0, 2)).toEqual([
      ['/data (299 more)', 2990],
      ['/data/large', 2000],
    ])
    expect(shown(equal, 0)).toHaveLength(300)
  })

  it('give what directories take themselves a row', () => {
    const own: SizedPath[] = [
      { path: '/a/', own: 7, unpacked: 0, files: 0 },
      { path: '/a/x', own: 60, unpacked: 60, files: 1 },
      { path: '/a/y', own: 33, unpacked: 33, files: 1 },
    ]
    expect(directoryRows(pathTree(own), 0).map(({ path, own: bytes }) => [path, bytes])).toEqual([
      ['/a/x', 60],
      ['/a/y', 33],
      [DIRECTORIES, 7],
    ])
  })

  it('add up to all files, are as many as asked for, and hide nothing larger than what they show', () => {
    fc.assert(
      fc.property(anyPaths, fc.integer({ min: 1, max: 12 }), (some, count) => {
        const rows = directoryRows(pathTree(some), count)
        for (const key of ['own', 'unpacked', 'files'] as const) {
          expect(rows.reduce((sum, row) => sum + row[key], 0)).toBe(some.reduce((sum, row) => sum + row[key], 0))
        }
        const named = rows.filter(({ path }) => path !== DIRECTORIES)
        expect(named.length).toBeLessThanOrEqual(count)
        expect(new Set(named.map(({ path, more }) => `${path} ${more}`)).size).toBe(named.length)
        expect([...rows].sort((a, b) => b.own - a.own).map(({ own }) => own)).toEqual(rows.map(({ own }) => own))
      }),
    )
  })

  it('are all files if all are asked for', () => {
    fc.assert(
      fc.property(anyPaths, (some) => {
        const rows = directoryRows(pathTree(some), 0)
        const files = rows.filter(({ isDirectory, path }) => !isDirectory && path !== '/')
        expect(files.map(({ path }) => path).sort()).toEqual(some.map(({ path }) => path).sort())
      }),
    )
  })
})
