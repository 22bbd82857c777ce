import { type ByteString, byteString } from '../bytes/byte-string.ts'
import { FormatError } from '../bytes/errors.ts'
import { ascii, type BothEndian, bytes, u8, u16both, u32be, u32both, u32le } from '../bytes/fields.ts'
import { atLimit, type Limits } from '../bytes/limits.ts'
import type { Problems } from '../bytes/problems.ts'
import type { ByteSource } from '../bytes/source.ts'
import { struct } from '../bytes/struct.ts'

/** Bytes of a logical sector (ECMA-119 6.1.2). Descriptors are in sectors, whatever the block size is. */
export const SECTOR = 2048
/** The first sector after the system area (ECMA-119 6.2.1). */
export const FIRST_DESCRIPTOR_SECTOR = 16
/**
 * The most sectors of a UDF recognition sequence. It has three or four, and we read only those, so no user needs to
 * change this.
 */
const UDF_SECTORS_LIMIT = 64

/** Primary (ECMA-119 8.4) and supplementary (8.5) volume descriptors have one layout. */
export const volumeDescriptor = struct('volume descriptor', {
  type: u8, // 8.4.1
  standardIdentifier: ascii(5), // 8.4.2
  version: u8, // 8.4.3
  volumeFlags: u8, // 8.5.3
  systemIdentifier: ascii(32), // 8.4.5
  volumeIdentifier: ascii(32), // 8.4.6
  unused: bytes(8), // 8.4.7
  volumeSpaceSize: u32both, // 8.4.8
  escapeSequences: ascii(32), // 8.5.6
  volumeSetSize: u16both, // 8.4.10
  volumeSequenceNumber: u16both, // 8.4.11
  logicalBlockSize: u16both, // 8.4.12
  pathTableSize: u32both, // 8.4.13
  typeLPathTable: u32le, // 8.4.14
  optionalTypeLPathTable: u32le, // 8.4.15
  typeMPathTable: u32be, // 8.4.16
  optionalTypeMPathTable: u32be, // 8.4.17
  rootDirectoryRecord: bytes(34), // 8.4.18
  volumeSetIdentifier: ascii(128), // 8.4.19
  publisherIdentifier: ascii(128), // 8.4.20
  dataPreparerIdentifier: ascii(128), // 8.4.21
  applicationIdentifier: ascii(128), // 8.4.22
  copyrightFileIdentifier: ascii(37), // 8.4.23
  abstractFileIdentifier: ascii(37), // 8.4.24
  bibliographicFileIdentifier: ascii(37), // 8.4.25
  volumeCreationDate: ascii(17), // 8.4.26
  volumeModificationDate: ascii(17), // 8.4.27
  volumeExpirationDate: ascii(17), // 8.4.28
  volumeEffectiveDate: ascii(17), // 8.4.29
  fileStructureVersion: u8, // 8.4.31
  reserved: u8, // 8.4.32
  applicationUse: ascii(512), // 8.4.33
})

/** Boot record (ECMA-119 8.2) as El Torito 2.0 figure 7 fills it. */
export const bootRecord = struct('boot record volume descriptor', {
  type: u8,
  standardIdentifier: ascii(5),
  version: u8,
  bootSystemIdentifier: ascii(32),
  bootIdentifier: ascii(32),
  bootCatalog: u32le,
})

/** The kind of a sector in the volume descriptor set. */
export type DescriptorKind =
  | 'boot record volume descriptor'
  | 'primary volume descriptor'
  | 'Joliet volume descriptor'
  | 'enhanced volume descriptor'
  | 'supplementary volume descriptor'
  | 'volume partition descriptor'
  | 'volume descriptor set terminator'
  | 'volume descriptor of unknown type'

/** The fields that we use of a primary or supplementary volume descriptor. Text is untrimmed. */
export interface VolumeFields {
  readonly systemIdentifier: ByteString
  readonly volumeIdentifier: ByteString
  readonly volumeSpaceSize: BothEndian
  readonly volumeSetSize: BothEndian
  readonly volumeSequenceNumber: BothEndian
  readonly logicalBlockSize: BothEndian
  readonly pathTableSize: BothEndian
  readonly typeLPathTable: number
  readonly optionalTypeLPathTable: number
  readonly typeMPathTable: number
  readonly optionalTypeMPathTable: number
  readonly rootDirectoryRecord: Uint8Array
  readonly volumeSetIdentifier: ByteString
  readonly publisherIdentifier: ByteString
  readonly dataPreparerIdentifier: ByteString
  readonly applicationIdentifier: ByteString
  readonly volumeCreationDate: ByteString
  readonly volumeModificationDate: ByteString
  readonly applicationUse: ByteString
}

/** One sector of the volume descriptor set. */
export interface VolumeDescriptor {
  readonly kind: DescriptorKind
  /** Bytes from the start of the source. */
  readonly offset: number
  /** Only in a primary or supplementary descriptor. */
  readonly fields?: VolumeFields
  /** The block of the boot catalog, only in an El Torito boot record. */
  readonly bootCatalog?: number
}

/** One volume descriptor set, and the UDF recognition sequence that may follow it. */
export interface DescriptorSet {
  readonly descriptors: readonly VolumeDescriptor[]
  /** Offsets of the sectors of a UDF volume recognition sequence (ECMA-167 2/9.1). */
  readonly udfRecognition: readonly number[]
}

/** Reads the volume descriptor set whose first sector is `sector`, up to its terminator or the first foreign sector. */
export function readDescriptorSet(
  source: ByteSource,
  sector: number,
  warnings: Problems,
  limits: Limits,
): DescriptorSet {
  const descriptors: VolumeDescriptor[] = []
  let at = sector * SECTOR
  for (; ; at += SECTOR) {
    const kind = descriptorKind(source, at)
    if (kind === undefined) break
    if (descriptors.length >= limits.descriptors) {
      warnings.lose('LIMIT', `more than ${limits.descriptors} volume descriptors; the rest is not read`, {
        structure: 'volume descriptor set',
        offset: at,
        ...atLimit(limits, 'descriptors'),
      })
      return { descriptors, udfRecognition: [] }
    }
    descriptors.push(readDescriptor(source, at, kind, warnings))
    if (kind === 'volume descriptor set terminator')
      return { descriptors, udfRecognition: udfSectors(source, at + SECTOR) }
  }
  if (descriptors.length > 0) {
    warnings.add('MALFORMED', 'the terminator is missing', { structure: 'volume descriptor set', offset: at })
  }
  return { descriptors, udfRecognition: udfSectors(source, at) }
}

/** The kind of the descriptor at `offset`; undefined if it is not a volume descriptor of ISO 9660. */
export function descriptorKind(source: ByteSource, offset: number): DescriptorKind | undefined {
  if (offset + 7 > source.size) return undefined
  const head = source.read(offset, 7)
  // 'CD001' (ECMA-119 8.1.2)
  if (head[1] !== 0x43 || head[2] !== 0x44 || head[3] !== 0x30 || head[4] !== 0x30 || head[5] !== 0x31) return undefined
  switch (head[0]) {
    case 0:
      return 'boot record volume descriptor'
    case 1:
      return 'primary volume descriptor'
    case 2:
      // Version 2 is ISO 9660:1999. For version 1, the escape sequences at 88 identify the kind.
      if (head[6] === 2) return 'enhanced volume descriptor'
      return isJoliet(source, offset) ? 'Joliet volume descriptor' : 'supplementary volume descriptor'
    case 3:
      return 'volume partition descriptor'
    case 255:
      return 'volume descriptor set terminator'
    default:
      return 'volume descriptor of unknown type'
  }
}

/** Joliet: an escape sequence announces UCS-2 level 1, 2 or 3, and bit 0 of the volume flags is clear. */
function isJoliet(source: ByteSource, offset: number): boolean {
  const escapes = volumeDescriptor.offsets.escapeSequences
  if (offset + escapes + 32 > source.size) return false
  if ((source.read(offset + volumeDescriptor.offsets.volumeFlags, 1)[0]! & 1) !== 0) return false
  return /%\/[@CE]/.test(byteString(source.read(offset + escapes, 32)))
}

function readDescriptor(
  source: ByteSource,
  offset: number,
  kind: DescriptorKind,
  warnings: Problems,
): VolumeDescriptor {
  try {
    switch (kind) {
      case 'boot record volume descriptor': {
        const { bootSystemIdentifier, bootCatalog } = bootRecord.read(source, offset)
        return bootSystemIdentifier.startsWith('EL TORITO SPECIFICATION')
          ? { kind, offset, bootCatalog }
          : { kind, offset }
      }
      case 'primary volume descriptor':
      case 'Joliet volume descriptor':
      case 'enhanced volume descriptor':
      case 'supplementary volume descriptor':
        return { kind, offset, fields: volumeDescriptor.read(source, offset) }
      default:
        return { kind, offset }
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    warnings.damage(error)
    return { kind, offset }
  }
}

/** Sectors of a UDF volume recognition sequence from `offset` on. */
function udfSectors(source: ByteSource, offset: number): number[] {
  const sectors: number[] = []
  for (let at = offset; at + 6 <= source.size && sectors.length < UDF_SECTORS_LIMIT; at += SECTOR) {
    if (!/^(BEA01|NSR02|NSR03|TEA01|BOOT2|CDW02)$/.test(byteString(source.read(at + 1, 5)))) break
    sectors.push(at)
  }
  return sectors
}
