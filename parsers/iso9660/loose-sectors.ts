import { byteString } from '../bytes/byte-string.ts'
import { atLimit } from '../bytes/limits.ts'
import type { RangeList } from './range-list.ts'
import type { Volume } from './volume.ts'
import { descriptorKind, FIRST_DESCRIPTOR_SECTOR, SECTOR } from './volume-descriptor.ts'

/** Bytes read at a time. */
const CHUNK = 32 * SECTOR

/** What is recognised by its first bytes in sectors that nothing points to. Offsets in bytes. */
export interface LooseSectors {
  /** Primary volume descriptors: each may begin the volume descriptor set of another session. */
  readonly descriptors: readonly number[]
  /** Checksum tags that libisofs writes. */
  readonly checksumTags: readonly number[]
  /** Sectors that begin with a descriptor tag of UDF. */
  readonly udf: readonly number[]
}

/** Searches the sectors that are not `owned`, of which an image can have a terabyte behind it. */
export function findLooseSectors({ source, warnings, limits }: Volume, owned: RangeList): LooseSectors {
  const descriptors: number[] = []
  const checksumTags: number[] = []
  const udf: number[] = []
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
        else if (isUdfTag(bytes, at, offset / SECTOR)) udf.push(offset)
      }
    }
  }
  return { descriptors, checksumTags, udf }
}

/** "libisofs_checksum_tag_v1 ", and with "sb_", "tree_" or "rlsb32_" in it, begins a line of text in its own block. */
function isChecksumTag(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== 0x6c || bytes[at + 1] !== 0x69) return false
  return /^libisofs_(sb_|tree_|rlsb32_)?checksum_tag_v1 /.test(byteString(bytes, at, Math.min(at + 40, bytes.length)))
}

/**
 * A descriptor tag (ECMA-167 3/7.2): an identifier, the version, a sum of the other 15 bytes. It also says in which
 * block it stands, counted from the start of the disc or of a partition; 0 and the sum alone would be too weak.
 */
function isUdfTag(bytes: Uint8Array, at: number, block: number): boolean {
  const identifier = bytes[at]! | (bytes[at + 1]! << 8)
  const isKnown = (identifier >= 1 && identifier <= 9) || (identifier >= 256 && identifier <= 266)
  const version = bytes[at + 2]! | (bytes[at + 3]! << 8)
  if (!isKnown || (version !== 2 && version !== 3) || bytes[at + 5] !== 0) return false
  let sum = 0
  for (let index = 0; index < 16; index += 1) if (index !== 4) sum += bytes[at + index]!
  const location = bytes[at + 12]! | (bytes[at + 13]! << 8) | (bytes[at + 14]! << 16) | (bytes[at + 15]! << 24)
  return (sum & 0xff) === bytes[at + 4] && location >>> 0 <= block
}
