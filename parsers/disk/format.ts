import { formatError } from '../bytes/source.ts'
import type { Format } from '../format.ts'
import { readDiskTable } from './disk-table.ts'
import { DISK, openDisk } from './open.ts'

/**
 * Disk images with a master boot record or a GUID partition table. Hybrid discs and FAT file systems may begin like one,
 * so their formats are tried first.
 */
export const disk: Format = {
  ...DISK,
  recognise: (source) => (readDiskTable(source) === undefined ? 'no' : 'yes'),
  open(source, { limits, nameTree }) {
    if (nameTree !== undefined) {
      const detail = 'a disk image has no names; only an ISO9660 image has several trees'
      throw formatError('UNSUPPORTED', detail, source, { structure: 'master boot record', offset: 0 })
    }
    return openDisk(source, { limits })
  },
}
