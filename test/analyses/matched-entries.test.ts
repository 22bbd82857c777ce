import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { matchedEntries } from '../../src/analyses/matched-entries.ts'
import { type OpenImage, openSource } from '../../src/images/open-image.ts'
import { takeInventoryOf } from '../../src/inventory/take-inventory.ts'
import { MATCHED, pathMatcher } from '../../src/owners/path-glob.ts'
import { directory, nm, px, record, rockRidgeImage, SECTOR } from '../parsers/iso9660/image-builder.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'
import { basePath } from './synthetic-side.ts'

const FILE = 0o100644
const inner = squashfsOf({ 'd/big': 'x'.repeat(1000), [`nix/store/${basePath(1, 'a')}/big`]: 'y'.repeat(1000) })
const blocks = Math.ceil(inner.length / SECTOR)

/** An ISO with one squashfs under several names, some in a store path. */
function disc(names: readonly string[], ofStore: readonly string[] = []): OpenImage {
  const name = (text: string) =>
    record({ name: text.toUpperCase(), block: 60, size: inner.length, systemUse: [px(FILE), nm(text)] })
  const folder = (text: string, block: number) =>
    record({ name: text.slice(0, 8).toUpperCase(), block, size: SECTOR, flags: 2, systemUse: [px(0o40755), nm(text)] })
  const parts = Object.fromEntries(
    Array.from({ length: blocks }, (_, at) => [60 + at, inner.subarray(at * SECTOR, (at + 1) * SECTOR)]),
  )
  const bytes = rockRidgeImage([...names.map(name), folder('nix', 31)], {
    31: directory(31, 20, [folder('store', 32)]),
    32: directory(32, 31, [folder(basePath(9, 'disk'), 33)]),
    33: directory(33, 32, ofStore.map(name)),
    ...parts,
  })
  return openSource(bytesSource(bytes, 'test.iso'))
}

const sumOf = (open: OpenImage, ...globs: readonly string[]): number => {
  const inImage = pathMatcher(globs)
  const inOwner = pathMatcher([])
  const found = matchedEntries(open, { inImage, inOwner, atOwner: () => inOwner.root })
  return found.reduce((sum, { own }) => sum + own, 0)
}

describe('entries of an image inside', () => {
  it('count once, however many names the file of the image has', () => {
    const one = sumOf(disc(['one.sqfs']), '/**/d/big')
    expect(one).toBeGreaterThan(0)
    expect(sumOf(disc(['one.sqfs', 'two.sqfs', 'x.sqfs']), '/**/d/big')).toBe(one)
    expect(sumOf(disc(['one.sqfs', 'two.sqfs']), '/two.sqfs/d/big')).toBe(one)
    expect(sumOf(disc(['one.sqfs', 'two.sqfs']), '/one.sqfs/d', '/two.sqfs/d')).toBe(sumOf(disc(['one.sqfs']), '/*/d'))
  })

  it('do not count again if the image counts as a whole, by any of its names', () => {
    const whole = sumOf(disc(['one.sqfs', 'two.sqfs']), '/one.sqfs')
    expect(sumOf(disc(['one.sqfs', 'two.sqfs']), '/one.sqfs', '/two.sqfs/d/big')).toBe(whole)
  })

  it('count for the share of the file that the account of the image has', async () => {
    const open = disc(['free.sqfs'], ['disk.sqfs'])
    const { attribution } = await takeInventoryOf(open, { references: 'none' })
    const [free] = attribution.accounts.filter(({ name }) => name === '/free.sqfs/d/big')
    expect(sumOf(open, '/free.sqfs/d/big')).toBe(free!.own)
    expect(sumOf(open, '/**/d/big')).toBeLessThanOrEqual(2 * free!.own + 1)
  })

  const globs = ['/**', '/*.sqfs', '/**/d', '/**/big', '/one.sqfs/**', '/two.sqfs/d/*', '/nix/**', '/*/d/big']
  it.each([
    [['one.sqfs'], []],
    [['one.sqfs', 'two.sqfs'], []],
    [
      ['one.sqfs', 'two.sqfs', 'x'],
      ['disk.sqfs', 'more.sqfs'],
    ],
  ])('never take more than the file: %j and %j in a store path', (names, ofStore) => {
    const open = disc(names, ofStore)
    fc.assert(
      fc.property(fc.subarray(globs, { minLength: 1 }), fc.subarray(globs), (some, more) => {
        const sum = sumOf(open, ...some)
        const wider = sumOf(open, ...some, ...more)
        expect(sum).toBeLessThanOrEqual(wider)
        expect(wider).toBeLessThanOrEqual(open.file.size)
      }),
    )
    expect(sumOf(open, '/')).toBe(open.file.size)
  })
})

it('entries of a store path that shares nothing take what its account has, but for rounding', async () => {
  const path = new URL('../../fixtures/images/mini.iso', import.meta.url)
  const open = openSource(bytesSource(readFileSync(path), 'mini.iso'))
  const { attribution } = await takeInventoryOf(open, { references: 'none' })
  const shared = new Set(attribution.shared.flatMap(({ owners }) => owners))
  const none = pathMatcher([])
  let compared = 0
  for (const { owner, own, region } of attribution.accounts) {
    if (owner === undefined || shared.has(owner) || region !== '/nix-store.squashfs') continue
    const atOwner = (key: string) => (key === owner ? MATCHED : none.root)
    const entries = matchedEntries(open, { inImage: none, inOwner: none, atOwner })
    const inRegion = entries.filter((entry) => entry.path.startsWith(region))
    // Each share of a block is rounded: for each entry here, for the account as a whole there.
    const sum = inRegion.reduce((bytes, entry) => bytes + entry.own, 0)
    expect(Math.abs(sum - own)).toBeLessThanOrEqual(inRegion.length)
    compared += 1
  }
  expect(compared).toBeGreaterThan(20)
})
