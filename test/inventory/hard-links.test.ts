import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { listing } from '../../src/analyses/listing.ts'
import { openSource } from '../../src/images/open-image.ts'
import { type Account, attribute } from '../../src/inventory/attribution.ts'
import { outsideEntries } from '../../src/inventory/image-files.ts'
import { partsOfJson, partsToJson } from '../../src/inventory/json.ts'
import { Survey } from '../../src/inventory/survey.ts'
import { ownersIn } from '../../src/owners/owners-in.ts'
import { directory, nm, px, type RecordSpec, record, rockRidgeImage, SECTOR } from '../parsers/iso9660/image-builder.ts'
import {
  concat,
  extendedDirectoryInode,
  extendedFileInode,
  flat,
  listing as squashfsListing,
  storedWord,
  writeSquashfs,
} from '../parsers/squashfs/writer.ts'

const FILE = 0o100644
const DIRECTORY = 0o40755

const file = (name: string, block: number, size: number, more: Partial<RecordSpec> = {}): Uint8Array =>
  record({ name: name.toUpperCase(), block, size, systemUse: [px(FILE), nm(name)], ...more })

/** An ISO with files at its top and in a directory "zz" at block 31. */
const disc = (
  top: readonly Uint8Array[],
  below: readonly Uint8Array[] = [],
  parts: Record<number, Uint8Array> = {},
): Uint8Array =>
  rockRidgeImage(
    [...top, record({ name: 'ZZ', block: 31, size: SECTOR, flags: 2, systemUse: [px(DIRECTORY), nm('zz')] })],
    { 31: directory(31, 20, below), ...parts },
  )

const openBytes = (bytes: Uint8Array) => openSource(bytesSource(bytes, 'test.iso'))

/** The accounts of files, and that all accounts have every byte. */
function fileAccounts(bytes: Uint8Array): Partial<Account>[] {
  const { accounts } = attribute(openBytes(bytes))
  expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(bytes.length)
  return accounts
    .filter(({ kind }) => kind === 'file' || kind === 'owner')
    .map(({ name, otherNames = [], region, own, unpacked, files }) => ({
      name,
      otherNames,
      region,
      own,
      unpacked,
      files,
    }))
}

/** Stored bytes of all names, as `ls -R` has them. */
function storedByPath(bytes: Uint8Array): Record<string, number> {
  const open = openBytes(bytes)
  const all = listing({ open, entry: open.image.tree.entries[0]!, imagePath: '' }, true)
  return Object.fromEntries(Array.from(all, (entry) => [entry.path, entry.stored()]))
}

describe('a hard-linked file of an ISO', () => {
  it('is one account with all its names and bytes, in the region of the first', () => {
    expect(
      fileAccounts(disc([file('b', 40, 3001), file('c', 40, 3001), file('other', 45, 10)], [file('a', 40, 3001)])),
    ).toEqual([
      { name: '/b', otherNames: ['/c', '/zz/a'], region: '/b', own: 3001, unpacked: 3001, files: 1 },
      { name: '/other', otherNames: [], region: '/other', own: 10, unpacked: 10, files: 1 },
    ])
  })

  it('splits its bytes over its names in a listing', () => {
    const stored = storedByPath(disc([file('b', 40, 3001), file('c', 40, 3001)], [file('a', 40, 3001)]))
    expect(stored).toEqual({ '/b': 1001, '/c': 1000, '/zz': 0, '/zz/a': 1000 })
  })

  it('shares what is another file’s too as one file', () => {
    // The names have blocks 40 and 41, the other file has block 41 alone.
    const accounts = fileAccounts(
      disc([file('a', 40, 2 * SECTOR), file('b', 40, 2 * SECTOR), file('part', 41, SECTOR)]),
    )
    expect(accounts.map(({ name, otherNames, own }) => [name, otherNames, own])).toEqual([
      ['/a', ['/b'], 1.5 * SECTOR],
      ['/part', [], 0.5 * SECTOR],
    ])
  })

  it('is none without bytes, nor where extents differ', () => {
    const accounts = fileAccounts(
      disc([file('a', 40, 0), file('b', 40, 0), file('long', 40, 30), file('short', 40, 20)]),
    )
    expect(accounts.map(({ name, otherNames, own, files }) => [name, otherNames, own, files])).toEqual([
      ['/a', [], 0, 1],
      ['/b', [], 0, 1],
      ['/long', [], 20, 1],
      ['/short', [], 10, 1],
    ])
  })

  it('stays split over store paths, each of which has it', () => {
    const [one, two] = [`${'0'.repeat(32)}-one`, `${'1'.repeat(32)}-two`]
    const folder = (name: string, block: number): Uint8Array =>
      record({ name: name.toUpperCase(), block, size: SECTOR, flags: 2, systemUse: [px(DIRECTORY), nm(name)] })
    const bytes = rockRidgeImage([folder('nix', 31), file('x', 40, 900), file('y', 40, 900)], {
      31: directory(31, 20, [folder('store', 32)]),
      32: directory(32, 31, [
        record({ name: 'A', block: 40, size: 900, systemUse: [px(FILE), nm(one)] }),
        record({ name: 'B', block: 40, size: 900, systemUse: [px(FILE), nm(two)] }),
      ]),
    })
    const accounts = fileAccounts(bytes)
    expect(accounts.map(({ name, otherNames, own }) => [name, otherNames, own])).toEqual([
      [`/nix/store/${one}`, [], 300],
      [`/nix/store/${two}`, [], 300],
      // Outside of them the file has two names, and one share.
      ['/x', ['/y'], 300],
    ])
  })

  it('has its names in what is kept of an image', async () => {
    const survey = new Survey(() => openBytes(disc([file('\xff', 40, 30), file('b', 40, 30)])))
    const known = { attribution: survey.attribution, summary: await survey.summary(), keys: survey.keys }
    expect(partsOfJson(partsToJson(known))).toMatchObject(known)
    expect(known.attribution.accounts[0]).toMatchObject({ name: '/b', otherNames: ['/\xff'] })
  })
})

describe('an image that has several names in an ISO', () => {
  const blocks = [storedWord(4096), storedWord(4096)]
  const inner = writeSquashfs({
    data: new Uint8Array(8192).fill(7),
    ...flat([{ name: 'content', inode: extendedFileInode({ size: 8192, blocks }) }]),
  })
  const bytes = disc([file('one.img', 40, inner.length), file('two.img', 40, inner.length)], [], { 40: inner })

  it('is told apart once, and named by all', () => {
    const { accounts, images } = attribute(openBytes(bytes))
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(bytes.length)
    expect(images.map(({ path, otherNames }) => [path, otherNames])).toEqual([
      ['/', undefined],
      ['/one.img', ['/two.img']],
    ])
    expect(accounts.filter(({ name }) => name.endsWith('/content')).map(({ name }) => name)).toEqual([
      '/one.img/content',
    ])
  })

  it('has its entries once among those without an owner', () => {
    const open = openBytes(bytes)
    const paths = Array.from(outsideEntries(open, ownersIn(open).owners), ({ path }) => path)
    expect(paths.filter((path) => path.endsWith('/content'))).toEqual(['/one.img/content'])
  })

  it('is entered once, and what is in it can be added up', () => {
    const open = openBytes(bytes)
    const all = [...listing({ open, entry: open.image.tree.entries[0]!, imagePath: '' }, true)]
    expect(all.map(({ path, imagePath, entered }) => [path, imagePath, entered])).toEqual([
      ['/one.img', '', 'squashfs'],
      ['/one.img/content', '/one.img', undefined],
      ['/two.img', '', 'squashfs'],
      ['/zz', '', undefined],
    ])
    const sum = (some: typeof all): number => some.reduce((total, entry) => total + entry.stored(), 0)
    expect(sum(all.filter(({ imagePath }) => imagePath === ''))).toBe(inner.length)
    expect(sum(all.filter(({ entered }) => entered === undefined))).toBe(8192)
  })
})

describe('a hard-linked file of a squashfs without store paths', () => {
  it('is one account, empty or not', () => {
    const full = extendedFileInode({ size: 4096, blocks: [storedWord(4096)], linkCount: 2 })
    const empty = extendedFileInode({ size: 0, linkCount: 2 })
    const directories = squashfsListing([
      { name: 'a', at: 0 },
      { name: 'b', at: 0 },
      { name: 'c', at: full.length },
      { name: 'd', at: full.length },
    ])
    const top = extendedDirectoryInode({ at: 0, length: directories.length })
    const bytes = writeSquashfs({
      data: new Uint8Array(4096).fill(1),
      inodes: concat(full, empty, top),
      root: full.length + empty.length,
      directories,
    })
    const accounts = fileAccounts(bytes).filter(({ name }) => name !== '/')
    expect(accounts.map(({ name, otherNames, unpacked, files }) => [name, otherNames, unpacked, files])).toEqual([
      ['/a', ['/b'], 4096, 1],
      // An inode with two names is a hard link whatever its size; an ISO has no inodes.
      ['/c', ['/d'], 0, 1],
    ])
    expect(accounts[0]!.own).toBeGreaterThan(4096)
    expect(storedByPath(bytes)).toEqual({ '/a': 2048, '/b': 2048, '/c': 0, '/d': 0 })
  })
})
