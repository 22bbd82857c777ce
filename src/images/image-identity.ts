import { fileSource } from '#platform/file-source'
import { fileStamp } from '#platform/file-stamp'
import { startHash } from '#platform/running-hash'
import type { ImageFile } from '../platform/image-file.ts'
import { shownUrl } from '../platform/remote-file.ts'
import { addTables, addText, addTree } from './image-tables.ts'
import { locateImage } from './locate-image.ts'
import type { OpenImage } from './open-image.ts'

/**
 * Identifies an image file for the cache, in hexadecimal: its `fileIdentity`, and a SHA-256 over that and the tables of
 * the images in it. The times include ctime, because all files of a Nix store have the same mtime. `contentIdentity` is
 * the one without names and times.
 * @param open opens the image if its format has no tables in one place
 * @throws {FormatError} if we cannot read the tables; the system's error if we cannot open the file
 */
export function imageIdentity(from: ImageFile, offset: number, open: () => OpenImage): string {
  // A server says by itself whether the file is another one.
  if (typeof from === 'object' && 'url' in from) return fileIdentity(from, offset)
  const file = fileSource(from)
  try {
    const hash = startHash('sha256')
    const located = locateImage(file, offset, file.name)
    const { container, compression } = located
    const known = fileIdentity(from, offset)
    addText(hash, JSON.stringify([known, container ?? compression ?? null]))
    addTables(hash, located, open, addTree)
    return known + hash.digest()
  } finally {
    file.close()
  }
}

/**
 * What `imageIdentity` begins with: half a SHA-256, in hexadecimal, over the name, the size and the times of change of the
 * file. We do not open it.
 * @throws the system's error
 */
export function fileIdentity(from: ImageFile, offset: number): string {
  const name = typeof from === 'string' ? from : 'url' in from ? shownUrl(from.url) : from.name
  const hash = startHash('sha256')
  addText(hash, JSON.stringify([name, fileStamp(from), offset]))
  return hash.digest().slice(0, 32)
}
