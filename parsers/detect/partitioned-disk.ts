import { readable } from '../bytes/byte-string.ts'
import { hex } from '../bytes/errors.ts'
import { DEFAULT_LIMITS } from '../bytes/limits.ts'
import { type ByteSource, sliceSource } from '../bytes/source.ts'
import { readApm } from '../partition/apm.ts'
import { readGpt } from '../partition/gpt.ts'
import { isExtended, logicalPartitions } from '../partition/logical.ts'
import { readMbr } from '../partition/mbr.ts'
import type { Partition } from '../partition/partition.ts'
import type { FileWord, ForeignFile, Recogniser } from './foreign-file.ts'
import { recogniseImage } from './found-image.ts'
import { partitionType } from './partition-type.ts'
import { recognisePlain } from './plain-kinds.ts'

/** The most partitions that a message lists, because it is one sentence. */
const LISTED = 8

/** Recognises a disk with a partition table. It says what the partitions hold, and which of them we can open. */
export const recogniseDisk: Recogniser = (source, file) => {
  const table = partitionTable(source)
  if (table === undefined || table.partitions.length === 0) return undefined
  const { partitions } = table
  const contents = partitions.slice(0, LISTED).map((partition) => contentOf(source, partition, file))
  const texts = contents.map(({ text }) => text)
  const more = partitions.length > LISTED ? `; and ${partitions.length - LISTED} more` : ''
  const openable = contents.filter(({ offset }) => offset !== undefined)
  const end = Math.max(...partitions.map(({ start, length }) => start + length))
  const cut = end > source.size ? `, cut short at ${source.size} of ${end} bytes` : ''
  const disk: ForeignFile = {
    what: `a disk with ${table.name}${cut} (${texts.join('; ')}${more})`,
    offset: table.offset,
  }
  const [first] = openable
  if (first === undefined) return cut === '' ? disk : { ...disk, advice: 'get the complete file first' }
  const others =
    openable.length === 1
      ? ''
      : `, and --offset ${openable
          .slice(1)
          .map(({ offset }) => offset)
          .join(' or ')} another`
  return { ...disk, advice: `isoscope ${file()} --offset ${first.offset} opens partition ${first.number}${others}` }
}

interface PartitionTable {
  readonly name: string
  readonly offset: number
  readonly partitions: readonly Partition[]
}

function partitionTable(source: ByteSource): PartitionTable | undefined {
  const gpt = readGpt(source, DEFAULT_LIMITS)
  if (gpt !== undefined && gpt.partitions.length > 0) {
    const offset = (gpt.primary ?? gpt.backup)?.headerOffset ?? 0
    return { name: 'a GUID partition table', offset, partitions: gpt.partitions }
  }
  const apm = readApm(source, DEFAULT_LIMITS)
  const apple = apm?.partitions.filter(({ type }) => type !== 'Apple_partition_map') ?? []
  if (apm?.hasDriverDescriptor === true && apple.length > 0) {
    return { name: 'an Apple partition map', offset: apm.entryOffsets[0] ?? 0, partitions: apple }
  }
  const mbr = readMbr(source)
  if (mbr === undefined) return undefined
  const partitions = [...mbr.partitions, ...logicalPartitions(source, mbr.partitions)]
  return { name: 'a master boot record', offset: 0, partitions }
}

interface Content {
  readonly number: number
  readonly text: string
  /** Where the image in it begins, if it has one. */
  readonly offset?: number
}

function contentOf(source: ByteSource, partition: Partition, file: FileWord): Content {
  const { number, start, type, name } = partition
  const label = name === '' ? '' : ` (${readable(name)})`
  const text = `${number} ${partitionType(type)}${label} at ${hex(start)}`
  const length = Math.min(partition.length, source.size - start)
  if (length <= 0) return { number, text: `${text}, beyond the end of the file` }
  // An extended partition begins with a table of its own, whose partitions are in the list.
  if (isExtended(partition)) return { number, text }
  const slice = sliceSource(source, start, length, source.name)
  const image = recogniseImage(slice)
  if (image !== undefined) {
    const what = image.container?.name ?? image.format.noun
    return { number, text: `${text}: ${what}`, offset: start }
  }
  // We do not look into a partition table inside a partition, because it may lead to itself.
  const foreign = recognisePlain(slice, file)
  return { number, text: foreign === undefined ? text : `${text}: ${foreign.what}` }
}
