import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import type { ForeignStructure } from '../../../parsers/iso9660/foreign-structure.ts'
import { type HfsVolume, readHfs } from '../../../parsers/iso9660/hfs.ts'
import { readUdf } from '../../../parsers/iso9660/udf.ts'
import {
  hfsPlusVolume,
  hfsVolume,
  putAllocations,
  UDF_CONTENT,
  UDF_PARTITION,
  udfDescriptor,
  udfFile,
  udfParts,
} from './foreign-builder.ts'
import { image, SECTOR } from './image-builder.ts'

/** "first sector+offset length name" for each, in order of their places. */
function rows(structures: readonly ForeignStructure[]): string[] {
  return [...structures]
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, length, name }) => `${offset / SECTOR} ${length} ${name}`)
}

const SECTORS = 160
const disc = (parts: Readonly<Record<number, Uint8Array>> = {}): Uint8Array =>
  image(SECTORS, { ...udfParts(SECTORS), ...parts })

function udf(bytes: Uint8Array, limit = 1000): { structures: string[]; contents: (readonly [number, number])[] } {
  const { structures, contents } = readUdf(bytesSource(bytes, 'disc'), limit)
  const inSectors = Array.from(contents.ranges(), ([from, to]) => [from / SECTOR, to - from] as const)
  return { structures: rows(structures), contents: inSectors }
}

describe('UDF', () => {
  it('is walked for all its structures, and the contents of its files', () => {
    const P = UDF_PARTITION
    const { structures, contents } = udf(disc())
    expect(structures).toEqual([
      `${P} 2048 UDF file set descriptor`,
      `${P + 1} 2048 UDF file entry`,
      `${P + 2} 260 UDF directory`,
      `${P + 3} 2048 UDF file entry`,
      `${P + 4} 2048 UDF file entry`,
      `${P + 5} 2048 UDF allocation extent descriptor`,
      `${P + 6} 2048 UDF extended file entry`,
      `${P + 7} 2048 UDF file entry`,
      `${P + 8} 2048 UDF file entry`,
      `${P + 9} 64 UDF space bitmap`,
    ])
    expect(contents).toEqual([
      [UDF_CONTENT, 3000],
      [UDF_CONTENT + 2, 100],
      [UDF_CONTENT + 3, 50],
      [UDF_CONTENT + 4, 9],
    ])
  })

  it('stops where its structures lead in circles or out of the disc', () => {
    const P = UDF_PARTITION
    const circle = udfDescriptor(258, 5, [20, 4, 8])
    putAllocations(circle, 24, [{ length: SECTOR, block: 5, type: 3 }], 8)
    const far = udfFile(6, 4, [{ length: 2 ** 30 - 1, block: 2 ** 32 - 1 }])
    const { structures } = udf(disc({ [P + 5]: circle, [P + 6]: far }))
    expect(structures.filter((row) => row.includes('allocation'))).toEqual([
      `${P + 5} 2048 UDF allocation extent descriptor`,
    ])
    expect(structures.at(-1)).toBe(`${P + 2 ** 32 - 1} ${2 ** 30 - 1} UDF directory`)
  })

  it('reads no more file entries than it is told', () => {
    expect(udf(disc(), 2).structures.filter((row) => row.includes('file entry')).length).toBe(2)
  })

  it.each([
    ['without an anchor', SECTORS - 1, new Uint8Array(SECTOR)],
    ['whose volume has other blocks', 92, udfDescriptor(6, 92, [212, 4, 512], [440, 1, 1])],
    ['whose partition is of another type', 92, udfDescriptor(6, 92, [212, 4, SECTOR], [440, 1, 2])],
  ])('is left alone %s', (_, sector, bytes) => {
    expect(udf(disc({ [sector]: bytes }))).toEqual({ structures: [], contents: [] })
  })
})

const hfs = (bytes: Uint8Array, start = 0): HfsVolume | undefined => readHfs(bytesSource(bytes, 'disc'), start)

describe('HFS and HFS+', () => {
  it('has the structures of an HFS+ volume, and its files', () => {
    const { structures, contents } = hfs(hfsPlusVolume(30))!
    expect(rows(structures)).toEqual([
      '0 1024 HFS+ boot blocks',
      '0.5 512 HFS+ volume header',
      '2 2048 HFS+ allocation file',
      '3 2048 HFS+ extents overflow file',
      '4 4096 HFS+ catalog file',
      '59.5 1024 HFS+ alternate volume header',
    ])
    expect(rows(contents)).toEqual(['30 700 HFS+ file not in the tree'])
  })

  it('has those of an HFS volume, where it begins', () => {
    const volume = hfsVolume(20)
    const bytes = new Uint8Array(3 * SECTOR + volume.length)
    bytes.set(volume, 3 * SECTOR)
    const { structures, contents } = hfs(bytes, 3 * SECTOR)!
    expect(rows(structures)).toEqual([
      '3 1024 HFS boot blocks',
      '3.5 512 HFS master directory block',
      '3.75 512 HFS volume bitmap',
      '6 512 HFS extents overflow file',
      '7 2048 HFS catalog file',
      '45 512 HFS alternate master directory block',
    ])
    expect(rows(contents)).toEqual(['25 5 HFS file not in the tree'])
    expect(hfs(bytes)).toBeUndefined()
  })

  it('is not what only begins with its letters', () => {
    const bytes = new Uint8Array(100 * SECTOR)
    bytes.set([0x42, 0x44], 1024)
    expect(hfs(bytes)).toBeUndefined()
    bytes.set([0x48, 0x2b], 1024)
    expect(hfs(bytes)).toBeUndefined()
    expect(hfs(new Uint8Array(512))).toBeUndefined()
  })
})
