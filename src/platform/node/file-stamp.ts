import { statSync } from 'node:fs'
import type { ImageFile } from '../image-file.ts'
import { pathOf, remoteFile } from './file-source.ts'
import { httpStamp } from './http-source.ts'

/**
 * The size of a file and its times of change, or what a server tells in place of these. They differ once a program has
 * written to it.
 * @throws the system's error; a FormatError if a server does not tell
 */
export function fileStamp(file: ImageFile): string {
  const remote = remoteFile(file)
  if (remote !== undefined) return httpStamp(remote)
  const { size, mtimeNs, ctimeNs } = statSync(pathOf(file), { bigint: true })
  return `${size} ${mtimeNs} ${ctimeNs}`
}
