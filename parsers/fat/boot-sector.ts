import { ascii, bytes, u8, u16le, u32le } from '../bytes/fields.ts'
import type { ByteSource } from '../bytes/source.ts'
import { struct } from '../bytes/struct.ts'

/** The part of a boot sector that all FAT types share (fatgen 1.03, "Boot Sector and BPB"). */
export const bootSector = struct('FAT boot sector', {
  jump: bytes(3),
  oemName: ascii(8),
  bytesPerSector: u16le,
  sectorsPerCluster: u8,
  reservedSectors: u16le,
  fats: u8,
  rootEntries: u16le,
  totalSectors16: u16le,
  media: u8,
  fatSize16: u16le,
  sectorsPerTrack: u16le,
  heads: u16le,
  hiddenSectors: u32le,
  totalSectors32: u32le,
})

/** The rest of the boot sector in FAT12 and FAT16. */
export const extendedBootRecord = struct('FAT extended boot record', {
  driveNumber: u8,
  reserved: u8,
  bootSignature: u8,
  volumeSerial: u32le,
  volumeLabel: ascii(11),
  fileSystemType: ascii(8),
})

/** The rest of the boot sector in FAT32. */
export const fat32Parameters = struct('FAT32 parameter block', {
  fatSize32: u32le,
  extendedFlags: u16le,
  fileSystemVersion: u16le,
  rootCluster: u32le,
  fsInfoSector: u16le,
  backupBootSector: u16le,
  reserved: bytes(12),
})

/** Bytes that hold all fields of a boot sector, whatever the sector size. */
export const BOOT_SECTOR = 512
const SECTOR_SIZES = [512, 1024, 2048, 4096]
/** Most volumes have two tables. mkfs.vfat makes up to four. */
const MOST_FATS = 4
/** A volume with fewer clusters is FAT12, unless its fields are those of FAT32 ("FAT Type Determination"). */
const FAT12_CLUSTERS = 4085
/** The signature before the serial number and the label. */
const EXTENDED = 0x29
/** "No such sector" in fields with the number of a reserved sector. */
const NO_SECTOR = 0xffff
/** Flags of FAT32: without mirroring, only one table is in use, whose number is in the low bits. */
const NO_MIRRORING = 0x80
const ACTIVE_FAT = 0x0f

export type FatType = 12 | 16 | 32

/** The layout of a volume. Offsets and lengths are bytes from the start of its source. */
export interface FatVolume {
  readonly source: ByteSource
  readonly fatType: FatType
  readonly sectorSize: number
  readonly clusterSize: number
  /** Where the first allocation table begins, and the length of each. */
  readonly fatOffset: number
  readonly fatLength: number
  readonly fats: number
  /** The number of the table that is in use. */
  readonly activeFat: number
  /** Whether all tables are copies of each other. */
  readonly mirrored: boolean
  /** The root directory of FAT12 and FAT16. Its length is 0 in FAT32. */
  readonly rootOffset: number
  readonly rootLength: number
  /** The first cluster of the root directory in FAT32, else 0. */
  readonly rootCluster: number
  /** Where cluster 2, the first one, begins. */
  readonly dataOffset: number
  /** The number of clusters that the sectors have room for, of which the tables may list fewer. */
  readonly sectorClusters: number
  /** The number of clusters. Their numbers are 2 .. clusters + 1. */
  readonly clusters: number
  /** The length of the volume by its count of sectors. */
  readonly size: number
  /** Offsets in the reserved sectors (FAT32); undefined if the volume has none. */
  readonly fsInfoOffset: number | undefined
  readonly backupOffset: number | undefined
  /** Both are from the boot sector; undefined if it does not state them. */
  readonly volumeSerial: number | undefined
  readonly label: string | undefined
}

/** Reads the layout of a FAT volume; undefined if the source does not begin with a valid boot sector. */
export function readVolume(source: ByteSource): FatVolume | undefined {
  if (source.size < BOOT_SECTOR) return undefined
  const sector = bootSector.read(source, 0)
  if (!isValid(sector)) return undefined
  const { bytesPerSector: sectorSize, sectorsPerCluster, reservedSectors, fats, rootEntries } = sector
  const isFat32 = sector.fatSize16 === 0
  const parameters = isFat32 ? fat32Parameters.read(source, bootSector.size) : undefined
  const total = sector.totalSectors16 || sector.totalSectors32
  const fatSectors = parameters?.fatSize32 ?? sector.fatSize16
  const rootSectors = Math.ceil((rootEntries * 32) / sectorSize)
  const dataSector = reservedSectors + fats * fatSectors + rootSectors
  if (fatSectors === 0 || dataSector + sectorsPerCluster > total) return undefined
  const sectorClusters = Math.floor((total - dataSector) / sectorsPerCluster)
  // As Linux, 7-Zip and fsck.fat do. mkfs.vfat makes FAT32 with fewer clusters than the specification asks for.
  const fatType = isFat32 ? 32 : sectorClusters < FAT12_CLUSTERS ? 12 : 16
  const fatLength = fatSectors * sectorSize
  const clusters = Math.min(sectorClusters, Math.floor((fatLength * 8) / fatType) - 2)
  if (clusters <= 0) return undefined
  const reserved = (number: number | undefined): number | undefined =>
    number === undefined || number === 0 || number === NO_SECTOR || number >= reservedSectors
      ? undefined
      : number * sectorSize
  const flags = parameters?.extendedFlags ?? 0
  const mirrored = (flags & NO_MIRRORING) === 0
  return {
    source,
    fatType,
    sectorSize,
    clusterSize: sectorsPerCluster * sectorSize,
    fatOffset: reservedSectors * sectorSize,
    fatLength,
    fats,
    activeFat: mirrored || (flags & ACTIVE_FAT) >= fats ? 0 : flags & ACTIVE_FAT,
    mirrored,
    rootOffset: (dataSector - rootSectors) * sectorSize,
    rootLength: isFat32 ? 0 : rootEntries * 32,
    rootCluster: parameters?.rootCluster ?? 0,
    dataOffset: dataSector * sectorSize,
    sectorClusters,
    clusters,
    size: total * sectorSize,
    fsInfoOffset: reserved(parameters?.fsInfoSector),
    backupOffset: reserved(parameters?.backupBootSector),
    ...extendedFields(source, isFat32),
  }
}

/** Tests the fields that tell a boot sector of FAT from that of anything else. */
function isValid({
  jump,
  bytesPerSector,
  sectorsPerCluster,
  reservedSectors,
  fats,
  media,
}: ReturnType<typeof bootSector.from>): boolean {
  return (
    ((jump[0] === 0xeb && jump[2] === 0x90) || jump[0] === 0xe9) &&
    SECTOR_SIZES.includes(bytesPerSector) &&
    sectorsPerCluster > 0 &&
    (sectorsPerCluster & (sectorsPerCluster - 1)) === 0 &&
    reservedSectors > 0 &&
    fats > 0 &&
    fats <= MOST_FATS &&
    (media === 0xf0 || media >= 0xf8)
  )
}

function extendedFields(source: ByteSource, isFat32: boolean): Pick<FatVolume, 'volumeSerial' | 'label'> {
  const record = extendedBootRecord.read(source, bootSector.size + (isFat32 ? fat32Parameters.size : 0))
  if (record.bootSignature !== EXTENDED) return { volumeSerial: undefined, label: undefined }
  return { volumeSerial: record.volumeSerial, label: record.volumeLabel }
}

/** Where a cluster begins. */
export function clusterOffset({ dataOffset, clusterSize }: FatVolume, cluster: number): number {
  return dataOffset + (cluster - 2) * clusterSize
}

/** Whether a volume has a cluster of this number. */
export function isCluster({ clusters }: FatVolume, cluster: number): boolean {
  return cluster >= 2 && cluster < clusters + 2
}
