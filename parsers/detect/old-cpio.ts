import type { ByteSource } from '../bytes/source.ts'
import { type Recogniser, textAt } from './foreign-file.ts'

/** A cpio archive with binary headers (cpio(5), Old Binary Format). We read the newer formats. */
export const recogniseOldCpio: Recogniser = (source, file) => {
  const magic = textAt(source, 0, 2)
  // The magic is only two bytes, so we also require a name of 1 to 255 bytes, in the same byte order.
  const isOld =
    (magic === '\xc7\x71' && isName(textAt(source, 20, 2))) || (magic === '\x71\xc7' && isName(reversed(source)))
  if (!isOld) return undefined
  return { what: 'a cpio archive (old binary)', advice: `cpio -t < ${file()} lists it`, offset: 0 }
}

function isName(length: string | undefined): boolean {
  return length !== undefined && length.charCodeAt(1) === 0 && length.charCodeAt(0) > 1
}

function reversed(source: ByteSource): string | undefined {
  return textAt(source, 20, 2)?.split('').reverse().join('')
}
