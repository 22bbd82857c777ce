import { statSync } from 'node:fs'
import type { ImageFile } from '../image-file.ts'
import { pathOf } from './file-source.ts'

/** The size of a file and its times of change. They differ once a program has written to it. */
export function fileStamp(file: ImageFile): string {
  const { size, mtimeNs, ctimeNs } = statSync(pathOf(file), { bigint: true })
  return `${size} ${mtimeNs} ${ctimeNs}`
}
