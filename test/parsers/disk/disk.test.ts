import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { examine } from '../../../fuzz/image/examine.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { formatOf } from '../../../parsers/formats.ts'
import { resolvePath } from '../../../src/images/resolve-path.ts'
import { IMAGES } from '../../cli/run.ts'
import { examineVolume } from '../fat/examine-volume.ts'
import { entry, volume } from '../fat/volume-builder.ts'
import { bootRecord, disk, gptDisk, SECTOR } from './disk-builder.ts'

const formatName = (bytes: Uint8Array): string | undefined => formatOf(bytesSource(bytes, 'x'))?.format.name
const fat = volume({ root: [entry({ name: 'A          ', cluster: 2, size: 2 })], chains: [[2]], data: { 2: 'hi' } })
const noise = new Uint8Array(SECTOR).fill(0xa5)

describe('a disk with a master boot record', () => {
  it('has its partitions as files, those in extended ones too', () => {
    const bytes = disk(200, {
      0: bootRecord([0x83, 10, 20], [0x05, 40, 100], [0, 0, 0], [0x0c, 150, 50]),
      10: noise,
      40: bootRecord([0x83, 2, 10], [0x05, 30, 40]),
      70: bootRecord([0x82, 1, 5]),
      150: noise,
    })
    const { paths, entry: at, own, warnings, complete, open } = examineVolume(bytes, 'disk.img')
    expect({ warnings, complete }).toEqual({ warnings: [], complete: true })
    expect(open.image.facts).toEqual({ partitionTable: 'MBR', diskId: '0x00000000', partitions: 4 })
    expect(paths).toEqual(['/', '/partition 1', '/partition 4', '/partition 5', '/partition 6'])
    expect(paths.slice(1).map((path) => at(path).size / SECTOR)).toEqual([20, 50, 10, 5])
    expect([...open.image.runs(at('/partition 6'))]).toMatchObject([{ offset: 71 * SECTOR, storedLength: 5 * SECTOR }])
    expect(own).toMatchObject({
      'MBR partition table': 72,
      'extended boot record': 2 * SECTOR,
      '/partition 1': 20 * SECTOR,
    })
    expect(own['padding']).toBe((200 - 1 - 85 - 2) * SECTOR + 440)
  })

  it('with boot code and bytes between partitions has them as such', () => {
    const record = bootRecord([0x83, 10, 20])
    record.set([0xeb, 0x63], 0)
    const { own } = examineVolume(disk(40, { 0: record, 1: noise, 2: noise, 3: noise }), 'disk.img')
    expect(own).toMatchObject({ 'MBR boot code': 440, 'unclaimed bytes': 3 * SECTOR, padding: 16 * SECTOR })
  })

  it('has what is in its partitions', () => {
    const bytes = disk(200, { 0: bootRecord([0xef, 10, fat.length / SECTOR]), 10: fat })
    const { open } = examineVolume(bytes, 'disk.img')
    const found = resolvePath(open, 'partition 1/A')
    expect(found).toMatchObject({ entry: { name: 'A', size: 2 }, imagePath: '/partition 1' })
  })
})

describe('a disk with a GUID partition table', () => {
  const bytes = gptDisk(
    200,
    [
      [40, 40 + fat.length / SECTOR - 1, 'EFI system'],
      [120, 129, 'a/b'],
    ],
    { 40: fat, 120: noise },
  )

  it('has its partitions as files by their numbers, whatever their names are', async () => {
    const { paths, own, warnings, complete, open } = examineVolume(bytes, 'disk.img')
    expect({ warnings, complete }).toEqual({ warnings: [], complete: true })
    expect(paths).toEqual(['/', '/partition 1', '/partition 2'])
    expect(open.image.facts).toMatchObject({ partitionTable: 'GPT', partitions: 2 })
    expect(own).toMatchObject({
      'MBR partition table': 72,
      'GPT header': 92,
      'GPT partition array': 128 * 128,
      'backup GPT header': 92,
      'backup GPT partition array': 128 * 128,
    })
    expect((await examine(bytes)).paths).toContain('/partition 1/A')
  })

  it('is found by its backup', () => {
    const damaged = bytes.slice()
    damaged.fill(0, SECTOR, 34 * SECTOR)
    const { paths, warnings, complete } = examineVolume(damaged, 'disk.img')
    expect(paths).toEqual(['/', '/partition 1', '/partition 2'])
    expect(warnings.join()).toContain('the primary copy of the partition table is missing')
    expect(complete).toBe(true)
  })

  it('that is cut short shows what is left, and says so', async () => {
    const { paths, warnings, complete } = examineVolume(bytes.slice(0, 125 * SECTOR), 'disk.img')
    expect(paths).toEqual(['/', '/partition 1', '/partition 2'])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain('the file ends before its last partition does; found 64000, expected 66560')
    expect(complete).toBe(false)
    for (let cut = 1; cut < 200; cut += 1) await examine(bytes.slice(0, cut * SECTOR - (cut % 3)), 'cut.img')
  })

  it('leaves out partitions that overlap another one or the table', () => {
    const tangled = gptDisk(200, [
      [40, 60, ''],
      [50, 70, ''],
      [0, 100, ''],
      [80, 90, ''],
      [2 ** 53, 2 ** 54, ''],
    ])
    const { paths, warnings, complete } = examineVolume(tangled, 'disk.img')
    expect(paths).toEqual(['/', '/partition 1', '/partition 4'])
    expect(complete).toBe(false)
    expect(warnings.join()).toMatch(
      /GPT partition 2 at 0x6400: the partition overlaps .*; found 25600, expected at least 31232/,
    )
    expect(warnings.join()).toMatch(/GPT partition 5 at 0x\w+: no disk is so large/)
  })
})

describe('what is no disk', () => {
  const record = bootRecord([0x83, 10, 20])
  const changed = (offset: number, ...patch: readonly number[]): Uint8Array => {
    const bytes = disk(60, { 0: record })
    bytes.set(patch, offset)
    return bytes
  }
  const letters = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0))

  it.each<[string, Uint8Array]>([
    ['a boot sector without partitions', disk(60, { 0: bootRecord() })],
    ['a partition of an unknown status', changed(446, 1)],
    ['no signature', changed(510, 0)],
    ['a partition that begins at the boot record', disk(60, { 0: bootRecord([0x83, 0, 20]) })],
    ['a partition behind the end', disk(60, { 0: bootRecord([0x83, 60, 20]) })],
    ['partitions that overlap', disk(60, { 0: bootRecord([0x83, 10, 20], [0x83, 29, 20]) })],
    ['an extended partition without others', disk(60, { 0: bootRecord([0x05, 10, 20]) })],
    ['an unused type', disk(60, { 0: bootRecord([0, 10, 20]) })],
    ['a protective record without a table', disk(60, { 0: bootRecord([0xee, 1, 59]) })],
    ['the boot sector of NTFS', changed(3, ...letters('NTFS    '))],
    ['the boot sector of exFAT', changed(3, ...letters('EXFAT   '))],
    ['half a kilobyte', record],
  ])('%s', (_, bytes) => {
    expect(formatName(bytes)).toBeUndefined()
  })

  it('is told apart from a FAT file system and from a hybrid disc', () => {
    expect(formatName(changed(0, 0))).toBe('disk')
    const partitioned = fat.slice()
    partitioned.set(record.subarray(446), 446)
    expect(formatName(partitioned)).toBe('fat')
    expect(formatName(readFileSync(join(IMAGES, 'mini.iso')))).toBe('iso9660')
  })
})

describe('a disk in a disk', () => {
  it('is smaller than the disk around it, so that few of them fit', async () => {
    // Each disk is its only partition but for a sector.
    const nested = disk(
      64,
      Object.fromEntries(Array.from({ length: 60 }, (_, index) => [index, bootRecord([0x83, 1, 63 - index])])),
    )
    const { warnings } = await examine(nested)
    expect(warnings.join()).toMatch(/the image is nested too deeply; it is not opened/)
  })

  it('that is logical and begins with its own boot record does not hold itself', async () => {
    const bytes = disk(64, { 0: bootRecord([0x05, 10, 50]), 10: bootRecord([0x83, 0, 50]) })
    expect((await examine(bytes)).paths).toEqual(['/partition 5'])
  })
})
