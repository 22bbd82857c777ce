import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openImage } from '../../src/images/open-image.ts'
import { type Account, attribute } from '../../src/inventory/attribution.ts'
import { describeWith, mustRun } from '../oracle.ts'
import { noise } from './squashfs-source.ts'

/** Bytes of a region. */
function ownIn(region: string, accounts: readonly Account[]): number {
  return accounts.reduce((sum, account) => sum + (account.region === region ? account.own : 0), 0)
}

describeWith(['mksquashfs', 'unsquashfs', 'xorriso', 'isoinfo'], 'images that are stored compressed', () => {
  const work = mkdtempSync(join(tmpdir(), 'isoscope-nested-'))
  afterAll(() => rmSync(work, { recursive: true }))
  /** Two files that do not compress, of 300,000 and 100,000 bytes, and 400,000 bytes that do. */
  const makeInner = (): string => {
    const tree = join(work, 'tree')
    mkdirSync(tree)
    writeFileSync(join(tree, 'large'), noise(300_000, 1))
    writeFileSync(join(tree, 'small'), noise(100_000, 2))
    writeFileSync(join(tree, 'zeros'), Buffer.alloc(400_000))
    const inner = join(work, 'inner.squashfs')
    mustRun('mksquashfs', [tree, inner, '-quiet', '-no-progress', '-noD', '-noF', '-no-sparse', '-all-root'])
    return inner
  }
  const inner = makeInner()

  /**
   * Attributes a file, and checks that what is inside adds up to what the inner image takes, by an independent tool.
   * @param tables bytes it may have of tables beside that
   */
  const attributed = (file: string, path: string, stored: number, tables = 0): readonly Account[] => {
    const open = openImage(file)
    const { accounts, images, complete, warnings } = attribute(open)
    open.close()
    expect({ complete, warnings }).toEqual({ complete: true, warnings: [] })
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(statSync(file).size)
    expect(images.map((image) => image.path)).toEqual(['/', path])
    expect(ownIn(path, accounts)).toBeGreaterThanOrEqual(stored)
    expect(ownIn(path, accounts)).toBeLessThanOrEqual(stored + tables)
    return accounts
  }

  it('are charged to the blocks of a zisofs file', () => {
    const file = join(work, 'zisofs.iso')
    const map = ['-map', inner, '/inner.squashfs', '-set_filter_r', '--zisofs', '/', '--']
    mustRun('xorriso', ['-outdev', file, ...map, '-commit'])
    // A directory record has the bytes of the extent, which are the compressed ones.
    const lines = mustRun('isoinfo', ['-l', '-i', file]).toString()
    const stored = Number(/ (\d+) \w+ +\d+ \d+ +\[.*INNER/.exec(lines)![1])
    expect(stored).toBeLessThan(statSync(inner).size / 2 + 10_000)
    const accounts = attributed(file, '/inner.squashfs', stored)
    const own = (name: string): number => accounts.find((account) => account.name === `/inner.squashfs/${name}`)!.own
    // Noise costs what it is, and zeros next to nothing. A block that has both costs its bytes the same.
    const BLOCK = 32_768
    for (const [name, length] of [
      ['large', 300_000],
      ['small', 100_000],
    ] as const) {
      expect(own(name)).toBeGreaterThan(length - BLOCK / 2)
      expect(own(name)).toBeLessThan(length + 1000)
    }
    expect(own('zeros')).toBeLessThan(BLOCK)
    expect(
      accounts.filter(({ region }) => region === '/inner.squashfs').every(({ places }) => places === undefined),
    ).toBe(true)
  })

  it('are charged to the blocks of a squashfs, at any depth', () => {
    const pack = (name: string, ...files: string[]): string => {
      const file = join(work, name)
      mustRun('mksquashfs', [...files, file, '-quiet', '-no-progress', '-all-root', '-noappend', '-no-fragments'])
      return file
    }
    const middle = pack('middle.sqfs', inner)
    // Of a file without fragments, what takes bytes of the image are its blocks: all but superblock and tables.
    const [line] = mustRun('unsquashfs', ['-lln', middle])
      .toString()
      .split('\n')
      .filter((text) => text.includes('inner'))
    expect(line).toContain(String(statSync(inner).size))
    const blocks = readFileSync(middle).readBigUInt64LE(64) - 96n
    attributed(middle, '/inner.squashfs', Number(blocks), 200)
    const outer = pack('outer.sqfs', middle)
    const open = openImage(outer)
    const { accounts, images } = attribute(open)
    open.close()
    expect(images.map(({ path }) => path)).toEqual(['/', '/middle.sqfs', '/middle.sqfs/inner.squashfs'])
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(statSync(outer).size)
    const stored = readFileSync(outer).readBigUInt64LE(64) - 96n
    const below = accounts.filter(({ region }) => region.startsWith('/middle.sqfs'))
    const own = below.reduce((sum, account) => sum + account.own, 0)
    expect(own).toBeGreaterThanOrEqual(Number(stored))
    expect(own).toBeLessThanOrEqual(Number(stored) + 200)
  })
})
