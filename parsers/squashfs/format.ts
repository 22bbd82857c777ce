import { type Format, refuseNameTree } from '../format.ts'
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
    refuseNameTree(SQUASHFS, nameTree, source, { structure: 'superblock', offset: 0 })
    return openSquashfs(source, { decompressors, limits })
  },
  tableRanges,
}
