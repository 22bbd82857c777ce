import { ascii, bytes, u8, u16le, u32le } from '../bytes/fields.ts'
import { struct } from '../bytes/struct.ts'
import { type ForeignFile, labelled, type Recogniser } from './foreign-file.ts'

/** The boot sector of a FAT volume ("FAT: General Overview of On-Disk Format" 1.03, Boot Sector and BPB). */
const bootSector = struct('FAT boot sector', {
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
  // FAT32 only. In FAT12 and FAT16 the next 26 bytes are drive number, signature, serial number, label and type.
  fatSize32: u32le,
  rest: bytes(54),
})

/**
 * A volume with fewer clusters than the first number is FAT12, and below the second it is FAT16 (FAT Type
 * Determination).
 */
const FAT12_CLUSTERS = 4085
const FAT16_CLUSTERS = 65_525
/** The signature before the serial number, the label and the type name. */
const EXTENDED = 0x29

/** Recognises a FAT volume, such as an EFI system partition. */
export const recogniseFat: Recogniser = (source, file) => {
  if (source.size < 512) return undefined
  const sector = bootSector.read(source, 0)
  const { jump, bytesPerSector, sectorsPerCluster, reservedSectors, fats, rootEntries, media } = sector
  const isValid =
    ((jump[0] === 0xeb && jump[2] === 0x90) || jump[0] === 0xe9) &&
    [512, 1024, 2048, 4096].includes(bytesPerSector) &&
    sectorsPerCluster > 0 &&
    (sectorsPerCluster & (sectorsPerCluster - 1)) === 0 &&
    reservedSectors > 0 &&
    (fats === 1 || fats === 2) &&
    (media === 0xf0 || media >= 0xf8)
  if (!isValid) return undefined
  const total = sector.totalSectors16 || sector.totalSectors32
  const fatSize = sector.fatSize16 || sector.fatSize32
  const rootSectors = Math.ceil((rootEntries * 32) / bytesPerSector)
  const dataSectors = total - reservedSectors - fats * fatSize - rootSectors
  if (fatSize === 0 || dataSectors <= 0) return undefined
  const clusters = Math.floor(dataSectors / sectorsPerCluster)
  const type = clusters < FAT12_CLUSTERS ? 12 : clusters < FAT16_CLUSTERS ? 16 : 32
  const volume: ForeignFile = {
    what: `a FAT${type} file system${labelOf(source.read(0, 512), type)}`,
    advice: `mdir -/ -b -i ${file()} :: lists it`,
    offset: 0,
  }
  const length = total * bytesPerSector
  if (length <= source.size) return volume
  return { ...volume, what: `${volume.what}, cut short at ${source.size} of ${length} bytes` }
}

function labelOf(sector: Uint8Array, type: 12 | 16 | 32): string {
  const signature = type === 32 ? 66 : 38
  if (sector[signature] !== EXTENDED) return ''
  const label = String.fromCharCode(...sector.subarray(signature + 5, signature + 16))
  return label.trimEnd() === 'NO NAME' ? '' : labelled(label)
}
