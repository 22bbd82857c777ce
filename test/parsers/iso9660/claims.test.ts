import { describe, expect, it } from 'vitest'
import { ExtentMap } from '../../../parsers/bytes/extents.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { pathOf } from '../../../parsers/image.ts'
import { openIso9660 } from '../../../parsers/iso9660/index.ts'
import {
  ce,
  descriptor,
  directory,
  image,
  joined,
  latin1,
  nm,
  px,
  record,
  rockRidgeImage,
  SECTOR,
  simpleImage,
  TERMINATOR,
} from './image-builder.ts'

/** All claims as "name [first sector+offset, length]", in order. */
function claims(bytes: Uint8Array): string[] {
  const iso = openIso9660(bytesSource(bytes, 'test.iso'))
  const map = new ExtentMap(iso.source)
  iso.claimContent(map)
  iso.claimStructures(map)
  const { starts, ends, kinds, owners } = map.claims
  const rows = starts.map((start, index) => {
    const owner = owners[index]!
    const name = kinds[index] === 'content' ? pathOf(iso.tree, iso.tree.entries[owner]!) : map.names[owner]!
    return { start, text: `${place(start)} ${ends[index]! - start} ${name}` }
  })
  const backgrounds = map.backgrounds.map(({ start, end, name }) => ({
    start,
    text: `${place(start)} ${end - start} (${name})`,
  }))
  return [...rows, ...backgrounds].sort((a, b) => a.start - b.start).map(({ text }) => text)
}

function place(offset: number): string {
  return offset % SECTOR === 0 ? `${offset / SECTOR}` : `${Math.floor(offset / SECTOR)}+${offset % SECTOR}`
}

/** A boot record volume descriptor for a catalog (El Torito 2.0 figure 7). */
function bootRecord(catalog: number): Uint8Array {
  const bytes = new Uint8Array(SECTOR)
  bytes.set([0, ...latin1('CD001'), 1, ...latin1('EL TORITO SPECIFICATION')])
  bytes[71] = catalog
  return bytes
}

/** A boot catalog with one x86 image and one section of EFI images. */
function catalog(first: number, efi: readonly number[], sectors = 4): Uint8Array {
  const bytes = new Uint8Array(SECTOR)
  bytes.set([1, 0, 0, 0])
  bytes.set([0xaa, 0x55, 0x55, 0xaa], 28)
  bytes.set([0x88, 0, 0, 0, 0, 0, sectors, 0, first], 32)
  bytes.set([0x91, 0xef, efi.length, 0], 64)
  for (const [index, block] of efi.entries()) bytes.set([0x88, 0, 0, 0, 0, 0, 0, 0, block], 96 + index * 32)
  return bytes
}

const BASE = ['0 32768 (system area)', '16 2048 primary volume descriptor', '17 2048 volume descriptor set terminator']

describe('claims', () => {
  it('names descriptors, directories and contents', () => {
    const sub = directory(30, 20, [record({ name: 'B', block: 41, size: 10 })])
    const bytes = simpleImage(
      [
        record({ name: 'A', block: 40, size: 10 }),
        record({ name: 'LINK', block: 40, size: 10 }),
        record({ name: 'EMPTY', block: 40, size: 0 }),
        record({ name: 'SUB', block: 30, size: SECTOR, flags: 2, extendedAttributeLength: 0 }),
        record({ name: 'XAR', block: 50, size: 5, extendedAttributeLength: 1 }),
      ],
      { 30: sub },
    )
    expect(claims(bytes)).toEqual([
      ...BASE,
      '20 2048 directory records',
      '30 2048 directory records',
      '40 10 /A',
      '40 10 /LINK',
      '41 10 /SUB/B',
      '50 2048 extended attribute records',
      '51 5 /XAR',
    ])
  })

  it('names path tables as far as they are some', () => {
    const bytes = simpleImage([])
    const view = new DataView(bytes.buffer)
    view.setUint32(16 * SECTOR + 132, 24, true)
    view.setUint32(16 * SECTOR + 140, 25, true)
    view.setUint32(16 * SECTOR + 148, 26, false)
    bytes.set([1, 0, 20, 0, 0, 0, 1, 0, 0, 0], 25 * SECTOR)
    bytes.set([1, 0, 20, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 0, 30, 0, 1, 0x42, 0x42, 0x42, 0x42, 0x42, 0], 26 * SECTOR)
    expect(claims(bytes)).toEqual([
      ...BASE,
      '20 2048 directory records',
      '25 10 path table (primary)',
      '26 24 path table (primary)',
    ])
  })

  it('merges continuation areas', () => {
    const areas = joined([nm('one'), nm('two')])
    const records = [
      record({ name: 'A', systemUse: [px(0o100644), ce(30, 100, 8)] }),
      record({ name: 'B', systemUse: [px(0o100644), ce(30, 108, 8)] }),
    ]
    const bytes = rockRidgeImage(records, { 30: joined([new Uint8Array(100), areas]) })
    expect(claims(bytes)).toContain('30+100 16 Rock Ridge continuation area')
  })

  it('names what is only in another tree, and in another session', () => {
    const other = directory(26, 26, [
      record({ name: '\0a', block: 40, size: 10 }),
      record({ name: '\0b', block: 41, size: 10 }),
      record({ name: '\0d', block: 27, size: SECTOR, flags: 2 }),
    ])
    const bytes = image(128, {
      16: joined([descriptor({ rootBlock: 24 }), descriptor({ type: 2, escapes: '%/E', rootBlock: 26 }), TERMINATOR]),
      24: directory(24, 24, [record({ name: 'A', block: 40, size: 10, systemUse: [] })], [px(0o40755)]),
      26: other,
      27: directory(27, 26, []),
      80: joined([descriptor({ rootBlock: 84 }), TERMINATOR]),
      84: directory(84, 84, [record({ name: 'A', block: 40, size: 10 }), record({ name: 'OLD', block: 90, size: 3 })]),
      100: joined([descriptor({ rootBlock: 24 }), TERMINATOR]),
      // Looks like one, but its root directory is not there: a copy within other data.
      110: joined([descriptor({ rootBlock: 3 }), TERMINATOR]),
    })
    expect(claims(bytes)).toEqual([
      '0 32768 (system area)',
      '16 2048 primary volume descriptor',
      '17 2048 Joliet volume descriptor',
      '18 2048 volume descriptor set terminator',
      '24 2048 directory records',
      '26 4096 directory records (Joliet)',
      '40 10 /A',
      '41 10 file only in the Joliet tree',
      '80 2048 primary volume descriptor (session at sector 80)',
      '81 2048 volume descriptor set terminator (session at sector 80)',
      '84 2048 directory records (another session)',
      '90 3 file only in another session',
      '100 2048 primary volume descriptor (copy at sector 100)',
      '101 2048 volume descriptor set terminator (copy at sector 100)',
    ])
    const iso = openIso9660(bytesSource(bytes, 'test.iso'))
    expect(iso.sessions).toEqual([16, 80])
    expect(iso.warnings.map((warning) => warning.detail)).toEqual([
      'Rock Ridge is in use without the SP entry that announces it',
      'files are only in the Joliet tree, which is not shown',
    ])
    const old = openIso9660(bytesSource(bytes, 'test.iso'), { descriptorSector: 80 })
    expect(old.tree.entries.map((entry) => entry.name)).toEqual(['', 'A', 'OLD'])
  })

  it('gives boot images to their files, and names those without one', () => {
    const root = directory(20, 20, [
      record({ name: 'BOOT.CAT', block: 25, size: SECTOR }),
      record({ name: 'BIOS', block: 40, size: 3000 }),
    ])
    const parts = { 17: bootRecord(25), 18: TERMINATOR, 20: root }
    const bytes = image(64, { 16: descriptor({ rootBlock: 20 }), ...parts, 25: catalog(40, [50, 60]) })
    // A FAT file system of 20 sectors of 512 bytes.
    bytes.set([0xeb, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 1, 0, 2, 0, 0, 20, 0], 50 * SECTOR)
    bytes.set([0x55, 0xaa], 50 * SECTOR + 510)
    expect(claims(bytes).slice(1)).toEqual([
      '16 2048 primary volume descriptor',
      '17 2048 boot record volume descriptor',
      '18 2048 volume descriptor set terminator',
      '20 2048 directory records',
      '25 2048 boot catalog',
      '40 3000 /BIOS',
      '50 10240 (boot image 2 (not in the tree))',
      // Without a stated size it reaches to the end of the medium.
      '60 8192 (boot image 3 (not in the tree))',
    ])
    const iso = openIso9660(bytesSource(bytes, 'test.iso'))
    expect(iso.facts['bootImages']).toBe(3)
    expect(iso.bootCatalog?.images.map(({ platform, sectorCount, block }) => [platform, sectorCount, block])).toEqual([
      ['x86', 4, 40],
      ['EFI', 0, 50],
      ['EFI', 0, 60],
    ])
    expect(iso.warnings).toEqual([])
  })

  it.each([
    ['CHECKSUM', 28, 0],
    ['MALFORMED', 30, 0],
    ['MALFORMED', 66, 9],
    ['TRUNCATED', 105, 1],
  ])('says %s of a damaged boot catalog', (code, at, value) => {
    const bad = catalog(40, [50])
    bad[at] = value
    const parts = { 17: bootRecord(25), 18: TERMINATOR, 20: directory(20, 20, []), 25: bad }
    const iso = openIso9660(bytesSource(image(64, { 16: descriptor({ rootBlock: 20 }), ...parts }), 'test.iso'))
    expect(iso.warnings.map((warning) => warning.code)).toEqual([code])
  })

  it('names appended partitions, and no views', () => {
    const bytes = image(128, {
      16: descriptor({ rootBlock: 20 }),
      17: TERMINATOR,
      20: directory(20, 20, [record({ name: 'EFI', block: 40, size: 3000 })]),
    })
    const view = new DataView(bytes.buffer)
    const partition = (index: number, type: number, start: number, length: number): void => {
      bytes[446 + index * 16 + 4] = type
      view.setUint32(446 + index * 16 + 8, start * 4, true)
      view.setUint32(446 + index * 16 + 12, length * 4, true)
    }
    bytes[0] = 0x33
    bytes.set([0x55, 0xaa], 510)
    partition(0, 0, 0, 128)
    partition(1, 0xef, 40, 2)
    partition(2, 0x83, 100, 20)
    expect(claims(bytes)).toEqual([
      '0 440 MBR boot code',
      '0 32768 (system area)',
      '0+440 72 MBR partition table',
      '16 2048 primary volume descriptor',
      '17 2048 volume descriptor set terminator',
      '20 2048 directory records',
      '40 3000 /EFI',
      '100 40960 (appended partition 3)',
    ])
  })

  it('claims nothing outside a cut image, and says how much is missing', () => {
    const bytes = simpleImage([record({ name: 'A', block: 40, size: 5000 })]).subarray(0, 41 * SECTOR)
    expect(claims(bytes)).toContain('40 2048 /A')
    const iso = openIso9660(bytesSource(bytes, 'test.iso'))
    expect(iso.warnings[0]!.message).toBe(
      'test.iso: content of "A" at 0x14000: the image ends before the content of a file; found 2048, expected 5000',
    )
  })
})
