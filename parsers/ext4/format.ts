import { formatError } from '../bytes/source.ts'
import type { Format } from '../format.ts'
import { EXT4, isExt, openExt4 } from './index.ts'
import { SUPERBLOCK } from './superblock.ts'

/** The format ext4, and ext2 and ext3 before it. */
export const ext4: Format = {
  ...EXT4,
  recognise: (source) => (isExt(source) ? 'yes' : 'no'),
  open(source, { limits, nameTree }) {
    if (nameTree !== undefined) {
      const detail = 'an ext4 file system has one tree and no other names; only an ISO9660 image has several'
      throw formatError('UNSUPPORTED', detail, source, { structure: 'superblock', offset: SUPERBLOCK })
    }
    return openExt4(source, { limits })
  },
}
