import type { ImageFile } from '../image-file.ts'
import { chosenFile } from './file-source.ts'

/** The size of a file and its time of change. They differ once a program has written to it. */
export function fileStamp(file: ImageFile): string {
  const { size, lastModified } = chosenFile(file)
  return `${size} ${lastModified}`
}
