import { describe, expect, it } from 'vitest'
import { examine } from '../../fuzz/image/examine.ts'
import { Random } from '../../fuzz/random.js'
import { examineVolume } from '../parsers/fat/examine-volume.ts'
import {
  BAD_MARK,
  DIRECTORY,
  entry,
  layoutOf,
  longEntry,
  SECTOR,
  subdirectory,
  type VolumeSpec,
  volume,
} from '../parsers/fat/volume-builder.ts'

const TYPES = [12, 16, 32] as const
const file = (cluster: number, size: number, name = 'A'): Uint8Array => entry({ name: name.padEnd(11), cluster, size })
const folder = (cluster: number, name = 'D'): Uint8Array =>
  entry({ name: name.padEnd(11), attributes: DIRECTORY, cluster })

/** What is said of a volume, what is lost, and the content of /A. */
function damageOf(spec: VolumeSpec): { readonly said: string; readonly complete: boolean; readonly content: string } {
  const { warnings, complete, content } = examineVolume(volume(spec))
  return { said: warnings.join('\n'), complete, content: content('/A') }
}

describe.each(TYPES)('the chain of a file in FAT%d', (fatType) => {
  it('that returns to itself ends there', () => {
    const loop = { fatType, root: [file(5, 5000)], links: { 5: 6, 6: 7, 7: 6 } }
    const { said, complete, content } = damageOf(loop)
    expect(said).toMatch(/directory entry "A" at 0x\w+: the chain of clusters returns to itself; found 6/)
    expect(complete).toBe(false)
    expect(content).toContain('returns to itself')
    expect(damageOf({ fatType, root: [file(5, 5000)], links: { 5: 5 } }).said).toContain('returns to itself')
  })

  it('that is shorter than its size is lost in part', () => {
    const { said, complete, content } = damageOf({ fatType, root: [file(5, 2000)], chains: [[5, 6]] })
    expect(said).toMatch(/"A" at 0x\w+: the chain of clusters is too short for its size; found 2$/)
    expect(complete).toBe(false)
    expect(content).toContain('too short for its size')
  })

  it('that is longer than its size keeps its clusters', () => {
    const spec = { fatType, root: [file(5, 600)], chains: [[5, 6, 7, 9]], data: { 5: 'x'.repeat(600) } }
    const { said, complete, content } = damageOf(spec)
    expect(said).toMatch(/clusters: the chain has more clusters than its size needs; found 4, expected 2/)
    expect(complete).toBe(true)
    expect(content).toBe('x'.repeat(512) + 'x'.repeat(88))
    expect(examineVolume(volume(spec)).own['/A']).toBe(4 * SECTOR)
  })

  it('of an empty file is its own too', () => {
    const spec = { fatType, root: [file(5, 0)], chains: [[5]] }
    expect(damageOf(spec)).toMatchObject({ complete: true, content: '' })
    expect(examineVolume(volume(spec)).own['/A']).toBe(SECTOR)
  })

  it.each<[string, number, RegExp]>([
    ['a free cluster', 0, /the chain leads to a free cluster/],
    ['cluster 1', 1, /the chain leads to no cluster/],
    ['a cluster beyond the last', 0xfe0, /the chain leads to no cluster/],
    ['a bad cluster', BAD_MARK[fatType], /the chain leads to no cluster/],
  ])('that leads to %s breaks off', (name, link, sentence) => {
    // In FAT16 all of these numbers are clusters, so one is taken that is none.
    const last = fatType === 16 && name.includes('beyond') ? 0xff00 : link
    const spec = { fatType, root: [file(5, 2000)], chains: [[5, 6]], links: { 6: last } }
    const { said, complete } = damageOf(spec)
    expect(said).toMatch(sentence)
    expect(complete).toBe(false)
  })

  it.each([0, 1, 0xffee])('that begins at cluster %d has no content', (cluster) => {
    const { said, complete, content } = damageOf({ fatType, root: [file(cluster, 2000)] })
    expect(said).toContain('the file begins at a cluster that the volume does not have')
    expect(complete).toBe(false)
    expect(content).toContain('begins at a cluster')
  })

  it('that joins another one shares its clusters, with a warning', () => {
    const spec: VolumeSpec = {
      fatType,
      root: [file(5, 3 * SECTOR), file(10, 3 * SECTOR, 'B'), file(10, 3 * SECTOR, 'C')],
      chains: [
        [5, 6, 7],
        [10, 6, 7],
      ],
      data: { 5: '5'.repeat(512), 6: '6'.repeat(512), 7: '7'.repeat(512), 10: '9'.repeat(512) },
    }
    const { warnings, complete, own, content } = examineVolume(volume(spec))
    expect(warnings.join()).toMatch(/"B" at 0x\w+: cluster: a cluster of this file is also in another chain; found 6/)
    expect(complete).toBe(true)
    expect(content('/B')).toBe('9'.repeat(512) + '6'.repeat(512) + '7'.repeat(512))
    // Names with one chain are names of one file.
    expect(own['/A']! + own['/B']!).toBe(4 * SECTOR)
  })

  it('that joins a loop of another one ends', () => {
    const { said } = damageOf({
      fatType,
      root: [file(5, 5000), file(10, 50_000, 'B')],
      links: { 5: 6, 6: 7, 7: 5, 10: 6 },
    })
    expect(said).toMatch(/"B" at 0x\w+: the chain of clusters returns to itself/)
  })
})

describe.each(TYPES)('a directory in FAT%d', (fatType) => {
  const pathsOf = (spec: VolumeSpec): { paths: readonly string[]; said: string; complete: boolean } => {
    const { paths, warnings, complete } = examineVolume(volume({ fatType, ...spec }))
    return { paths, said: warnings.join('\n'), complete }
  }
  const twice = 'the directory leads into a directory that was read before; it ends there'

  it('that holds itself is entered once', () => {
    const spec = { root: [folder(5)], chains: [[5]], data: { 5: subdirectory(5, 0, folder(5)) } }
    const { paths, said, complete } = pathsOf(spec)
    expect(paths).toEqual(['/', '/D', '/D/D'])
    expect(said).toContain(twice)
    expect(complete).toBe(false)
  })

  it('that two directories hold is entered once', () => {
    const { paths, said } = pathsOf({
      root: [folder(5), folder(5, 'E')],
      chains: [[5]],
      data: { 5: subdirectory(5, 0, file(0, 0)) },
    })
    expect(paths).toEqual(['/', '/D', '/D/A', '/E'])
    expect(said).toContain(twice)
  })

  it('whose chain returns to itself ends there', () => {
    const { paths, said } = pathsOf({
      root: [folder(5)],
      links: { 5: 6, 6: 5 },
      data: {
        5: subdirectory(5, 0, ...Array.from({ length: 14 }, (_, index) => file(0, 0, `F${index}`))),
        6: file(0, 0),
      },
    })
    expect(paths).toHaveLength(2 + 15)
    expect(said).toContain(twice)
  })

  it.each([0, 1, 0xffee])('at cluster %d is empty', (cluster) => {
    const { paths, said, complete } = pathsOf({ root: [folder(cluster)] })
    expect(paths).toEqual(['/', '/D'])
    expect(said).toContain('the directory begins at a cluster that the volume does not have')
    expect(complete).toBe(false)
  })

  it('whose chain breaks off shows what it has', () => {
    const { paths, said } = pathsOf({ root: [folder(5)], links: { 5: 0 }, data: { 5: subdirectory(5, 0, file(0, 0)) } })
    expect(paths).toEqual(['/', '/D', '/D/A'])
    expect(said).toContain('the chain of the directory breaks off')
  })

  it('in a chain of thousands is entered to the limit', () => {
    const count = 3000
    const chains = Array.from({ length: count }, (_, index) => [3 + index])
    const data = Object.fromEntries(
      chains.map(([own], index) => [own, subdirectory(own!, 0, ...(index + 1 < count ? [folder(own! + 1)] : []))]),
    )
    const { said, paths } = pathsOf({
      clusters: Math.max(count + 10, fatType === 16 ? 4085 : 0),
      root: [folder(3)],
      chains,
      data,
    })
    expect(said).toMatch(/directories nest deeper than 2048; this one is not entered; the limit is depth=2048/)
    expect(paths.length).toBeGreaterThan(2000)
  })
})

describe('the tables', () => {
  it('of FAT12 end in the middle of an entry', () => {
    // 341 entries and a third of one: the last cluster is 340.
    const spec: VolumeSpec = { clusters: 339, root: [file(340, 300)], chains: [[340]], data: { 340: 'end' } }
    const { complete, content, own } = examineVolume(volume(spec))
    expect(complete).toBe(true)
    expect(content('/A')).toHaveLength(300)
    expect(own['/A']).toBe(SECTOR)
    expect(layoutOf(spec).fatLength).toBe(SECTOR)
  })

  it('that are too short for all clusters leave the others out', () => {
    const spec: VolumeSpec = { clusters: 339, root: [file(5, 300)], chains: [[5]] }
    const { size } = layoutOf(spec)
    const sectors = size / SECTOR + 61
    const bytes = new Uint8Array(sectors * SECTOR)
    bytes.set(volume({ ...spec, patches: { 19: [sectors & 0xff, sectors >> 8] } }))
    bytes.fill(1, size)
    const { warnings, complete, own } = examineVolume(bytes)
    expect(warnings.join()).toMatch(
      /BPB_FATSz: the allocation table is too short for all clusters; the others are left out; found 339, expected 400/,
    )
    expect(complete).toBe(true)
    expect(own['sectors after the last cluster']).toBe(61 * SECTOR)
  })

  it('that differ are told, and the first is used', () => {
    const { fatOffset, fatLength } = layoutOf({})
    const patches = { [fatOffset + fatLength + 9]: [0xff] }
    const { said, complete } = damageOf({ root: [file(5, 300)], chains: [[5]], patches })
    expect(said).toMatch(/file allocation table at 0x409: table 2 differs from the first, which is used/)
    expect(complete).toBe(true)
  })

  it('of FAT32 have four bits that do not count', () => {
    const spec: VolumeSpec = {
      fatType: 32,
      root: [file(5, 600)],
      links: { 5: 0xf0000006, 6: 0xf8ffffff, 9: 0xa0000000 },
    }
    expect(damageOf({ ...spec, links: { ...spec.links, 6: 0xffffffff } })).toMatchObject({ said: '', complete: true })
  })

  it('have links to one long chain from thousands of files, which take little time', () => {
    const length = 3000
    const chain = Array.from({ length }, (_, index) => 5 + index)
    const directories = Array.from({ length: 120 }, (_, index) => 3100 + index)
    const files = Array.from({ length: 14 }, (_, index) => file(5 + index, 0xffff_ffff, `F${index}`))
    const spec: VolumeSpec = {
      clusters: 3500,
      root: directories.slice(0, 16).map((cluster, index) => folder(cluster, `D${index}`)),
      chains: [chain, ...directories.map((cluster) => [cluster])],
      data: Object.fromEntries(
        directories.map((cluster, index) => [
          cluster,
          subdirectory(
            cluster,
            0,
            ...files.slice(0, 6),
            ...directories.slice(16 + index * 6, 22 + index * 6).map((below, at) => folder(below, `D${at}`)),
          ),
        ]),
      ),
    }
    const started = process.cpuUsage()
    const { complete } = examineVolume(volume(spec))
    expect(complete).toBe(false)
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(15_000)
  })
})

describe('FAT32', () => {
  it('with an FSInfo sector of another kind, or another backup, is read with a warning', () => {
    const { said, complete } = damageOf({ fatType: 32, patches: { 512: [0] } })
    expect(said).toMatch(/FSInfo sector at 0x200: FSI_LeadSig: the sector lacks the signatures of its kind/)
    expect(complete).toBe(true)
    expect(damageOf({ fatType: 32, patches: { [6 * 512 + 13]: [2] } }).said).toMatch(
      /backup boot sector at 0xc00: the backup differs from the boot sector, which is used/,
    )
  })

  it('with these sectors outside the reserved ones has none', () => {
    const { said } = damageOf({
      fatType: 32,
      patches: { 48: [0xff, 0xff, 0xff, 0xff], [6 * 512 + 48]: [0xff, 0xff, 0xff, 0xff] },
    })
    expect(said).toBe('')
  })

  it.each([0, 1, 0xffff])('with its root at cluster %d has no files', (cluster) => {
    const patches = { 44: [cluster & 0xff, cluster >> 8], [6 * 512 + 44]: [cluster & 0xff, cluster >> 8] }
    const { said, complete } = damageOf({ fatType: 32, patches })
    expect(said).toContain('the directory begins at a cluster that the volume does not have')
    expect(complete).toBe(false)
  })
})

/** A volume with everything that a directory can have. */
function everything(fatType: 12 | 16 | 32): Uint8Array {
  const inner = subdirectory(5, 0, longEntry('a long name of a file', { name: 'ALONGN~1TXT', cluster: 6, size: 1500 }))
  return volume({
    fatType,
    root: [entry({ name: 'LABEL      ', attributes: 8 }), folder(5), file(9, 100)],
    chains: [[5], [6, 7, 10], [9], [20, 21]],
    links: { 30: BAD_MARK[fatType] },
    data: { 5: inner, 6: 'x'.repeat(1024), 10: 'y', 9: 'z' },
  })
}

describe.each(TYPES)('a volume of FAT%d', (fatType) => {
  const whole = everything(fatType)
  const { dataOffset } = layoutOf({ fatType })

  it('is read as far as it goes wherever it is cut', async () => {
    let opened = 0
    for (let cut = 1; cut <= 200; cut += 1) {
      // Most of the cuts are in the structures.
      const end =
        cut <= 150 ? Math.floor((cut * (dataOffset + 20 * SECTOR)) / 150) : Math.floor((cut * whole.length) / 200)
      const { refusal, complete, warnings } = await examine(whole.slice(0, end), 'cut.img')
      if (refusal !== undefined) continue
      opened += 1
      if (!complete) expect(warnings.length).toBeGreaterThan(0)
    }
    expect(opened).toBeGreaterThan(150)
  })

  it('that lacks only free clusters lacks nothing', () => {
    const { complete, warnings } = examineVolume(whole.slice(0, dataOffset + 20 * SECTOR))
    expect(complete).toBe(true)
    expect(warnings.join()).toContain('the file ends before the file system does; only free clusters are missing')
    // The lost clusters 20 and 21 are in use, as far as the table says.
    expect(examineVolume(whole.slice(0, dataOffset + 19 * SECTOR)).complete).toBe(false)
  })

  it('keeps the rules whatever bytes change', async () => {
    const random = new Random(fatType)
    const places = [...Array(90).keys(), ...Array.from({ length: 60 }, (_, index) => dataOffset - 200 + index * 37)]
    for (let round = 0; round < 200; round += 1) {
      const bytes = whole.slice()
      for (let change = 0; change < 1 + (round % 3); change += 1) bytes[random.pick(places)] = random.below(256)
      await examine(bytes, 'changed.img')
    }
  })
})
