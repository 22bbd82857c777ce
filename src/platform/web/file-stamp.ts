import type { ImageFile } from '../image-file.ts'
import { chosenFile } from './file-source.ts'
import { httpStamp } from './http-source.ts'

/**
 * The size of a file and its time of change, or what a server tells in place of these. They differ once a program has
 * written to it.
 */
export function fileStamp(file: ImageFile): string {
  if (typeof file === 'object' && 'url' in file) return httpStamp(file)
  const { size, lastModified } = chosenFile(file)
  return `${size} ${lastModified}`
}
