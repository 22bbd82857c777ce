import { type ByteString, byteString } from '../../parsers/bytes/byte-string.ts'
import { asFormatError } from '../../parsers/bytes/errors.ts'
import type { Entry } from '../../parsers/image.ts'
import { contentSource } from '../images/content-reader.ts'
import type { OpenImage } from '../images/open-image.ts'
import { entryFinder } from '../owners/package-files.ts'
import { rootOf } from '../owners/root-file-system.ts'

/** No file that describes an image is larger: most have half a KiB. */
const MAX_SIZE = 1 << 16

/** The content of a small file that describes its image; undefined if it is no such file, or damaged. */
export function smallText({ reader }: OpenImage, entry: Entry): ByteString | undefined {
  if (entry.type !== 'file' || entry.size > MAX_SIZE) return undefined
  try {
    const source = contentSource(reader, entry)
    return byteString(source.read(0, source.size))
  } catch (error) {
    // The report of the image mentions the damage.
    asFormatError(error)
    return undefined
  }
}

/** The same for a path in an image. Links to directories on the way are followed. */
export function smallTextAt(image: OpenImage, path: ByteString): ByteString | undefined {
  const at = entryFinder(rootOf(image)).find(path)
  return at && smallText(at.open, at.open.image.tree.entry(at.index))
}
