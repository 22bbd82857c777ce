import { ascii, bytes, u8, u32le, u64le } from '../bytes/fields.ts'
import type { ByteSource } from '../bytes/source.ts'
import { struct } from '../bytes/struct.ts'

/** The header of a Singularity Image Format file (sylabs/sif, "Global header"). Numbers are little-endian. */
export const sifHeader = struct('SIF header', {
  launchScript: ascii(32),
  magic: ascii(10),
  version: ascii(3),
  arch: ascii(3),
  id: bytes(16),
  createdAt: u64le,
  modifiedAt: u64le,
  descriptorsFree: u64le,
  descriptorsTotal: u64le,
  descriptorsOffset: u64le,
  descriptorsSize: u64le,
  dataOffset: u64le,
  dataSize: u64le,
})
const MAGIC = 'SIF_MAGIC\0'

/** One data object of a SIF file (sylabs/sif, "Data object descriptor"). */
export const sifDescriptor = struct('SIF descriptor', {
  dataType: u32le,
  used: u8,
  id: u32le,
  groupId: u32le,
  linkedId: u32le,
  offset: u64le,
  size: u64le,
  sizeWithPadding: u64le,
  createdAt: u64le,
  modifiedAt: u64le,
  uid: u64le,
  gid: u64le,
  name: bytes(128),
  // Only for a partition: the type of its file system, and its purpose.
  fileSystemType: u32le,
  partitionType: u32le,
  extra: bytes(376),
})

/** The most descriptors that we read. siftool makes room for 48, so no user needs to change this. */
const DESCRIPTORS_LIMIT = 4096

/** Types of data objects, and their usual names. */
const DATA_TYPES: Readonly<Record<number, string>> = {
  16385: 'SIF definition file',
  16386: 'SIF environment variables',
  16387: 'SIF labels',
  16389: 'SIF signature',
  16390: 'SIF JSON data',
  16391: 'SIF data',
  16392: 'SIF cryptographic message',
  16393: 'SIF software bill of materials',
  16394: 'SIF OCI object',
  16395: 'SIF OCI object',
}
const PARTITION = 0x4004

const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  1: 'squashfs',
  2: 'ext3',
  3: 'an archive',
  4: 'raw data',
  5: 'an encrypted squashfs',
}
const SQUASHFS = 1
const PRIMARY = 2

/** A data object, in bytes from the start of the source. A hostile file may place it anywhere. */
export interface SifObject {
  readonly offset: number
  readonly length: number
  /** Its name in reports: "SIF definition file", "SIF partition (ext3)". */
  readonly name: string
  /** The file system of a partition. */
  readonly fileSystem: string | undefined
  readonly isSquashfs: boolean
  /** Whether it is the partition that the container runs from. */
  readonly isPrimary: boolean
}

export interface SifFile {
  /** Where the header and the descriptors are. */
  readonly tables: readonly { readonly offset: number; readonly length: number }[]
  readonly objects: readonly SifObject[]
}

/** Reads a SIF file; undefined if the source is not one. It leaves out descriptors outside the source. */
export function sifFile(source: ByteSource): SifFile | undefined {
  if (source.size < sifHeader.size) return undefined
  const header = sifHeader.read(source, 0)
  if (header.magic !== MAGIC) return undefined
  const { descriptorsOffset: start, descriptorsTotal: total } = header
  const room = start < source.size ? Math.floor((source.size - start) / sifDescriptor.size) : 0
  const count = start < sifHeader.size ? 0 : Math.min(total, room, DESCRIPTORS_LIMIT)
  const length = count * sifDescriptor.size
  const table = source.read(count === 0 ? 0 : start, length)
  const view = new DataView(table.buffer, table.byteOffset, length)
  const objects: SifObject[] = []
  for (let index = 0; index < count; index += 1) {
    const descriptor = sifDescriptor.from(view, index * sifDescriptor.size)
    if (descriptor.used !== 0) objects.push(objectOf(descriptor))
  }
  const tables = [{ offset: 0, length: sifHeader.size }, ...(length > 0 ? [{ offset: start, length }] : [])]
  return { tables, objects }
}

function objectOf(descriptor: ReturnType<typeof sifDescriptor.from>): SifObject {
  const { dataType, offset, size: length, fileSystemType, partitionType } = descriptor
  const isPartition = dataType === PARTITION
  const fileSystem = isPartition ? (FILE_SYSTEMS[fileSystemType] ?? `file system type ${fileSystemType}`) : undefined
  return {
    offset,
    length,
    name: isPartition
      ? `SIF partition (${fileSystem})`
      : (DATA_TYPES[dataType] ?? `SIF data object of type 0x${dataType.toString(16)}`),
    fileSystem,
    isSquashfs: isPartition && fileSystemType === SQUASHFS,
    isPrimary: isPartition && partitionType === PRIMARY,
  }
}
