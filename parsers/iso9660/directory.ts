import { type DirectoryRecord, RECORD_HEADER, readDirectoryRecord, u32le } from './directory-record.ts'
import type { Volume } from './volume.ts'
import { SECTOR } from './volume-descriptor.ts'

/** Bytes to read at a time, so that a directory's size field does not decide how much memory we take. */
const CHUNK = 32 * SECTOR
/** We give up a directory after this many sectors without a record, because it is not a directory there. */
const BARREN_SECTORS = 32

/**
 * Bytes of directories that a walk may still read. Without it, overlapping directories would make the walk quadratic.
 */
export interface DirectoryBudget {
  left: number
}

/**
 * The records of a directory's extent, including '.' and '..'. Records never cross a sector (ECMA-119 6.8.1.1). A zero
 * length byte, or a record that cannot be one, leads to the next sector.
 */
export function* directoryRecords(
  volume: Volume,
  offset: number,
  size: number,
  budget: DirectoryBudget,
): Generator<DirectoryRecord> {
  const { source, warnings } = volume
  const end = Math.min(offset + size, source.size)
  if (offset + size > source.size) {
    warnings.lose('TRUNCATED', 'a directory lies beyond the end of the image or continues there', {
      structure: 'directory',
      offset,
      found: Math.max(source.size - offset, 0),
      expected: size,
    })
  }
  let barren = 0
  for (let chunk = offset; chunk < end; chunk += CHUNK) {
    const bytes = source.read(chunk, Math.min(CHUNK, end - chunk))
    budget.left -= bytes.length
    if (budget.left < 0) {
      warnings.lose('LIMIT', 'the directories are larger than the image; the rest is not read', {
        structure: 'directory',
        offset: chunk,
      })
      return
    }
    for (let sector = 0; sector < bytes.length; sector += SECTOR) {
      const sectorEnd = Math.min(sector + SECTOR, bytes.length)
      let at = sector
      while (at < sectorEnd) {
        const length = bytes[at]!
        if (length === 0) break
        const problem = recordProblem(bytes, at, length, sectorEnd)
        if (problem !== undefined) {
          warnings.lose('MALFORMED', `${problem}; the rest of its sector is skipped`, {
            structure: 'directory record',
            offset: chunk + at,
            found: length,
          })
          break
        }
        yield readDirectoryRecord(volume, bytes, at, at + length, chunk + at)
        at += length
      }
      barren = at === sector ? barren + 1 : 0
      if (barren === BARREN_SECTORS) {
        warnings.lose('MALFORMED', `a directory is left after ${BARREN_SECTORS} sectors without a record`, {
          structure: 'directory',
          offset,
          expected: size,
        })
        return
      }
    }
  }
}

/**
 * Bytes of the directory at `offset`. Linux and libisofs trust its own record, '.', and not the record that leads to
 * it. So if these two give different numbers of sectors, we take '.' if it is possible.
 * @param stated the size in the record that leads to it
 */
export function directorySize({ source, blockSize, warnings }: Volume, offset: number, stated: number): number {
  if (offset + RECORD_HEADER + 1 > source.size) return stated
  const self = source.read(offset, RECORD_HEADER + 1)
  if (self[0]! <= RECORD_HEADER || self[32] !== 1 || self[33] !== 0) return stated
  const extent = u32le(self, 2) + self[1]!
  const size = u32le(self, 10)
  if (extent * blockSize !== offset || size === 0 || size > source.size - offset) return stated
  // Within a sector some writers count to the last record, and others to the sector's end.
  if (Math.ceil(size / SECTOR) === Math.ceil(stated / SECTOR)) return Math.max(size, stated)
  warnings.add('MALFORMED', 'the size in the directory’s own record differs from that in its parent; its own is used', {
    structure: 'directory',
    offset,
    field: 'Data Length',
    found: stated,
    expected: size,
  })
  return size
}

/** Why the bytes at `at` cannot be a directory record (ECMA-119 9.1.1, 9.1.11). */
function recordProblem(bytes: Uint8Array, at: number, length: number, sectorEnd: number): string | undefined {
  if (length <= RECORD_HEADER) return 'the record is shorter than 34 bytes'
  if (at + length > sectorEnd) return 'the record crosses the end of its sector'
  const name = bytes[at + 32]!
  if (name === 0) return 'the record has no file identifier'
  if (RECORD_HEADER + name > length) return 'the file identifier is longer than its record'
  return undefined
}
