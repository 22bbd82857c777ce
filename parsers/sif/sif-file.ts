import { ascii, bytes, u8, u32le, u64le } from '../bytes/fields.ts'
import type { Problems } from '../bytes/problems.ts'
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
  // Only for a partition: the type of its file system, its purpose, and its processor.
  fileSystemType: u32le,
  partitionType: u32le,
  partitionArch: ascii(3),
  extra: bytes(373),
})

/** The most descriptors that we read. siftool makes room for 48, so no user needs to change this. */
const DESCRIPTORS_LIMIT = 4096

/** Types of data objects (sylabs/sif, DataType), and their usual names. */
const DATA_TYPES: Readonly<Record<number, string>> = {
  16385: 'definition file',
  16386: 'environment variables',
  16387: 'labels',
  16389: 'signature',
  16390: 'JSON data',
  16391: 'data',
  16392: 'cryptographic message',
  16393: 'software bill of materials',
  16394: 'OCI root index',
  16395: 'OCI blob',
}
const LABELS = 0x4003
const PARTITION = 0x4004

/** What a partition holds (FSType). */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  1: 'squashfs',
  2: 'ext3',
  3: 'an archive',
  4: 'raw data',
  5: 'an encrypted squashfs',
}
const [SQUASHFS, EXT3] = [1, 2] as const
/** What a partition is for (PartType). */
const PURPOSES: Readonly<Record<number, string>> = { 1: 'system', 2: 'primary system', 3: 'data', 4: 'overlay' }
const PRIMARY = 2

/** Processors by their code, in the words of Go (sylabs/sif, archType). */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  '01': '386',
  '02': 'amd64',
  '03': 'arm',
  '04': 'arm64',
  '05': 'ppc64',
  '06': 'ppc64le',
  '07': 'mips',
  '08': 'mipsle',
  '09': 'mips64',
  '10': 'mips64le',
  '11': 's390x',
  '12': 'riscv64',
}

/** Bytes [offset, offset + length) of the source, and what they are. A hostile file may place an object anywhere. */
export interface SifPart {
  readonly offset: number
  readonly length: number
  /** The name in reports: "SIF definition file", "SIF partition (ext3, overlay, amd64)". */
  readonly name: string
}

/** A data object. */
export interface SifObject extends SifPart {
  /** The file system of a partition. */
  readonly fileSystem: string | undefined
  readonly isSquashfs: boolean
  /** Whether it is said to hold ext3. */
  readonly isExt: boolean
  /** Whether it is the partition that the container runs from. */
  readonly isPrimary: boolean
  /** Whether it has labels, as JSON. */
  readonly isLabels: boolean
}

export interface SifFile {
  /** "amd64"; undefined if the header does not say. */
  readonly architecture: string | undefined
  /** The header and the descriptors. */
  readonly tables: readonly SifPart[]
  readonly objects: readonly SifObject[]
}

/** Whether a source begins with the header of a SIF file. */
export function isSif(source: ByteSource): boolean {
  return source.size >= sifHeader.size && sifHeader.read(source, 0).magic === MAGIC
}

/** Reads a SIF file; undefined if the source is not one. It leaves out descriptors outside the source. */
export function sifFile(source: ByteSource, problems: Problems): SifFile | undefined {
  if (!isSif(source)) return undefined
  const { descriptorsOffset: start, descriptorsTotal: total, descriptorsSize, arch } = sifHeader.read(source, 0)
  const room = Math.floor(Math.max(Math.min(source.size - start, descriptorsSize), 0) / sifDescriptor.size)
  const count = start < sifHeader.size ? 0 : Math.min(total, room, DESCRIPTORS_LIMIT)
  if (count < total) {
    const places = { structure: sifHeader.name, offset: sifHeader.offsets.descriptorsTotal, field: 'Dtotal' }
    problems.lose('TRUNCATED', 'there are fewer descriptors of data objects', {
      ...places,
      found: count,
      expected: total,
    })
  }
  const length = count * sifDescriptor.size
  const table = source.read(count === 0 ? 0 : start, length)
  const view = new DataView(table.buffer, table.byteOffset, length)
  const objects: NumberedObject[] = []
  for (let index = 0; index < count; index += 1) {
    const descriptor = sifDescriptor.from(view, index * sifDescriptor.size)
    if (descriptor.used === 0) continue
    const object = objectOf(descriptor)
    objects.push(object)
    if (object.offset + object.length <= source.size) continue
    problems.lose('TRUNCATED', 'the file ends before the data object does', {
      structure: `descriptor of ${object.name}`,
      offset: start + index * sifDescriptor.size,
      found: source.size,
      expected: object.offset + object.length,
    })
  }
  const header = { offset: 0, length: sifHeader.size, name: 'SIF header' }
  const descriptors = length > 0 ? [{ offset: start, length, name: 'SIF descriptor table' }] : []
  return { architecture: architectureOf(arch), tables: [header, ...descriptors], objects: withUniqueNames(objects) }
}

/** An object with the number that siftool knows it by. */
interface NumberedObject extends SifObject {
  readonly id: number
}

/** Adds their numbers to objects of one name, so that each has an account of its own. */
function withUniqueNames(objects: readonly NumberedObject[]): readonly SifObject[] {
  const counts = new Map<string, number>()
  for (const { name } of objects) counts.set(name, (counts.get(name) ?? 0) + 1)
  return objects.map(({ id, ...object }) => {
    return counts.get(object.name) === 1 ? object : { ...object, name: `${object.name}, object ${id}` }
  })
}

function objectOf(descriptor: ReturnType<typeof sifDescriptor.from>): NumberedObject {
  const { id, dataType, offset, size: length, fileSystemType, partitionType, partitionArch } = descriptor
  const isPartition = dataType === PARTITION
  const fileSystem = isPartition ? (FILE_SYSTEMS[fileSystemType] ?? `file system type ${fileSystemType}`) : undefined
  const kinds = [fileSystem, PURPOSES[partitionType], architectureOf(partitionArch)].filter(
    (kind) => kind !== undefined,
  )
  return {
    id,
    offset,
    length,
    name: isPartition
      ? `SIF partition (${kinds.join(', ')})`
      : `SIF ${DATA_TYPES[dataType] ?? `data object of type 0x${dataType.toString(16)}`}`,
    fileSystem,
    isSquashfs: isPartition && fileSystemType === SQUASHFS,
    isExt: isPartition && fileSystemType === EXT3,
    isPrimary: isPartition && partitionType === PRIMARY,
    isLabels: dataType === LABELS,
  }
}

function architectureOf(code: string): string | undefined {
  return ARCHITECTURES[code.replace(/\0.*$/s, '')]
}
