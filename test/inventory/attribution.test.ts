import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { openSource } from '../../src/images/open-image.ts'
import { type Account, type Attribution, attribute } from '../../src/inventory/attribution.ts'
import { record, SECTOR, simpleImage } from '../parsers/iso9660/image-builder.ts'

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
})
