import { type ByteSource, readAhead } from '../bytes/source.ts'
import { type Format, refuseNameTree } from '../format.ts'
import { openSquashfs, SQUASHFS } from './index.ts'
import { isPlausible, startsLikeSquashfs, tableRanges } from './superblock.ts'

/** All tables lie together, and we begin with the last ones. */
function readTablesAhead(source: ByteSource): void {
  try {
    for (const { start, end } of tableRanges(source)) readAhead(source, start, end - start)
  } catch {
    // Whoever opens the image meets the same problem, and tells it.
  }
}

/** The format squashfs 4.0. */
export const squashfs: Format = {
  ...SQUASHFS,
  recognise(source) {
    if (!startsLikeSquashfs(source)) return 'no'
    readTablesAhead(source)
    return isPlausible(source) ? 'yes' : 'damaged'
  },
  open(source, { decompressors, limits, nameTree }) {
    refuseNameTree(SQUASHFS, nameTree, source, { structure: 'superblock', offset: 0 })
    return openSquashfs(source, { decompressors, limits })
  },
  tableRanges,
}
