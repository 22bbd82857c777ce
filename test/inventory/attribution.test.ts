import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { openSource } from '../../src/images/open-image.ts'
import { type Attribution, attribute } from '../../src/inventory/attribution.ts'
import { record, SECTOR, simpleImage } from '../parsers/iso9660/image-builder.ts'

const squashfs = readFileSync(new URL('../../fixtures/images/gzip.squashfs', import.meta.url))

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

  it('counts an inner image as one file where another file of the disc claims some of its bytes', () => {
    const { accounts, images, warnings } = discWith(31)
    expect(images.map(({ path }) => path)).toEqual(['/'])
    // The two files have one sector in common, and each has half of it.
    expect(accounts.find(({ name }) => name === '/A')).toMatchObject({ own: squashfs.length - SECTOR / 2 })
    expect(accounts.find(({ name }) => name === '/B')).toMatchObject({ own: SECTOR / 2 })
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/other parts of the outer image claim some of its bytes; it is counted as one file/),
    ])
  })
})
