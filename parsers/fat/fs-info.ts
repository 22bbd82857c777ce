import { bytes, u32le } from '../bytes/fields.ts'
import type { Problems } from '../bytes/problems.ts'
import { struct } from '../bytes/struct.ts'
import type { FatVolume } from './boot-sector.ts'

/** Counts of free clusters (fatgen 1.03, "FAT32 FSInfo Sector Structure"). They are hints, so we do not use them. */
export const fsInfo = struct('FSInfo sector', {
  leadSignature: u32le,
  reserved: bytes(480),
  structSignature: u32le,
  freeCount: u32le,
  nextFree: u32le,
  reserved2: bytes(12),
  trailSignature: u32le,
})
const LEAD = 0x4161_5252
const STRUCT = 0x6141_7272
/** The parameters of the volume: what follows the name of the maker, up to the flags that Windows changes. */
const PARAMETERS_START = 11
const PARAMETERS_END = 64

/** Checks the sectors of FAT32 that its boot sector refers to. */
export function checkReservedSectors(volume: FatVolume, problems: Problems): void {
  const { source, fsInfoOffset, backupOffset } = volume
  if (fsInfoOffset !== undefined && fsInfoOffset + fsInfo.size <= source.size) {
    const { leadSignature, structSignature } = fsInfo.read(source, fsInfoOffset)
    if (leadSignature !== LEAD || structSignature !== STRUCT) {
      problems.add('MALFORMED', 'the sector lacks the signatures of its kind', {
        structure: fsInfo.name,
        offset: fsInfoOffset,
        field: 'FSI_LeadSig',
        found: `0x${leadSignature.toString(16)}`,
        expected: `0x${LEAD.toString(16)}`,
      })
    }
  }
  if (backupOffset === undefined || backupOffset + PARAMETERS_END > source.size) return
  const length = PARAMETERS_END - PARAMETERS_START
  const primary = Uint8Array.from(source.read(PARAMETERS_START, length))
  const backup = source.read(backupOffset + PARAMETERS_START, length)
  if (primary.every((byte, index) => byte === backup[index])) return
  problems.add('MALFORMED', 'the backup differs from the boot sector, which is used', {
    structure: 'backup boot sector',
    offset: backupOffset,
  })
}
