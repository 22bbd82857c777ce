import { type Format, refuseNameTree } from '../format.ts'
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
    refuseNameTree(DISK, nameTree, source, { structure: 'master boot record', offset: 0 })
    return openDisk(source, { limits })
  },
}
