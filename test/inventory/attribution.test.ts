import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { report } from '../../src/analyses/report.ts'
import { openSource } from '../../src/images/open-image.ts'
import { type Account, type Attribution, attribute } from '../../src/inventory/attribution.ts'
import { outsideEntries } from '../../src/inventory/image-files.ts'
import { takeInventoryOf } from '../../src/inventory/take-inventory.ts'
import { ownersIn } from '../../src/owners/owners-in.ts'
import { basePath } from '../analyses/synthetic-side.ts'
import { record, SECTOR, simpleImage } from '../parsers/iso9660/image-builder.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'

const squashfs = readFileSync(new URL('../../fixtures/images/gzip.squashfs', import.meta.url))

/** Bytes of a region. */
function ownIn(region: string, accounts: readonly Account[]): number {
  return accounts.reduce((sum, account) => sum + (account.region === region ? account.own : 0), 0)
}

/** An ISO with a squashfs at sector 30, and beside it a file of one sector at `block`. */
function discWith(block: number): Attribution {
  const bytes = simpleImage(
    [record({ name: 'A', block: 30, size: squashfs.length }), record({ name: 'B', block, size: SECTOR })],
    { 30: squashfs },
  )
  const attribution = attribute(openSource(bytesSource(bytes, 'disc.iso')))
  expect(attribution.accounts.reduce((sum, { own }) => sum + own, 0)).toBe(bytes.length)
  return attribution
}

describe('attribute', () => {
  it('splits an image inside an image', () => {
    const { accounts, images, warnings } = discWith(50)
    expect(images.map(({ path }) => path)).toEqual(['/', '/A'])
    expect(accounts.filter(({ region }) => region === '/A').length).toBeGreaterThan(3)
    expect(accounts.find(({ name }) => name === '/A')).toBeUndefined()
    expect(warnings).toEqual([])
  })

  it('charges an inner image to what it has of its bytes where another file of the disc claims some of them', () => {
    const { accounts, images, warnings } = discWith(31)
    expect(images.map(({ path }) => path)).toEqual(['/', '/A'])
    // The two files have one sector in common, and each has half of it.
    expect(accounts.find(({ name }) => name === '/B')).toMatchObject({ own: SECTOR / 2 })
    expect(ownIn('/A', accounts)).toBe(squashfs.length - SECTOR / 2)
    expect(warnings).toEqual([])
  })

  it('leaves an image in a store path to that store path, and tells one beside it apart', () => {
    const [foo, bar] = [basePath(1, 'foo-1'), basePath(2, 'bar-2')]
    const inner = squashfsOf({ [bar]: 'x'.repeat(5000) })
    const bytes = squashfsOf({ [`${foo}/inner.squashfs`]: inner, 'beside.squashfs': inner })
    const open = openSource(bytesSource(bytes, 'store.squashfs'))
    const { accounts, images } = attribute(open)
    expect(images.map(({ path }) => path)).toEqual(['/', '/beside.squashfs'])
    expect(accounts.flatMap(({ owner }) => owner ?? []).sort()).toEqual([foo, bar].sort())
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(bytes.length)
    const { owners } = ownersIn(open)
    expect([...owners.keys()].sort()).toEqual([foo, bar].sort())
    const paths = Array.from(outsideEntries(open, owners), ({ path }) => path)
    expect(paths).toEqual(['/', '/beside.squashfs', '/beside.squashfs/'])
  })

  it('takes a store path that is an image as one, with all that is in the image', async () => {
    const [store, a, b] = [basePath(1, 'store.squashfs'), basePath(2, 'a'), basePath(3, 'b')]
    const inner = squashfsOf({ [a]: 'x'.repeat(5000), [b]: 'x'.repeat(5000) })
    const bytes = squashfsOf({ [store]: inner, [basePath(4, 'c')]: 'c' })
    const open = openSource(bytesSource(bytes, 'store.squashfs'))
    const { owners, references, accounts } = report(await takeInventoryOf(open))
    expect(owners.map(({ key }) => key).sort()).toEqual([store, basePath(4, 'c')])
    expect(references!.holdings.get(store)!.retained).toBe(owners.find(({ key }) => key === store)!.own)
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(bytes.length)
  })
})
