import { type Format, refuseNameTree } from '../format.ts'
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
    refuseNameTree(EROFS, nameTree, source, { structure: 'superblock', offset: SUPER_OFFSET })
    return openErofs(source, { decompressors, limits })
  },
}
