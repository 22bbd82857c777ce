import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { openFat } from '../../../parsers/fat/index.ts'
import { formatOf } from '../../../parsers/formats.ts'
import { examineVolume } from './examine-volume.ts'
import { BAD_MARK, DIRECTORY, entry, layoutOf, subdirectory, type VolumeSpec, volume } from './volume-builder.ts'

/** A volume with a directory, a fragmented file, an empty one, a lost cluster and a bad one. */
const sampleOf = (fatType: 12 | 16 | 32): VolumeSpec => ({
  fatType,
  root: [
    entry({ name: 'EMPTY      ', attributes: 0x21 }),
    entry({ name: 'FOLDER     ', attributes: DIRECTORY, cluster: 5 }),
    entry({ name: 'SMALL      ', cluster: 8, size: 3, written: [1980, 1, 1, 0, 0, 0] }),
  ],
  chains: [[5], [6, 7, 10], [8], [20, 21]],
  links: { 30: BAD_MARK[fatType] },
  data: {
    5: subdirectory(5, 0, entry({ name: 'LARGE   BIN', cluster: 6, size: 1030, written: [2107, 12, 31, 23, 59, 58] })),
    6: 'a'.repeat(512),
    7: 'b'.repeat(512),
    10: 'c'.repeat(6),
    8: 'abc',
    15: 'old data of a deleted file',
  },
})

describe.each([12, 16, 32] as const)('FAT%d', (fatType) => {
  const spec = sampleOf(fatType)
  const { rootLength, fatLength, size, clusterSize, fatOffset } = layoutOf(spec)
  const { open, paths, own, entry: at, content, warnings, complete } = examineVolume(volume(spec))

  it('is told by its boot sector', () => {
    expect(open.image.format.name).toBe('fat')
    expect(open.image.facts).toMatchObject({ fatType, clusterSize: 512, sectorSize: 512 })
    expect({ warnings, complete }).toEqual({ warnings: [], complete: true })
  })

  it('has its files, with their sizes, modes and times', () => {
    expect(paths).toEqual(['/', '/EMPTY', '/FOLDER', '/FOLDER/LARGE.BIN', '/SMALL'])
    expect(at('/EMPTY')).toMatchObject({
      type: 'file',
      size: 0,
      mode: 0o444,
      mtime: Date.UTC(2024, 1, 29, 12, 34, 56) / 1000,
    })
    expect(at('/FOLDER')).toMatchObject({ type: 'directory', size: 512, mode: 0o755, uid: 0, gid: 0 })
    expect(at('/FOLDER/LARGE.BIN')).toMatchObject({
      size: 1030,
      mode: 0o644,
      mtime: Date.UTC(2107, 11, 31, 23, 59, 58) / 1000,
    })
    expect(at('/SMALL').mtime).toBe(Date.UTC(1980, 0, 1) / 1000)
    expect(at('/').size).toBe(fatType === 32 ? 512 : rootLength)
  })

  it('has their content, with consecutive clusters joined', () => {
    expect(content('/FOLDER/LARGE.BIN')).toBe('a'.repeat(512) + 'b'.repeat(512) + 'c'.repeat(6))
    expect(content('/SMALL')).toBe('abc')
    expect(content('/EMPTY')).toBe('')
    const { dataOffset } = layoutOf(spec)
    expect([...open.image.extents(at('/FOLDER/LARGE.BIN'))]).toEqual([
      { at: 0, offset: dataOffset + 4 * 512, length: 1024, unpacked: 1024, codec: 'stored' },
      { at: 1024, offset: dataOffset + 8 * 512, length: 6, unpacked: 6, codec: 'stored' },
    ])
  })

  it('has an account for every byte', () => {
    const clusters = (size - layoutOf(spec).dataOffset) / clusterSize
    expect(own).toMatchObject({
      'boot sector': 512,
      'file allocation tables': 2 * fatLength,
      '/SMALL': 512,
      'lost clusters': 2 * 512,
      'bad clusters': 512,
      'free clusters': (clusters - 8 - (fatType === 32 ? 1 : 0)) * 512,
    })
    if (fatType === 32)
      expect(own).toMatchObject({
        'FSInfo sector': 512,
        'backup boot sector': 512,
        'reserved sectors': fatOffset - 3 * 512,
      })
  })

  it('is opened without a look at free clusters', () => {
    const bytes = volume(spec)
    const { dataOffset } = layoutOf(spec)
    const free = [dataOffset + 13 * 512, dataOffset + 14 * 512] as const
    const source = bytesSource(bytes, 'fat.img')
    const read = source.read.bind(source)
    const reads: [number, number][] = []
    source.read = (offset, length) => {
      reads.push([offset, length])
      return read(offset, length)
    }
    const image = openFat(source)
    expect([...image.tree.entries].length).toBe(5)
    expect(reads.length).toBeGreaterThan(3)
    expect(reads.filter(([offset, length]) => offset < free[1] && offset + length > free[0])).toEqual([])
  })
})

describe('a boot sector', () => {
  const bytes = volume({})
  const formatWith = (offset: number, ...patch: readonly number[]): string | undefined =>
    formatOf(bytesSource(volume({ patches: { [offset]: patch } }), 'x'))?.format.name

  it('is one whatever its name and its signature are', () => {
    expect(formatWith(3, 0, 0, 0, 0, 0, 0, 0, 0)).toBe('fat')
    expect(formatWith(510, 0, 0)).toBe('fat')
    expect(formatWith(0, 0xe9, 0, 0)).toBe('fat')
  })

  it.each<[string, number, readonly number[]]>([
    ['another jump', 0, [0, 0, 0]],
    ['sectors of 256 bytes', 11, [0, 1]],
    ['sectors of 8192 bytes', 11, [0, 32]],
    ['sectors of 513 bytes', 11, [1, 2]],
    ['clusters of 0 sectors', 13, [0]],
    ['clusters of 3 sectors', 13, [3]],
    ['no reserved sector', 14, [0, 0]],
    ['no table', 16, [0]],
    ['five tables', 16, [5]],
    ['no sectors', 19, [0, 0]],
    ['fewer sectors than its tables take', 19, [4, 0]],
    ['another media byte', 21, [0xf1]],
    ['tables of no length', 22, [0, 0]],
  ])('with %s is none', (_, offset, patch) => {
    expect(formatWith(offset, ...patch)).toBeUndefined()
  })

  it.each([512, 1024, 2048, 4096])('may have sectors of %d bytes', (sectorSize) => {
    const spec: VolumeSpec = {
      sectorSize,
      root: [entry({ name: 'A          ', cluster: 2, size: 2 })],
      chains: [[2]],
      data: { 2: 'hi' },
    }
    const { content, own } = examineVolume(volume(spec))
    expect(content('/A')).toBe('hi')
    expect(own['/A']).toBe(sectorSize)
  })

  it('may refer to another table than the first, without mirroring', () => {
    const spec: VolumeSpec = {
      fatType: 32,
      root: [entry({ name: 'A          ', cluster: 5, size: 700 })],
      chains: [[5, 9]],
    }
    const { fatOffset, fatLength } = layoutOf(spec)
    const patches = {
      40: [0x81],
      [6 * 512 + 40]: [0x81],
      [fatOffset]: Array.from({ length: fatLength }, () => 0x55),
    }
    const { complete, warnings, open, entry: at } = examineVolume(volume({ ...spec, patches }))
    expect({ complete, warnings }).toEqual({ complete: true, warnings: [] })
    expect([...open.image.extents(at('/A'))].map(({ length }) => length)).toEqual([512, 188])
  })

  it('takes the largest volume as it takes a small one', () => {
    expect(bytes.length).toBeLessThan(1 << 16)
    // 2^32 sectors of 4096 bytes, of which the file has a few.
    const huge = volume({
      fatType: 32,
      patches: { 11: [0, 16], 32: [0xff, 0xff, 0xff, 0xff], 36: [0xff, 0xff, 0x7f, 0] },
    })
    const { complete, warnings } = examineVolume(huge)
    expect(complete).toBe(false)
    expect(warnings.join()).toMatch(/the file ends before the file system does; found \d+, expected 17592186040320/)
  })
})

describe('a file whose last cluster the table calls free', () => {
  const spec: VolumeSpec = {
    root: [entry({ name: 'FILE       ', cluster: 20, size: 600 })],
    links: { 20: 21, 21: 0 },
    data: { 20: 'a'.repeat(512), 21: 'b'.repeat(88) },
  }
  const { dataOffset } = layoutOf(spec)
  const end = dataOffset + 19 * 512 + 88

  it('is read where the file has the cluster', () => {
    const { complete, warnings, content } = examineVolume(volume(spec).subarray(0, end))
    expect(complete).toBe(true)
    expect(warnings.join()).toContain('the chain leads to a free cluster')
    expect(content('/FILE')).toBe('a'.repeat(512) + 'b'.repeat(88))
  })

  it('is said to be incomplete where the file ends before', () => {
    const { complete, warnings } = examineVolume(volume(spec).subarray(0, end - 1))
    expect(complete).toBe(false)
    expect(warnings.join()).toContain('the chain leads to a free cluster')
  })
})
