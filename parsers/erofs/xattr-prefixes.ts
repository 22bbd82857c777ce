import { type ByteString, byteString } from '../bytes/byte-string.ts'
import { formatError } from '../bytes/source.ts'
import { type ContentParts, packedContent } from './content.ts'
import { COMPAT } from './features.ts'
import { hasIncompat } from './superblock.ts'
import { shortPrefix } from './xattr.ts'

/** The long prefixes of attribute names, and where they lie. */
export interface XattrPrefixes {
  readonly prefixes: readonly ByteString[]
  /** Their bytes in the image; undefined if they lie in the packed inode, or if there are none. */
  readonly range: { readonly offset: number; readonly length: number } | undefined
}

export const NO_PREFIXES: XattrPrefixes = { prefixes: [], range: undefined }

/** A length has 16 bits, and 0 stands for the next number. */
const LARGEST = 2 ** 16

/**
 * Reads the long prefixes: each has a length, the index of a short prefix, and what follows that
 * (kernel: erofs_xattr_prefixes_init). They are aligned to 4 bytes.
 * @throws {FormatError} when they leave the image or the packed inode
 */
export function readXattrPrefixes(parts: ContentParts): XattrPrefixes {
  const { superblock, source } = parts.volume
  const { xattrPrefixCount, xattrPrefixStart, featureCompat } = superblock
  if (xattrPrefixCount === 0 || !hasIncompat(superblock, 'xattrPrefixes')) return NO_PREFIXES
  const start = xattrPrefixStart * 4
  const isPacked = parts.packed !== undefined && (featureCompat & COMPAT.plainXattrPrefixes) === 0
  const most = xattrPrefixCount * (LARGEST + 4)
  const bytes = isPacked
    ? packedContent(parts, start, most)
    : source.read(Math.min(start, source.size), Math.min(most, Math.max(source.size - start, 0)))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const prefixes: ByteString[] = []
  let at = 0
  for (let index = 0; index < xattrPrefixCount; index += 1) {
    at = Math.ceil(at / 4) * 4
    const length = at + 2 > bytes.length ? LARGEST : view.getUint16(at, true) || LARGEST
    const end = at + 2 + length
    if (end > bytes.length) {
      throw formatError('TRUNCATED', 'a prefix of attribute names does not lie in the file', source, {
        structure: 'long xattr prefixes',
        offset: Math.min(isPacked ? 0 : start, source.size),
        found: length,
      })
    }
    prefixes.push((shortPrefix(bytes[at + 2]!) ?? '') + byteString(bytes, at + 3, end))
    at = end
  }
  return { prefixes, range: isPacked ? undefined : { offset: start, length: at } }
}
