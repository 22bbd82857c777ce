import { concat, pack, text } from '../squashfs/writer.ts'

/** Bytes of a sector of the volumes built here, and of a cluster where a test does not say otherwise. */
export const SECTOR = 512

/** A directory entry. Its short name is eleven characters, one a byte. */
export interface EntrySpec {
  readonly name: string
  readonly attributes?: number
  readonly caseFlags?: number
  readonly cluster?: number
  readonly size?: number
  /** Year, month, day, hour, minute, second. */
  readonly written?: readonly [number, number, number, number, number, number]
}

export const DIRECTORY = 0x10
export const LABEL = 0x08

/** The bytes of a directory entry. */
export function entry(spec: EntrySpec): Uint8Array {
  const { name, attributes = 0x20, caseFlags = 0, cluster = 0, size = 0 } = spec
  const [year, month, day, hour, minute, second] = spec.written ?? [2024, 2, 29, 12, 34, 56]
  const date = ((year - 1980) << 9) | (month << 5) | day
  const time = (hour << 11) | (minute << 5) | (second >> 1)
  return concat(
    text(name),
    pack([1, attributes], [1, caseFlags], [1, 0], [2, 0], [2, 0], [2, 0], [2, cluster >>> 16], [2, time], [2, date]),
    pack([2, cluster], [4, size]),
  )
}

/** The parts of a long name before its entry, as Windows writes them. */
export function longName(name: string, short: string, checksum: number = checksumOf(short)): Uint8Array[] {
  const units = Array.from({ length: name.length }, (_, index) => name.charCodeAt(index))
  if (units.length % 13 !== 0) units.push(0)
  while (units.length % 13 !== 0) units.push(0xffff)
  const count = units.length / 13
  const parts = Array.from({ length: count }, (_, index) => {
    const own = units.slice(index * 13, index * 13 + 13).map((unit) => [2, unit] as const)
    const order = index + 1 === count ? 0x40 | count : index + 1
    return concat(
      pack([1, order], ...own.slice(0, 5), [1, 0x0f], [1, 0], [1, checksum]),
      pack(...own.slice(5, 11), [2, 0], ...own.slice(11)),
    )
  })
  return parts.reverse()
}

/** A long name and its entry. */
export function longEntry(name: string, spec: EntrySpec): Uint8Array {
  return concat(...longName(name, spec.name), entry(spec))
}

function checksumOf(short: string): number {
  return [...text(short)].reduce((sum, byte) => (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff, 0)
}

/** A directory below the root: "." and "..", then its entries. */
export function subdirectory(own: number, parent: number, ...entries: readonly Uint8Array[]): Uint8Array {
  const dots = [entry({ name: '.          ', attributes: DIRECTORY, cluster: own })]
  return concat(...dots, entry({ name: '..         ', attributes: DIRECTORY, cluster: parent }), ...entries)
}

export interface VolumeSpec {
  readonly fatType?: 12 | 16 | 32
  readonly clusters?: number
  readonly sectorsPerCluster?: number
  readonly sectorSize?: number
  readonly fats?: number
  readonly root?: readonly Uint8Array[]
  /** Chains: each list is clusters, in order, of which the last one ends the chain. */
  readonly chains?: readonly (readonly number[])[]
  /** Links by cluster, over those of the chains. */
  readonly links?: Readonly<Record<number, number>>
  readonly data?: Readonly<Record<number, Uint8Array | string>>
  /** The label in the boot sector. */
  readonly label?: string
  /** Bytes by offset, over everything else. */
  readonly patches?: Readonly<Record<number, readonly number[]>>
}

const ROOT_ENTRIES = 32
export const END_MARK = { 12: 0xfff, 16: 0xffff, 32: 0x0fff_ffff }
export const BAD_MARK = { 12: 0xff7, 16: 0xfff7, 32: 0x0fff_fff7 }

/** Where the parts of a volume lie, in bytes. */
export interface Layout {
  readonly fatOffset: number
  readonly fatLength: number
  readonly rootOffset: number
  readonly rootLength: number
  readonly dataOffset: number
  readonly clusterSize: number
  readonly size: number
}

/** The number of clusters by default: in FAT16 the fewest that it can have. */
function clustersOf({ fatType = 12, clusters }: VolumeSpec): number {
  return clusters ?? (fatType === 16 ? 4085 : 40)
}

export function layoutOf(spec: VolumeSpec): Layout {
  const { fatType = 12, sectorsPerCluster = 1, sectorSize = SECTOR, fats = 2 } = spec
  const clusters = clustersOf(spec)
  const fatLength = Math.ceil(((clusters + 2) * fatType) / 8 / sectorSize) * sectorSize
  const fatOffset = (fatType === 32 ? 8 : 1) * sectorSize
  const rootOffset = fatOffset + fats * fatLength
  const rootLength = fatType === 32 ? 0 : ROOT_ENTRIES * 32
  const dataOffset = rootOffset + Math.ceil(rootLength / sectorSize) * sectorSize
  const clusterSize = sectorsPerCluster * sectorSize
  const size = dataOffset + clusters * clusterSize
  return { fatOffset, fatLength, rootOffset, rootLength, dataOffset, clusterSize, size }
}

/** A FAT file system. The root of FAT32 is cluster 2, which `data` must not have. */
export function volume(spec: VolumeSpec): Uint8Array {
  const { fatType = 12, sectorsPerCluster = 1, sectorSize = SECTOR, fats = 2, root = [], label } = spec
  const layout = layoutOf(spec)
  const bytes = new Uint8Array(layout.size)
  const boot = bootSector(layout, fatType, sectorSize, sectorsPerCluster, fats, label ?? 'NO NAME')
  bytes.set(boot)
  if (fatType === 32) {
    bytes.set(
      concat(text('RRaA'), new Uint8Array(480), text('rrAa'), pack([4, -1], [4, -1], [12, 0], [4, 0xaa550000])),
      sectorSize,
    )
    bytes.set(boot, 6 * sectorSize)
  }
  const end = END_MARK[fatType]
  const links: Record<number, number> = { 0: end - 7, 1: end, ...(fatType === 32 ? { 2: end } : {}) }
  for (const chain of spec.chains ?? []) {
    for (const [index, cluster] of chain.entries()) links[cluster] = chain[index + 1] ?? end
  }
  Object.assign(links, spec.links)
  for (const [cluster, link] of Object.entries(links)) {
    for (let copy = 0; copy < fats; copy += 1) {
      setLink(bytes, layout.fatOffset + copy * layout.fatLength, fatType, Number(cluster), link)
    }
  }
  bytes.set(concat(...root), fatType === 32 ? layout.dataOffset : layout.rootOffset)
  for (const [cluster, content] of Object.entries(spec.data ?? {})) {
    const at = layout.dataOffset + (Number(cluster) - 2) * layout.clusterSize
    bytes.set(typeof content === 'string' ? text(content) : content, at)
  }
  for (const [offset, patch] of Object.entries(spec.patches ?? {})) bytes.set(patch, Number(offset))
  return bytes
}

function bootSector(
  { fatLength, rootLength, size }: Layout,
  fatType: 12 | 16 | 32,
  sectorSize: number,
  sectorsPerCluster: number,
  fats: number,
  label: string,
): Uint8Array {
  const sectors = size / sectorSize
  const isShort = sectors < 0x10000 && fatType !== 32
  const fatSectors = fatLength / sectorSize
  const sector = new Uint8Array(SECTOR)
  sector.set(
    concat(
      pack([1, 0xeb], [1, fatType === 32 ? 0x58 : 0x3c], [1, 0x90]),
      text('BUILDER '),
      pack([2, sectorSize], [1, sectorsPerCluster], [2, fatType === 32 ? 8 : 1], [1, fats], [2, rootLength / 32]),
      pack([2, isShort ? sectors : 0], [1, 0xf8], [2, fatType === 32 ? 0 : fatSectors], [2, 32], [2, 2], [4, 0]),
      pack([4, isShort ? 0 : sectors]),
      fatType === 32 ? pack([4, fatSectors], [2, 0], [2, 0], [4, 2], [2, 1], [2, 6], [12, 0]) : new Uint8Array(0),
      pack([1, 0x80], [1, 0], [1, 0x29], [4, 0x12345678]),
      text(label.padEnd(11)),
      text(`FAT${fatType}   `),
    ),
  )
  sector.set([0x55, 0xaa], 510)
  return sector
}

function setLink(bytes: Uint8Array, table: number, fatType: 12 | 16 | 32, cluster: number, link: number): void {
  const at = table + Math.floor((cluster * fatType) / 8)
  if (fatType !== 12) {
    bytes.set(pack([fatType / 8, link]), at)
    return
  }
  const old = bytes[at]! | (bytes[at + 1]! << 8)
  const value = cluster % 2 === 0 ? (old & 0xf000) | link : (old & 0x000f) | (link << 4)
  bytes.set([value & 0xff, value >> 8], at)
}
