import { type Format, refuseNameTree } from '../format.ts'
import { FAT, openFat } from './open.ts'
import { recogniseVolume } from './recognise.ts'

/** The formats FAT12, FAT16 and FAT32, with long names. */
export const fat: Format = {
  ...FAT,
  recognise: recogniseVolume,
  open(source, { limits, nameTree }) {
    refuseNameTree(FAT, nameTree, source, { structure: 'FAT boot sector', offset: 0 })
    return openFat(source, { limits })
  },
}
