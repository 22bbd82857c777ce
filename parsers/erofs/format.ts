import { formatError } from '../bytes/source.ts'
import type { Format } from '../format.ts'
import { EROFS, openErofs } from './index.ts'
import { isPlausible, SUPER_OFFSET, startsLikeErofs } from './superblock.ts'

/** The format EROFS, the Enhanced Read-Only File System of Linux. */
export const erofs: Format = {
  ...EROFS,
  recognise(source) {
    if (!startsLikeErofs(source)) return 'no'
    return isPlausible(source) ? 'yes' : 'damaged'
  },
  open(source, { decompressors, limits, nameTree }) {
    if (nameTree !== undefined) {
      const detail = 'an EROFS image has one tree and no other names; only an ISO9660 image has several'
      throw formatError('UNSUPPORTED', detail, source, { structure: 'superblock', offset: SUPER_OFFSET })
    }
    return openErofs(source, { decompressors, limits })
  },
}
