import type { FormatError } from '../bytes/errors.ts'
import { ascii, u16be, u32be } from '../bytes/fields.ts'
import { atLimit, DEFAULT_LIMITS, type Limits } from '../bytes/limits.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { struct } from '../bytes/struct.ts'
import type { Partition } from './partition.ts'

/** Possible distances between map entries: disk sectors, or the 2048-byte blocks of a CD. */
const BLOCK_SIZES = [512, 2048] as const

/** Block 0 of an Apple-partitioned disk (Inside Macintosh: Devices, 3). */
export const driverDescriptor = struct('driver descriptor record', {
  signature: ascii(2), // 'ER'
  blockSize: u16be,
  blockCount: u32be,
})

export const partitionMapEntry = struct('partition map entry', {
  signature: ascii(2), // 'PM'
  padding: u16be,
  mapEntries: u32be,
  firstBlock: u32be,
  blockCount: u32be,
  partitionName: ascii(32),
  partitionType: ascii(32),
})
/** Bytes of an entry with its reserved tail. */
const ENTRY_LENGTH = 512

export interface ApplePartitionMap {
  readonly blockSize: number
  readonly hasDriverDescriptor: boolean
  /** Where the entries are, in bytes from the start of the source. Each takes 512 bytes. */
  readonly entryOffsets: readonly number[]
  readonly entryLength: number
  readonly partitions: readonly Partition[]
  readonly warnings: readonly FormatError[]
}

/** Reads the Apple partition map of a source; undefined if it has none. */
export function readApm(source: ByteSource, limits: Limits = DEFAULT_LIMITS): ApplePartitionMap | undefined {
  for (const blockSize of BLOCK_SIZES) {
    const entryOffsets: number[] = []
    const partitions: Partition[] = []
    const warnings: FormatError[] = []
    let count = 1
    for (let index = 0; index < count; index += 1) {
      const offset = (index + 1) * blockSize
      if (offset + ENTRY_LENGTH > source.size) break
      const entry = partitionMapEntry.read(source, offset)
      if (entry.signature !== 'PM') break
      if (index >= limits.partitions) {
        const detail = `more than ${limits.partitions} partitions; the rest is not read`
        const place = { structure: partitionMapEntry.name, offset, ...atLimit(limits, 'partitions') }
        warnings.push(formatError('LIMIT', detail, source, place))
        break
      }
      count = entry.mapEntries
      entryOffsets.push(offset)
      partitions.push({
        table: 'APM',
        number: index + 1,
        start: entry.firstBlock * blockSize,
        length: entry.blockCount * blockSize,
        type: untilNul(entry.partitionType),
        name: untilNul(entry.partitionName),
      })
    }
    if (entryOffsets.length === 0 && warnings.length === 0) continue
    const hasDriverDescriptor = driverDescriptor.read(source, 0).signature === 'ER'
    return { blockSize, hasDriverDescriptor, entryOffsets, entryLength: ENTRY_LENGTH, partitions, warnings }
  }
  return undefined
}

function untilNul(text: string): string {
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}
