import { formatError } from '../bytes/source.ts'
import type { Format } from '../format.ts'
import { FAT, openFat } from './open.ts'
import { recogniseVolume } from './recognise.ts'

/** The formats FAT12, FAT16 and FAT32, with long names. */
export const fat: Format = {
  ...FAT,
  recognise: recogniseVolume,
  open(source, { limits, nameTree }) {
    if (nameTree !== undefined) {
      const detail = 'a FAT file system has one tree; only an ISO9660 image has several'
      throw formatError('UNSUPPORTED', detail, source, { structure: 'FAT boot sector', offset: 0 })
    }
    return openFat(source, { limits })
  },
}
