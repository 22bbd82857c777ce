import { clusterOffset, type FatType, type FatVolume } from './boot-sector.ts'

/** Links that are not the number of a cluster. */
export const FREE = 0
/** The last cluster of its chain. */
export const END = -1
/** The cluster has damaged sectors and is in no chain. */
export const BAD = -2
/** A number that no cluster has. */
export const INVALID = -3
/** The table ends before this entry, because the source does. */
export const MISSING = -4

/** The mark of a bad cluster; higher numbers end a chain (fatgen 1.03, "FAT Data Structure"). */
const BAD_MARKS: Readonly<Record<FatType, number>> = { 12: 0xff7, 16: 0xfff7, 32: 0x0fff_fff7 }
/** The upper four bits of an entry of FAT32 are not part of the number. */
const FAT32_MASK = 0x0fff_ffff

/** Bytes that we read at once. No entry straddles two of them, because two entries of FAT12 take three bytes. */
const WINDOW = 3 << 14

/** One allocation table: for each cluster, the next one in its chain. We read it in windows, because it may be large. */
export class AllocationTable {
  /** The number of entries that lie in the source. The first two belong to no cluster. */
  readonly count: number
  readonly #volume: FatVolume
  readonly #offset: number
  /** Bytes of the table in the source. */
  readonly #length: number
  #window: DataView = new DataView(new ArrayBuffer(0))
  #windowStart = -1

  constructor(volume: FatVolume) {
    const { source, fatOffset, fatLength, activeFat, fatType, clusters } = volume
    this.#volume = volume
    this.#offset = fatOffset + activeFat * fatLength
    this.#length = Math.max(0, Math.min(fatLength, source.size - this.#offset))
    this.count = Math.min(Math.floor((this.#length * 8) / fatType), clusters + 2)
  }

  /** The link of a cluster: the number of the next cluster, or FREE, END, BAD, INVALID or MISSING. */
  link(cluster: number): number {
    if (cluster >= this.count) return MISSING
    const { fatType, clusters } = this.#volume
    const value = this.#entry(cluster, fatType)
    if (value === 0) return FREE
    if (value >= 2 && value < clusters + 2) return value
    const bad = BAD_MARKS[fatType]
    return value > bad ? END : value === bad ? BAD : INVALID
  }

  /** Where the entry of a cluster begins, in bytes from the start of the source. */
  offsetOf(cluster: number): number {
    return this.#offset + Math.floor((cluster * this.#volume.fatType) / 8)
  }

  #entry(cluster: number, fatType: FatType): number {
    const at = Math.floor((cluster * fatType) / 8)
    const start = at - (at % WINDOW)
    if (start !== this.#windowStart) {
      const length = Math.min(WINDOW, this.#length - start)
      const bytes = this.#volume.source.read(this.#offset + start, length)
      this.#window = new DataView(bytes.buffer, bytes.byteOffset, length)
      this.#windowStart = start
    }
    if (fatType === 32) return this.#window.getUint32(at - start, true) & FAT32_MASK
    const value = this.#window.getUint16(at - start, true)
    if (fatType === 16) return value
    return cluster % 2 === 0 ? value & 0xfff : value >> 4
  }
}

/** Where the first cluster in use lies that the source lacks, because it was cut short; undefined if it lacks none. */
export function firstLostCluster(volume: FatVolume, table: AllocationTable): number | undefined {
  const { source, dataOffset, clusterSize, clusters } = volume
  const present = Math.max(0, Math.floor((source.size - dataOffset) / clusterSize))
  for (let cluster = 2 + present; cluster < clusters + 2; cluster += 1) {
    const link = table.link(cluster)
    if (link !== FREE && link !== BAD) return clusterOffset(volume, cluster)
  }
  return undefined
}
