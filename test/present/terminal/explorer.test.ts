import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Exploration } from '../../../src/analyses/exploration.ts'
import { GROUPINGS } from '../../../src/analyses/grouping.ts'
import { widthOf } from '../../../src/present/terminal/columns.ts'
import { type Explorer, selected, shown, startExplorer, withShown } from '../../../src/present/terminal/explorer.ts'
import { draw } from '../../../src/present/terminal/screen.ts'
import { IMAGES, isoscope } from '../../cli/run.ts'
import { NIX_ON_DEBIAN, STORE_KEYS } from '../../owners/nix-on-debian.ts'
import { type Content, squashfsOf } from '../../parsers/squashfs/writer.ts'
import { explorationOf, explorationOfReport, pressed, SCREEN, screenOf } from './explored.ts'

/** All keys that do something, and some that do not. */
const KEYS = [
  ...['up', 'down', 'left', 'right', 'return', 'backspace', 'escape', 'pageup', 'pagedown', 'home', 'end', 'tab', 'f5'],
  ...'jkhlgGqwxXuasvbd/? nNé中*'.split(''),
]

/** Names as bytes that tell a terminal what to do, and others that are not UTF-8 or have wide characters. */
const HOSTILE = [
  ...['\x1b[31mred', '\x1b]0;title\x07', 'new\nline', 'tab\tand\rreturn', '\xc2\x9b31mC1', '\xff\xfe', '\x7f'],
  ...['\xe2\x80\xaetxt.exe', '\xe2\x81\xa6isolate', '\xe2\x80\xa8separator', '\xef\xbb\xbfmark', 'e\xcc\x81', '...'],
]
const UNSAFE = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffd]/

let work = ''
/** What `isoscope -o` saves of an image. */
function reportOf(...args: readonly string[]): string {
  const path = join(work, 'report.json')
  isoscope([...args, '-o', path])
  return readFileSync(path, 'utf8')
}

let mini: Exploration
let start: Explorer
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-explorer-'))
  mini = await explorationOf(`${IMAGES}mini.iso`)
  start = startExplorer(mini, 'iec')
})

afterAll(() => rmSync(work, { recursive: true }))

const names = (state: Explorer): readonly string[] => shown(state).rows.map(({ label }) => label)

describe('the model of an explorer', () => {
  it('begins with all store paths, by what each retains', () => {
    const { rows } = shown(start)
    expect(rows).toHaveLength(47)
    expect(rows.slice(0, 2).map(({ label }) => label)).toEqual(['nixos-system-nixos-26.11pre-git', 'etc'])
    const { retained } = mini.sizes
    const sizes = rows.map(({ node }) => retained[node!]!)
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
  })

  it('goes to what a path pulls in, and back to the same row', () => {
    const inside = pressed(start, 'down', 'right')
    expect(names(inside)).toContain('system-units')
    const further = pressed(inside, 'right')
    expect(further.trail).toHaveLength(3)
    const again = pressed(further, 'left', 'left')
    expect(again.trail).toEqual(pressed(start, 'down').trail)
  })

  it('goes on to what pulls a path in from the first list', () => {
    const found = pressed(start, '/', ...'boost', 'return', 'left')
    expect(names(found)).toEqual(['nix-util-2.31.2'])
    expect(names(pressed(found, 'left'))).toEqual(expect.arrayContaining(['nix-2.31.2', 'nix-store-2.31.2']))
    expect(pressed(found, 'backspace', 'backspace').trail).toHaveLength(1)
  })

  it('sums up what a search finds, and takes it back', () => {
    const found = pressed(start, '/', ...'NIX-')
    expect(names(found).length).toBeGreaterThan(3)
    expect(names(found).every((name) => /nix-/i.test(name))).toBe(true)
    const own = shown(found).rows.reduce((sum, { node }) => sum + mini.sizes.own[node!]!, 0)
    expect(screenOf(found).at(-1)).toContain(`own ${(own / 1024).toFixed(1)} KiB, removing all frees ≈ `)
    expect(pressed(found, 'escape').trail).toEqual(start.trail)
    expect(pressed(found, 'backspace', 'backspace', 'backspace', 'backspace').trail).toEqual(start.trail)
    expect(names(pressed(start, '/', ...'n*-h?lp'))).toEqual(['nixos-help'])
    // Escape leaves what was found first, and then the explorer.
    const left = pressed(found, 'return', 'escape')
    expect([left.isDone, left.trail]).toEqual([false, start.trail])
    expect(pressed(left, 'escape').isDone).toBe(true)
  })

  it('shows the other sizes, and sorts by name', () => {
    const own = pressed(start, 'a')
    const sizes = shown(own).rows.map(({ node }) => mini.sizes.own[node!]!)
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
    expect(shown(pressed(start, 'a', 'a')).column.id).toBe('unpacked')
    expect(names(pressed(start, 'a', 'a', 'a'))).toEqual(names(start))
    expect(names(pressed(start, 's'))).toEqual([...names(start)].sort())
    // The cursor stays on its row.
    const row = selected(pressed(start, 'down', 'down'))
    expect(selected(pressed(start, 'down', 'down', 's'))).toEqual(row)
  })

  it.each(['mini.iso', 'mini-slim.iso'])(
    'shows the files of each store path of %s, whose rows add up to what it takes',
    async (name) => {
      const state = startExplorer(await explorationOf(IMAGES + name), 'iec')
      const { own } = state.exploration.sizes
      let rest = 0
      /** Checks a list and all that it opens, and returns its sum. */
      const sumOf = (list: Explorer): number => {
        const { rows } = shown(list)
        for (const [at, { opens, sizes, id }] of rows.entries()) {
          if (id.startsWith('/')) rest += 1
          if (opens === undefined) continue
          const inside = pressed(withShown(list, { ...shown(list), at }), 'right')
          expect(sumOf(inside)).toBe(sizes!.own)
        }
        return rows.reduce((sum, { sizes }) => sum + sizes!.own, 0)
      }
      let opened = 0
      for (const [at] of shown(state).rows.entries()) {
        const inside = pressed(withShown(state, { ...shown(state), at }), 'return')
        if (inside.trail.length === 1) continue
        opened += 1
        expect(shown(inside).column.id).toBe('own')
        expect(sumOf(inside)).toBe(own[selected(withShown(state, { ...shown(state), at }))!.node!])
      }
      expect(opened).toBeGreaterThan(0)
      expect(rest).toBeGreaterThan(opened)
    },
  )

  it('shows the dominator tree, where rows and what a path has for itself add up', () => {
    const system = pressed(start, 'v', 'right')
    const { exclusive, retained, shared } = mini.sizes
    const root = selected(start)!.node!
    const sum = shown(system).rows.reduce((bytes, { node }) => bytes + retained[node!]!, 0)
    const shares = shared.reduce((bytes, { bytes: some }) => bytes + some, 0)
    expect(retained[root]! - exclusive[root]! - sum).toBeGreaterThanOrEqual(0)
    expect(retained[root]! - exclusive[root]! - sum).toBeLessThanOrEqual(shares)
    // A path in another view opens the tree where the path is.
    const deep = pressed(start, '/', ...'boost', 'return', 'v')
    expect(selected(deep)!.label).toBe('boost-1.87.0')
    expect(deep.trail.length).toBeGreaterThan(2)
  })

  it('shows the image as directories that add up to it, and the files of a path', () => {
    const image = pressed(start, 'v', 'v')
    const sum = shown(image).rows.reduce((bytes, { sizes }) => bytes + sizes!.own, 0)
    expect(sum).toBe(mini.inventory.image.size)
    expect(names(image)).toEqual(expect.arrayContaining(['nix-store.squashfs/', 'boot/', '[ISO9660]/']))
    const files = pressed(start, '/', ...'perl-5', 'return', 'return')
    expect(names(files)).toContain('bin/')
    expect(names(pressed(files, '/', ...'*.pm')).every((name) => name.endsWith('.pm'))).toBe(true)
    const whole = mini.ownerFolder(selected(pressed(start, '/', ...'perl-5'))!.node!)!
    expect(shown(files).rows.reduce((bytes, { sizes }) => bytes + sizes!.own, 0)).toBe(whole.own)
  })

  it('shows what is there twice', () => {
    const twice = pressed(start, 'v', 'v', 'v')
    expect(names(twice)).toContain('2 places: glibc-2.42-47')
    expect(names(pressed(twice, 'right')).length).toBe(2)
    expect(names(pressed(twice, 'v'))).toEqual(names(start))
  })

  it('says why a path is there, and goes to the paths of the chain', () => {
    const why = pressed(start, '/', ...'boost', 'return', 'w')
    const screen = screenOf(why).join('\n')
    expect(screen).toContain('from a root: init= in grub.cfg, isolinux.cfg')
    expect(screen).toMatch(/≈ 350\.6 KiB and 8 paths go without this *\n {2}from the configuration *\n/)
    expect(selected(pressed(why, 'down', 'return'))!.label).toBe('etc')
    expect(pressed(why, 'w').window).toBeUndefined()
  })
})

describe('an explorer of less than an image', () => {
  it('shows a saved report, with the files that it has', async () => {
    const saved = startExplorer(await explorationOfReport(reportOf('mini.iso')), 'iec')
    expect(screenOf(saved)).toEqual(screenOf(start))
    expect(screenOf(pressed(saved, 'down', 'x', 'w'))).toEqual(screenOf(pressed(start, 'down', 'x', 'w')))
    const files = pressed(saved, '/', ...'perl-5', 'return', 'return')
    expect(names(files)).toContain('bin/')
    expect(shown(files).column.id).toBe('unpacked')
    expect(screenOf(pressed(saved, 'v', 'v')).join('\n')).toContain('nix-store.squashfs/')
  })

  it('does without references, and says what it cannot know', async () => {
    const saved = startExplorer(await explorationOfReport(reportOf('mini.iso', '--references', 'none')), 'iec')
    const sizes = shown(saved).rows.map(({ sizes: some }) => some!.own)
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
    for (const key of ['x', 'w', 'right']) expect(pressed(saved, key).message).toMatch(/^no references are known/)
    expect(shown(pressed(saved, 'a')).column.id).toBe('unpacked')
    expect(shown(pressed(saved, 'a', 'a')).column.id).toBe('own')
    expect(screenOf(saved).join('\n')).not.toMatch(/retained/i)
  })

  it('shows the files of an image without store paths', async () => {
    const plain = startExplorer(await explorationOf(`${IMAGES}plain.iso`), 'iec')
    const { rows } = shown(plain)
    expect(rows.reduce((sum, { sizes }) => sum + sizes!.own, 0)).toBe(plain.exploration.inventory.image.size)
    expect(pressed(plain, 'v').message).toContain('no store paths')
    expect(names(pressed(plain, '/', 'e')).length).toBeGreaterThan(0)
  })

  it('escapes the names of a hostile image, whatever the keys', async () => {
    const key = (digit: string, name: string): string => `${digit.repeat(32)}-${name}`
    const [top, lib] = [key('1', 'nixos-system-x'), key('2', 'lib-1.0')]
    const files: Record<string, Content> = { [`${lib}/中文中文中文中文中文中文中文中文中文中文中文`]: 'wide' }
    for (const name of HOSTILE) {
      files[`${top}/${name}`] = `/nix/store/${lib}`
      files[`${lib}/${name}-d/${name}`] = { target: `/nix/store/${lib}` }
      files[`outside/${name}`] = name
    }
    const path = join(work, 'hostile.squashfs')
    writeFileSync(path, squashfsOf(files))
    const hostile = startExplorer(await explorationOf(path), 'iec')
    const keys = fc.array(fc.constantFrom(...KEYS, 'return', 'return', 'v', 'v'), { maxLength: 20 })
    fc.assert(
      fc.property(keys, fc.boolean(), (some, unicode) => {
        for (const line of draw(pressed(hostile, ...some), SCREEN, { color: false, unicode })) {
          expect(line).not.toMatch(UNSAFE)
          expect(line).toMatch(unicode ? /^\P{Cc}*$/u : /^[ -~]*$/)
          expect(widthOf(line)).toBe(SCREEN.columns)
        }
      }),
      { numRuns: 80 },
    )
  })
})

describe('the screen of an explorer', () => {
  it('has as many lines and columns as the terminal, and no control characters, whatever the keys', () => {
    const keys = fc.array(fc.constantFrom(...KEYS), { maxLength: 30 })
    const size = fc.record({ columns: fc.integer({ min: 1, max: 130 }), rows: fc.integer({ min: 1, max: 45 }) })
    fc.assert(
      fc.property(keys, size, fc.boolean(), (some, screen, unicode) => {
        const lines = draw(pressed(start, ...some), screen, { color: false, unicode })
        expect(lines).toHaveLength(screen.rows)
        for (const line of lines) {
          expect(line).toMatch(unicode ? /^\P{Cc}*$/u : /^[ -~]*$/)
          expect(widthOf(line)).toBe(screen.columns)
        }
      }),
      { numRuns: 80 },
    )
  })

  it('has the same text in colours', () => {
    const plain = screenOf(pressed(start, 'x', 'down'))
    const colored = draw(pressed(start, 'x', 'down'), SCREEN, { color: true, unicode: true })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken out
    expect(colored.map((line) => line.replace(/\u001b\[\d+m/g, ''))).toEqual(plain)
    expect(colored).not.toEqual(plain)
  })

  it('says how large a terminal it needs', () => {
    expect(screenOf(start, { columns: 39, rows: 24 }).join('')).toContain('needs 40x8')
    expect(screenOf(start, { columns: 40, rows: 8 }).join('')).toContain('nixos-system')
  })
})

describe('the groupings of an explorer', () => {
  const GROUPED_TITLES = ['store paths and packages', 'packages', 'the whole image', 'files', 'region']
  let mixed: Exploration
  beforeAll(async () => {
    const path = join(work, 'mixed.squashfs')
    writeFileSync(path, squashfsOf(NIX_ON_DEBIAN))
    mixed = await explorationOf(path)
  })

  it('follow each other by a key, and each adds up', () => {
    let state = startExplorer(mixed, 'iec')
    const { size } = mixed.inventory.image
    const owners = mixed.sizes.own.reduce((sum, own) => sum + own, 0)
    const titles: string[] = []
    for (const by of GROUPINGS) {
      expect(names(state)).toEqual(names(startExplorer(mixed, 'iec', by)))
      titles.push(screenOf(state)[1]!)
      const own = shown(state).rows.reduce((sum, { sizes }) => sum + sizes!.own, 0)
      expect([by, own]).toEqual([by, by === 'path' || by === 'package' ? owners : size])
      state = pressed(state, 'b')
    }
    for (const [index, title] of GROUPED_TITLES.entries()) expect(titles[index]).toContain(title)
    expect(names(state)).toEqual(names(startExplorer(mixed, 'iec')))
  })

  it('open what they have: the owners of a package, directories, the place of a region', () => {
    const packages = startExplorer(mixed, 'iec', 'package')
    const at = shown(packages).rows.findIndex(({ label }) => label === 'libc6 (2 packages)')
    const libc = pressed(withShown(packages, { ...shown(packages), at }), 'right')
    expect([...names(libc)].sort()).toEqual(['libc6:amd64 2.36-9', 'libc6:i386 2.36-9'])
    expect(pressed(libc, 'left').trail).toHaveLength(1)
    const files = pressed(startExplorer(mixed, 'iec', 'directory'), '/', ...'bash', 'return')
    expect([...names(files)].sort()).toEqual(
      expect.arrayContaining(['usr/bin/bash', `nix/store/${STORE_KEYS[2]}/`, 'var/lib/dpkg/info/bash.list']),
    )
    const bash = shown(files).rows.findIndex(({ label }) => label === 'usr/bin/bash')
    expect(screenOf(withShown(files, { ...shown(files), at: bash })).join('\n')).toContain('of bash 5.2.15-2')
    const region = pressed(startExplorer(mini, 'iec', 'region'), 'down', 'right')
    expect(names(region)).toEqual(expect.arrayContaining(['nixos-manual-html', 'nix-path-registration']))
  })

  it('are those that an image has', async () => {
    const plain = startExplorer(await explorationOf(`${IMAGES}plain.iso`), 'iec')
    expect(
      ['b', 'b', 'b'].map((_, index, keys) => shown(pressed(plain, ...keys.slice(0, index + 1))).list.kind),
    ).toEqual(['files', 'regions', 'folder'])
    const saved = startExplorer(await explorationOfReport(reportOf('mini.iso')), 'iec')
    expect(shown(pressed(saved, 'b', 'b', 'b')).list.kind).toBe('regions')
  })
})
