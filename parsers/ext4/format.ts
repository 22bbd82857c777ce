import { type Format, refuseNameTree } from '../format.ts'
import { EXT4, isExt, openExt4 } from './index.ts'
import { SUPERBLOCK } from './superblock.ts'

/** The format ext4, and ext2 and ext3 before it. */
export const ext4: Format = {
  ...EXT4,
  recognise: (source) => (isExt(source) ? 'yes' : 'no'),
  open(source, { limits, nameTree }) {
    refuseNameTree(EXT4, nameTree, source, { structure: 'superblock', offset: SUPERBLOCK })
    return openExt4(source, { limits })
  },
}
