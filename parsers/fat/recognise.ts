import type { ByteSource } from '../bytes/source.ts'
import { readVolume } from './boot-sector.ts'

/** Whether a source is a FAT file system. One that is cut short before its first cluster is damaged. */
export function recogniseVolume(source: ByteSource): 'yes' | 'damaged' | 'no' {
  const volume = readVolume(source)
  if (volume === undefined) return 'no'
  return volume.dataOffset <= source.size ? 'yes' : 'damaged'
}
