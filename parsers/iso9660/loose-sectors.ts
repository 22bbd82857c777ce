import { byteString } from '../bytes/byte-string.ts'
import { atLimit } from '../bytes/limits.ts'
import type { RangeList } from '../bytes/range-list.ts'
import { u32le } from './directory-record.ts'
import type { ForeignStructure } from './foreign-structure.ts'
import { udfName, udfTag } from './udf-tag.ts'
import type { Volume } from './volume.ts'
import { descriptorKind, FIRST_DESCRIPTOR_SECTOR, SECTOR } from './volume-descriptor.ts'

/** Bytes to read at a time. */
const CHUNK = 32 * SECTOR

/** Sectors that nothing points to, recognised by their first bytes. Offsets in bytes. */
export interface LooseSectors {
  /** Primary volume descriptors. Each may begin the volume descriptor set of another session. */
  readonly descriptors: readonly number[]
  /** Checksum tags that libisofs writes. */
  readonly checksumTags: readonly number[]
  /** Sectors that begin with a UDF descriptor tag, and the descriptor's name. */
  readonly udf: readonly ForeignStructure[]
}

/** Searches the sectors that are not `owned`. An image may have a terabyte of them after it, so a limit applies. */
export function findLooseSectors({ source, warnings, limits }: Volume, owned: RangeList): LooseSectors {
  const descriptors: number[] = []
  const checksumTags: number[] = []
  const udf: ForeignStructure[] = []
  let searched = 0
  for (const [start, end] of owned.gaps(source.size)) {
    const first = Math.max(Math.ceil(start / SECTOR), FIRST_DESCRIPTOR_SECTOR) * SECTOR
    for (let chunk = first; chunk < end; chunk += CHUNK) {
      const length = Math.min(CHUNK, end - chunk)
      searched += length
      if (searched > limits.search) {
        warnings.add('LIMIT', 'the search for further sessions ended here', {
          structure: 'unclaimed sectors',
          offset: chunk,
          ...atLimit(limits, 'search'),
        })
        return { descriptors, checksumTags, udf }
      }
      const bytes = source.read(chunk, length)
      for (let at = 0; at + 16 <= length; at += SECTOR) {
        const offset = chunk + at
        if (bytes[at] === 0 && bytes[at + 1] === 0) continue
        if (bytes[at] === 1 && descriptorKind(source, offset) === 'primary volume descriptor') descriptors.push(offset)
        else if (isChecksumTag(bytes, at)) checksumTags.push(offset)
        else {
          const tag = udfTagOfBlock(bytes, at, offset / SECTOR)
          if (tag !== undefined) udf.push({ offset, length: SECTOR, name: udfName(tag) })
        }
      }
    }
  }
  return { descriptors, checksumTags, udf }
}

/** A tag block begins with a line "libisofs_checksum_tag_v1 ", or one with "sb_", "tree_" or "rlsb32_" in it. */
function isChecksumTag(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== 0x6c || bytes[at + 1] !== 0x69) return false
  return /^libisofs_(sb_|tree_|rlsb32_)?checksum_tag_v1 /.test(byteString(bytes, at, Math.min(at + 40, bytes.length)))
}

/**
 * A descriptor tag of UDF. We also check the block number in it, which counts from the start of the disc or of a
 * partition. A known identifier and the sum alone would be too weak.
 */
function udfTagOfBlock(bytes: Uint8Array, at: number, block: number): number | undefined {
  const tag = udfTag(bytes, at)
  return tag !== undefined && u32le(bytes, at + 12) <= block ? tag : undefined
}
