import { formatError } from '../bytes/source.ts'
import type { Format } from '../format.ts'
import { openSquashfs, SQUASHFS } from './index.ts'
import { isPlausible, startsLikeSquashfs, tableRanges } from './superblock.ts'

/** The format squashfs 4.0. */
export const squashfs: Format = {
  ...SQUASHFS,
  recognise(source) {
    if (!startsLikeSquashfs(source)) return 'no'
    return isPlausible(source) ? 'yes' : 'damaged'
  },
  open(source, { decompressors, limits, nameTree }) {
    if (nameTree !== undefined) {
      const detail = 'a squashfs has one tree and no other names; only an ISO9660 image has several'
      throw formatError('UNSUPPORTED', detail, source, { structure: 'superblock', offset: 0 })
    }
    return openSquashfs(source, { decompressors, limits })
  },
  tableRanges,
}
