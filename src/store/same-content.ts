import { type ByteString, byteString } from '../../parsers/bytes/byte-string.ts'
import type { Entry } from '../../parsers/image.ts'
import { withoutHashes } from './content-signature.ts'
import type { StoreFile } from './store-files.ts'
import { entriesOf, type StoreObject } from './store-objects.ts'

/**
 * A file whose content is compared with the hashes of store paths taken out, which is done on all of it at once. Of a
 * larger one it is true that it differs, so this is not to be set.
 */
const MAX_WITHOUT_HASHES = 1 << 26

/**
 * Makes a function that tells whether a file of one store path has the content of a file of another, but for the hashes
 * of store paths in it.
 */
export function sameContent(before: StoreObject, after: StoreObject): (before: StoreFile, after: StoreFile) => boolean {
  const entries = [before, after].map(
    (object) => new Map(Array.from(entriesOf(object), ({ entry, path }) => [path, entry])),
  )
  return (old, now) => {
    const [left, right] = [entries[0]!.get(old.path)!, entries[1]!.get(now.path)!]
    if (isEqual(chunksOf(before, left), chunksOf(after, right))) return true
    if (left.size > MAX_WITHOUT_HASHES) return false
    return withoutHashes(textOf(before, left)) === withoutHashes(textOf(after, right))
  }
}

function chunksOf({ open }: StoreObject, entry: Entry): Iterator<Uint8Array> {
  return open.reader.chunks(entry)
}

/** Compares two streams whose pieces may be cut differently. */
function isEqual(left: Iterator<Uint8Array>, right: Iterator<Uint8Array>): boolean {
  let [a, b] = [new Uint8Array(0), new Uint8Array(0)] as [Uint8Array, Uint8Array]
  for (;;) {
    if (a.length === 0) a = (left.next().value as Uint8Array | undefined) ?? a
    if (b.length === 0) b = (right.next().value as Uint8Array | undefined) ?? b
    if (a.length === 0 || b.length === 0) return a.length === b.length
    const length = Math.min(a.length, b.length)
    if (Buffer.compare(a.subarray(0, length), b.subarray(0, length)) !== 0) return false
    a = a.subarray(length)
    b = b.subarray(length)
  }
}

function textOf(object: StoreObject, entry: Entry): ByteString {
  return Array.from({ [Symbol.iterator]: () => chunksOf(object, entry) }, (chunk) => byteString(chunk)).join('')
}
