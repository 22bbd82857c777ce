import { lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { pathOf } from '../../parsers/image.ts'
import { openSource } from '../../src/images/open-image.ts'
import { type EntryFinder, entryFinder, type FoundEntry } from '../../src/owners/package-files.ts'
import { rootOf } from '../../src/owners/root-file-system.ts'
import { type Content, squashfsOf } from '../parsers/squashfs/writer.ts'

const finderOf = (files: Readonly<Record<string, Content>>): EntryFinder =>
  entryFinder(rootOf(openSource(bytesSource(squashfsOf(files), 'x.squashfs'))))

const shown = (found: FoundEntry | undefined): string | undefined =>
  found && pathOf(found.open.image.tree, found.open.image.tree.entry(found.index))

/** What the system says of the same files: the entry itself, with links of directories followed, or where it leads. */
function bySystem(folder: string, path: string, follow: boolean): string | undefined {
  try {
    const at = join(folder, path)
    lstatSync(at)
    const end = follow ? realpathSync(at) : join(realpathSync(dirname(at)), path.slice(path.lastIndexOf('/') + 1))
    const below = relative(folder, end)
    return below.startsWith('..') ? undefined : `/${below}`
  } catch {
    return undefined
  }
}

describe('entries by their paths', () => {
  it('are those that the system finds, through links of any kind', () => {
    const names = fc.constantFrom('a', 'b', 'c')
    const path = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
    const target = fc.array(fc.constantFrom('a', 'b', 'c', '.'), { minLength: 1, maxLength: 4 })
    const content = fc.oneof(
      fc.constant('file'),
      target.map((parts) => ({ target: parts.join('/') })),
    )
    let found = 0
    fc.assert(
      fc.property(
        fc.dictionary(path, content, { minKeys: 2, maxKeys: 8 }),
        fc.array(path, { minLength: 20 }),
        (all, asked) => {
          // A file has nothing below it.
          const files = Object.fromEntries(
            Object.entries(all).filter(([one]) => !Object.keys(all).some((other) => one.startsWith(`${other}/`))),
          )
          const folder = realpathSync(mkdtempSync(join(tmpdir(), 'links-')))
          try {
            for (const [name, one] of Object.entries(files)) {
              mkdirSync(dirname(join(folder, name)), { recursive: true })
              if (typeof one === 'string') writeFileSync(join(folder, name), one)
              else symlinkSync(one.target, join(folder, name))
            }
            const finder = finderOf(files)
            for (const one of asked) {
              expect(shown(finder.find(`/${one}`)), `find ${one}`).toBe(bySystem(folder, one, false))
              expect(shown(finder.follow(`/${one}`)), `follow ${one}`).toBe(bySystem(folder, one, true))
              if (finder.follow(`/${one}`) !== undefined) found += 1
            }
          } finally {
            rmSync(folder, { recursive: true })
          }
        },
      ),
      { numRuns: 60 },
    )
    expect(found).toBeGreaterThan(100)
  })

  it('take no time that doubles with each link', () => {
    const links = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`l${at + 1}`, { target: `l${at}/l${at}` }]))
    const finder = finderOf({ l0: { target: '.' }, ...links, 'usr/file': 'x' })
    // Linux follows 40 links: l3 is 15.
    expect(shown(finder.follow('/l3/usr/file'))).toBe('/usr/file')
    expect(finder.follow('/l40/usr/file')).toBeUndefined()
    expect(finder.entriesIn('/l40')).toEqual([])
  })
})
