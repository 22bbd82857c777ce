import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { asFormatError, type FormatError } from '../../../parsers/bytes/errors.ts'
import { HASH_LENGTH, ReferenceScanner, ReferenceStream } from './reference-scanner.ts'
import { entriesOf, notReadInFull, type StoreObject } from './store-objects.ts'

/** A place in a store object where a hash stands. */
export interface MentionPlace {
  /** Path inside the store object; '' for the object itself. */
  readonly path: ByteString
  readonly kind: 'target' | 'content' | 'name'
  /** Byte offset in the target, the content or the name. */
  readonly offset: number
}

/** Of several places for one hash the first kind is told: it says most, and costs least to find. */
export const KINDS: readonly MentionPlace['kind'][] = ['target', 'content', 'name']

/**
 * The first place of each hash in a store object: in a symlink's target, else in a content, else in a name, each kind in
 * the order of a NAR. Contents are read no further than to the last of the hashes; where one cannot be read the next goes
 * on.
 * @param hashes 32 characters each, no two alike
 * @param failed is told of each content that cannot be read
 */
export function firstMentions(
  object: StoreObject,
  hashes: readonly ByteString[],
  failed: (error: FormatError) => void,
): ReadonlyMap<ByteString, MentionPlace> {
  const found = new Map<ByteString, MentionPlace>()
  const missing = (): ByteString[] => hashes.filter((hash) => !found.has(hash))
  const inText = (text: ByteString, path: ByteString, kind: MentionPlace['kind']): void => {
    if (text.length < HASH_LENGTH) return
    for (const hash of missing()) {
      const offset = text.indexOf(hash)
      if (offset >= 0) found.set(hash, { path, kind, offset })
    }
  }
  const entries = [...entriesOf(object)]
  for (const { entry, path } of entries) if (entry.target !== undefined) inText(entry.target, path, 'target')
  let wanted = missing()
  let scanner = new ReferenceScanner(wanted)
  for (const { entry, path } of entries) {
    if (wanted.length === 0) return found
    if (entry.type !== 'file' || entry.size < HASH_LENGTH) continue
    const first = new Map<number, number>()
    const stream = new ReferenceStream(scanner, (hash, offset) => {
      if (!first.has(hash)) first.set(hash, offset)
    })
    try {
      for (const chunk of object.open.reader.chunks(entry)) {
        stream.push(chunk)
        if (first.size === wanted.length) break
      }
    } catch (error) {
      failed(notReadInFull(object, path, asFormatError(error)))
    }
    if (first.size === 0) continue
    for (const [hash, offset] of first) found.set(wanted[hash]!, { path, kind: 'content', offset })
    wanted = missing()
    scanner = new ReferenceScanner(wanted)
  }
  // The object's own name is not part of its NAR.
  for (const { entry, path } of entries) if (path !== '') inText(entry.name, path, 'name')
  return found
}
