import { type ByteString, bytesOf } from '../../parsers/bytes/byte-string.ts'
import { HASH_LENGTH, type ReferenceScanner } from '../store/reference-scanner.ts'
import { entriesOf, type StoreObject } from '../store/store-objects.ts'

/** The first occurrence of a hash in a name or in a symlink's target. */
export interface TextOccurrence {
  readonly object: StoreObject
  /** Path inside the object; '' for the object itself. */
  readonly path: ByteString
  readonly kind: 'target' | 'name'
  /** Its number in the scanner. */
  readonly hash: number
  readonly offset: number
}

/** Looks for hashes in all names and symlink targets of store objects. */
export function scanTexts(objects: Iterable<StoreObject>, scanner: ReferenceScanner): readonly TextOccurrence[] {
  const occurrences: TextOccurrence[] = []
  for (const object of objects) {
    for (const { entry, path } of entriesOf(object)) {
      const inText = (text: ByteString, kind: TextOccurrence['kind']): void => {
        if (text.length < HASH_LENGTH) return
        const seen = new Set<number>()
        scanner.scan(bytesOf(text), 0, text.length, (hash, offset) => {
          if (!seen.has(hash)) occurrences.push({ object, path, kind, hash, offset })
          seen.add(hash)
        })
      }
      // The object's own name is not part of its NAR.
      if (path !== '') inText(entry.name, 'name')
      if (entry.target !== undefined) inText(entry.target, 'target')
    }
  }
  return occurrences
}
