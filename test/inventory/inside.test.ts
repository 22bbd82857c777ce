import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { openSource } from '../../src/images/open-image.ts'
import { attribute } from '../../src/inventory/attribution.ts'
import { insideOf } from '../../src/inventory/inside.ts'
import { findCopies, paidTwice, wastedBytes } from '../../src/inventory/paid-twice.ts'
import { basePath } from '../analyses/synthetic-side.ts'
import { archive, folder } from '../parsers/cpio/writer.ts'
import { entry as shortEntry, volume } from '../parsers/fat/volume-builder.ts'
import { record, simpleImage } from '../parsers/iso9660/image-builder.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'

const [FOO, BAR] = [basePath(1, 'foo-1'), basePath(2, 'bar-2')]

/** Bytes that do not compress, other ones for each seed. */
function noise(length: number, seed: number): Uint8Array {
  let state = seed
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state >>> 24
  })
}

const LIBRARY = noise(9000, 1)
const PROGRAM = noise(6000, 2)

function initrd(library: Uint8Array = LIBRARY): Uint8Array {
  const members = ['nix', 'nix/store', `nix/store/${FOO}`, `nix/store/${BAR}`].map((name) => folder(name))
  return gzipSync(
    archive(
      ...members,
      { name: `nix/store/${FOO}/library`, content: library },
      { name: `nix/store/${BAR}/text`, content: 'x'.repeat(9000) },
      { name: 'init', content: 'a script', mode: 0o100755 },
    ),
  )
}

/** A disc with files one after the other from sector 30 on. */
function disc(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const records: Uint8Array[] = []
  const parts: Record<number, Uint8Array> = {}
  let block = 30
  for (const [name, bytes] of Object.entries(files)) {
    records.push(record({ name, block, size: bytes.length }))
    parts[block] = bytes
    block += Math.ceil(bytes.length / 2048)
  }
  return simpleImage(records, parts)
}

function opened(files: Readonly<Record<string, Uint8Array>>) {
  return openSource(bytesSource(disc(files), 'disc.iso'))
}

function looked(files: Readonly<Record<string, Uint8Array>>) {
  const open = opened(files)
  return insideOf(open, () => attribute(open))
}

describe('insideOf', () => {
  it('breaks an initrd down to exactly the bytes that it takes, and leaves it one account', () => {
    const bytes = initrd()
    const open = opened({ INITRD: bytes })
    const { images, warnings, complete } = insideOf(open, () => attribute(open))
    expect([warnings, complete]).toEqual([[], true])
    expect(images.map(({ path, format, size, own }) => [path, format, size, own])).toEqual([
      ['/INITRD', 'initrd', bytes.length, bytes.length],
    ])
    const [{ accounts }] = images as [(typeof images)[0]]
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(bytes.length)
    expect(accounts.flatMap(({ owner }) => owner ?? []).sort()).toEqual([FOO, BAR].sort())
    const { accounts: outer, images: apart } = attribute(open)
    expect(apart.map(({ path }) => path)).toEqual(['/'])
    expect(outer.find(({ name }) => name === '/INITRD')).toMatchObject({ kind: 'file', own: bytes.length })
  })

  it('charges content by the blocks of the stream: noise costs what it is, and repeats next to nothing', () => {
    // Two members of gzip, one of which does not compress.
    const quiet = gzipSync(archive({ name: 'quiet', content: 'x'.repeat(50_000) }))
    const loud = gzipSync(archive({ name: 'loud', content: noise(50_000, 3) }))
    const bytes = new Uint8Array([...quiet, ...loud])
    const [image] = looked({ INITRD: bytes }).images
    const ownOf = (name: string): number => image!.accounts.find((account) => account.name === name)!.own
    expect(ownOf('/INITRD/loud')).toBeGreaterThan(loud.length * 0.97)
    expect(ownOf('/INITRD/quiet')).toBeLessThan(quiet.length)
    expect(image!.accounts.reduce((sum, { own }) => sum + own, 0)).toBe(bytes.length)
  })

  it('looks into images inside images, each with sums of its own', () => {
    const inner = initrd()
    const clusters = Math.ceil(inner.length / 512)
    const fat = volume({
      clusters: clusters + 20,
      root: [shortEntry({ name: 'INITRD     ', cluster: 5, size: inner.length })],
      chains: [Array.from({ length: clusters }, (_, index) => 5 + index)],
      data: { 5: inner },
    })
    const { images } = looked({ 'EFI.IMG': fat })
    expect(images.map(({ path, format }) => [path, format])).toEqual([
      ['/EFI.IMG', 'fat'],
      ['/EFI.IMG/INITRD', 'initrd'],
    ])
    for (const { accounts, own } of images) expect(accounts.reduce((sum, account) => sum + account.own, 0)).toBe(own)
  })

  it('lists a squashfs in an initrd, whose accounts are among those of the initrd', () => {
    const store = squashfsOf({ [`${FOO}/library`]: LIBRARY })
    const bytes = gzipSync(archive({ name: 'store.squashfs', content: store }, { name: 'init', content: 'a script' }))
    const { images } = looked({ INITRD: bytes })
    expect(images.map(({ path, format, size }) => [path, format, size])).toEqual([
      ['/INITRD', 'initrd', bytes.length],
      ['/INITRD/store.squashfs', 'squashfs', store.length],
    ])
    const [initrdImage, storeImage] = images
    for (const { accounts, own } of images) expect(accounts.reduce((sum, account) => sum + account.own, 0)).toBe(own)
    expect(storeImage!.accounts.flatMap(({ owner }) => owner ?? [])).toEqual([FOO])
    expect(storeImage!.accounts.every((account) => initrdImage!.accounts.includes(account))).toBe(true)
  })

  it('tells the damage of a squashfs in an initrd', () => {
    const store = squashfsOf({ [`${FOO}/library`]: LIBRARY })
    // The tables stand at the end.
    store.fill(0xff, store.length - 3000)
    const { warnings, complete } = looked({ INITRD: archive({ name: 'store.squashfs', content: store }) })
    expect(complete).toBe(false)
    expect(warnings.length).toBeGreaterThan(0)
  })

  it('tells what of a damaged initrd cannot be read, and its bytes still add up', () => {
    const bytes = initrd().slice(0, 6000)
    const { images, warnings, complete } = looked({ INITRD: bytes })
    expect(complete).toBe(false)
    expect(warnings.length).toBeGreaterThan(0)
    expect(images[0]!.accounts.reduce((sum, { own }) => sum + own, 0)).toBe(bytes.length)
  })
})

describe('paidTwice', () => {
  const twiceIn = (files: Readonly<Record<string, Uint8Array>>) => {
    const open = opened(files)
    return paidTwice(
      findCopies(open),
      attribute(open),
      insideOf(open, () => attribute(open)),
    )
  }
  const store = squashfsOf({
    [`${FOO}/library`]: LIBRARY,
    [`${FOO}/more`]: noise(5000, 4),
    [`${BAR}/text`]: 'y'.repeat(9000),
  })

  it('finds a store path in squashfs and initrd, and says that one has only a part of it', () => {
    const { copies, complete } = twiceIn({ INITRD: initrd(), STORE: store })
    expect(complete).toBe(true)
    // The other store path has other content under the same name.
    expect(copies.map(({ owner }) => owner)).toEqual([FOO])
    expect(copies[0]!.places.map(({ image, isPartial }) => [image, isPartial])).toEqual([
      ['/STORE', false],
      ['/INITRD', true],
    ])
    expect(wastedBytes(copies[0]!)).toBe(copies[0]!.places[1]!.own)
  })

  it('compares content, not only names and sizes', () => {
    expect(twiceIn({ INITRD: initrd(noise(9000, 5)), STORE: store }).copies).toEqual([])
  })

  it('says that it did not compare all, and takes no copy for a part because of that', () => {
    const many = Array.from({ length: 70 }, (_, index) => ({
      name: `f${index}`,
      content: `${index} `.repeat(5000).slice(0, 5000),
    }))
    const one = gzipSync(archive(...many))
    const two = gzipSync(archive(...many, { name: 'other', content: 'z' }))
    const { copies, complete } = twiceIn({ ONE: one, TWO: two })
    expect(complete).toBe(false)
    expect(copies.length).toBeGreaterThan(0)
    expect(copies.every(({ places }) => places.length === 2)).toBe(true)
  })

  it('finds a file that is on the disc and in an EFI image', () => {
    const fat = volume({
      clusters: 40,
      root: [shortEntry({ name: 'BOOTX64 EFI', cluster: 5, size: PROGRAM.length })],
      chains: [Array.from({ length: 12 }, (_, index) => 5 + index)],
      data: { 5: PROGRAM },
    })
    const { copies } = twiceIn({ 'BOOT.EFI': PROGRAM, 'EFI.IMG': fat, OTHER: noise(PROGRAM.length, 6) })
    expect(copies.map(({ places }) => places.map(({ path }) => path).sort())).toEqual([
      ['/BOOT.EFI', '/EFI.IMG/BOOTX64.EFI'],
    ])
  })
})
