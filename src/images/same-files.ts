import { fileSource } from '#platform/file-source'
import type { ImageFile } from '../platform/image-file.ts'
import { isSameStream, piecesOf } from './same-bytes.ts'

/** Whether two files have the same bytes. @throws {FormatError} if we cannot read one of them */
export function sameFiles(first: ImageFile, second: ImageFile): boolean {
  const sources = [fileSource(first), fileSource(second)] as const
  try {
    const [one, other] = sources
    if (one.size !== other.size) return false
    return isSameStream(piecesOf(one, 0, one.size), piecesOf(other, 0, other.size))
  } finally {
    for (const source of sources) source.close()
  }
}
