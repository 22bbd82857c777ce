import { expect, it } from 'vitest'
import type { InsideRow } from '../../src/analyses/inside-rows.ts'
import { outermostAt } from '../../src/views/regions.ts'

const PATHS = ['/a', '/a-b', '/a-b/c/d', '/a/b', '/b/x', '/b/x-y', '/b/x/z', '/b/xy/z/w', '/bb', '/c/d/e', '/c/d/e/f/g']

/** Those at or below a path, without those in another of them: the definition, word for word. */
function expected(path: string, below: boolean): readonly string[] {
  const found = PATHS.filter((one) => one === path || (below && one.startsWith(`${path}/`)))
  return found.filter((one) => !found.some((other) => one.startsWith(`${other}/`)))
}

it('tells the images at a path, or the outermost ones below it', () => {
  const inside = [...PATHS].sort().map((path): InsideRow => {
    return { path, format: 'fat', facts: {}, size: 1, own: 1, accounts: [], owners: 0, packages: 0 }
  })
  const report = { inside }
  for (const path of [...PATHS, '/', '/b', '/c', '/c/d', '/none', '/a-', '/z']) {
    for (const below of [true, false]) {
      const found = outermostAt(path, report, below).map((row) => row.path)
      expect([path, below, found.toSorted()]).toEqual([path, below, expected(path, below).toSorted()])
    }
  }
})
