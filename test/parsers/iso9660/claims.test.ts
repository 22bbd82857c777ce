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
  const map = new ExtentMap(iso.source, iso.tree.entries.length)
  iso.claimContent(map)
  iso.claimStructures(map, iso.complete)
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

/** Writes an MBR with partitions of [type, first sector, sectors], in sectors of 2048 bytes. */
function partitions(bytes: Uint8Array, ...rows: readonly (readonly [number, number, number])[]): void {
  const view = new DataView(bytes.buffer)
  bytes.set([0x55, 0xaa], 510)
  for (const [index, [type, start, length]] of rows.entries()) {
    bytes[446 + index * 16 + 4] = type
    view.setUint32(446 + index * 16 + 8, start * 4, true)
    view.setUint32(446 + index * 16 + 12, length * 4, true)
  }
}

/** What `claims` says of all but the volume descriptors, directories and the system area. */
function besides(bytes: Uint8Array): string[] {
  return claims(bytes).filter(
    (row) => !/ (primary|boot record|volume descr|directory records|boot catalog|MBR|\(system)/.test(row),
  )
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

  it('names what a session has before its descriptors, as the first one has its system area', () => {
    const bytes = image(128, {
      16: joined([descriptor({ rootBlock: 24 }), TERMINATOR]),
      24: directory(24, 24, []),
      64: Uint8Array.of(1),
      80: joined([descriptor({ rootBlock: 84 }), TERMINATOR]),
      84: directory(84, 84, []),
    })
    expect(claims(bytes)).toContain('64 2048 system area (session at sector 80)')
    expect(claims(bytes).filter((row) => row.includes('system area')).length).toBe(2)
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
      '50 10240 (EFI boot image 2, not in the tree)',
      // Without a stated size it reaches to the end of the medium.
      '60 8192 (EFI boot image 3, not in the tree)',
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

  it('names partitions beside the tree, and no views', () => {
    const bytes = image(128, {
      16: descriptor({ rootBlock: 20 }),
      17: TERMINATOR,
      20: directory(20, 20, [record({ name: 'EFI', block: 40, size: 3000 })]),
    })
    bytes[0] = 0x33
    partitions(bytes, [0, 0, 128], [0xef, 40, 2], [0x83, 100, 20])
    expect(claims(bytes)).toEqual([
      '0 440 MBR boot code',
      '0 32768 (system area)',
      '0+440 72 MBR partition table',
      '16 2048 primary volume descriptor',
      '17 2048 volume descriptor set terminator',
      '20 2048 directory records',
      '40 3000 /EFI',
      '100 40960 (partition 3 (Linux filesystem), not in the tree)',
    ])
  })

  describe('of boot images and partitions at one place', () => {
    const root = (...records: Uint8Array[]): Uint8Array => directory(20, 20, records)
    const bootable = (boot: Uint8Array, records: readonly Uint8Array[]): Uint8Array =>
      image(128, {
        16: descriptor({ rootBlock: 20 }),
        17: bootRecord(25),
        18: TERMINATOR,
        20: root(...records),
        25: boot,
      })

    it('says all that they are, once', () => {
      const bytes = bootable(catalog(100, [100, 110]), [])
      partitions(bytes, [0x17, 0, 128], [0xef, 100, 8], [0x83, 110, 4], [0xef, 120, 8])
      expect(besides(bytes)).toEqual([
        '100 16384 (BIOS and EFI boot image, partition 2, not in the tree)',
        '110 8192 (EFI boot image, partition 3 (Linux filesystem), not in the tree)',
        '120 16384 (EFI system partition 4, not in the tree)',
      ])
    })

    it('leaves a boot image that is a file to the file, whatever the partition adds of its last sector', () => {
      const bytes = bootable(catalog(40, [50]), [
        record({ name: 'BIOS', block: 40, size: 9000 }),
        record({ name: 'EFI', block: 50, size: 4000 }),
      ])
      partitions(bytes, [0xef, 50, 2])
      expect(besides(bytes)).toEqual(['40 9000 /BIOS', '50 4000 /EFI'])
    })

    it('tells apart what a boot image has beyond its file', () => {
      const bytes = bootable(catalog(40, [50], 4 * 6), [
        record({ name: 'BIOS', block: 40, size: 3000 }),
        record({ name: 'EFI', block: 50, size: 2048 }),
        record({ name: 'OTHER', block: 54, size: 2048 }),
      ])
      partitions(bytes, [0xef, 50, 10])
      bytes.fill(7, 42 * SECTOR, 44 * SECTOR)
      bytes.fill(7, 53 * SECTOR, 54 * SECTOR)
      bytes.fill(7, 56 * SECTOR, 56 * SECTOR + 1)
      expect(besides(bytes)).toEqual([
        '40 3000 /BIOS',
        '42 4096 (BIOS boot image, in part not in the tree)',
        '50 2048 /EFI',
        '53 2048 (EFI boot image, partition 1, in part not in the tree)',
        '54 2048 /OTHER',
        '56 2048 (EFI boot image, partition 1, in part not in the tree)',
      ])
    })

    it('believes a boot info table on how long a hidden boot loader is', () => {
      const bytes = bootable(catalog(100, []), [])
      const view = new DataView(bytes.buffer)
      for (const [at, value] of [
        [8, 16],
        [12, 100],
        [16, 38_912],
      ] as const)
        view.setUint32(100 * SECTOR + at, value, true)
      expect(besides(bytes)).toEqual(['100 38912 (BIOS boot image, not in the tree)'])
      view.setUint32(100 * SECTOR + 12, 99, true)
      expect(besides(bytes)).toEqual(['100 2048 (BIOS boot image, not in the tree)'])
    })
  })

  describe('of a volume whose addresses count from a partition', () => {
    /** A disc with a tree, and a second one for the partition at `start`: its descriptors are 16 sectors behind it. */
    const twice = (start: number, second: readonly Uint8Array[], type = 0x83): Uint8Array => {
      const table = (block: number): Uint8Array => Uint8Array.of(1, 0, block, 0, 0, 0, 1, 0, 0, 0)
      const described = (rootBlock: number, tableBlock: number): Uint8Array => {
        const bytes = descriptor({ rootBlock })
        bytes[132] = 10
        bytes[140] = tableBlock
        return bytes
      }
      const bytes = image(160, {
        16: described(100, 102),
        17: TERMINATOR,
        [start + 16]: joined([described(101 - start, 103 - start), TERMINATOR]),
        100: directory(100, 100, [record({ name: 'A', block: 110, size: 10 })]),
        101: directory(101 - start, 101 - start, second),
        102: table(100),
        103: table(101 - start),
        // A directory of the first tree stands where the second root would be, counted from the start of the disc.
        [101 - start]: directory(101 - start, 100, []),
      })
      partitions(bytes, [type, start, 160 - start])
      return bytes
    }

    it.each([16, 20, 64])('names it by the partition that begins at sector %i', (start) => {
      const rows = claims(twice(start, [record({ name: 'A', block: 110 - start, size: 10 })]))
      expect(rows.filter((row) => row.includes('partition 1'))).toEqual([
        `${start + 16} 2048 primary volume descriptor (partition 1)`,
        `${start + 17} 2048 volume descriptor set terminator (partition 1)`,
        '101 2048 directory records (partition 1)',
        '103 10 path table (primary, partition 1)',
      ])
      expect(rows).toContain('110 10 /A')
    })

    it('names it by a partition of a table that counts in blocks of 4096 bytes', () => {
      const bytes = twice(16, [record({ name: 'A', block: 94, size: 10 })])
      bytes.fill(0, 446, 512)
      const view = new DataView(bytes.buffer)
      // A GPT header without checksums (UEFI 5.3.2), its array in block 2, and in that an entry of blocks 8 to 79.
      bytes.set(latin1('EFI PART'), 4096)
      for (const [at, value] of [
        [8, 0x10000],
        [12, 92],
        [24, 1],
        [32, 79],
        [72, 2],
        [80, 1],
        [84, 128],
      ] as const)
        view.setUint32(4096 + at, value, true)
      bytes[8192] = 1
      view.setUint32(8192 + 32, 8, true)
      view.setUint32(8192 + 40, 79, true)
      expect(claims(bytes)).toContain('101 2048 directory records (partition 1)')
    })

    it('names it by its place where no partition begins there, and tells of files that only it has', () => {
      const bytes = twice(16, [record({ name: 'A', block: 94, size: 10 }), record({ name: 'B', block: 104, size: 9 })])
      bytes.fill(0, 446, 512)
      expect(claims(bytes).slice(1)).toEqual([
        '16 2048 primary volume descriptor',
        '17 2048 volume descriptor set terminator',
        '32 2048 primary volume descriptor (volume at sector 16)',
        '33 2048 volume descriptor set terminator (volume at sector 16)',
        '100 2048 directory records',
        '101 2048 directory records (volume at sector 16)',
        '102 10 path table (primary)',
        '103 10 path table (primary, volume at sector 16)',
        '110 10 /A',
        '120 9 file only in the tree of the volume at sector 16',
      ])
      const iso = openIso9660(bytesSource(bytes, 'test.iso'))
      expect(iso.sessions).toEqual([16])
      expect(iso.facts['sessions']).toBe(1)
      expect(iso.warnings.map(({ detail }) => detail)).toEqual([
        'files are only in the tree of the volume at sector 16, which is not shown',
      ])
    })

    it('takes descriptors that count from the start of the disc for what they are', () => {
      const bytes = twice(16, [])
      bytes.set(bytes.subarray(16 * SECTOR, 17 * SECTOR), 32 * SECTOR)
      expect(claims(bytes)).toContain('32 2048 primary volume descriptor (copy at sector 32)')
    })
  })

  it('names the sector in which mkisofs says how it was called', () => {
    const version = new Uint8Array(SECTOR)
    version.set(latin1('MKI Sat Feb  7 12:00:00 2009\nmkisofs 2.01 -o a.iso dir'))
    expect(claims(simpleImage([], { 18: version }))).toContain('18 2048 mkisofs version sector')
    expect(claims(simpleImage([]))).not.toContain('18 2048 mkisofs version sector')
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
