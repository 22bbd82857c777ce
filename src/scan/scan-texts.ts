import { type ByteString, bytesOf } from '../../parsers/bytes/byte-string.ts'
import type { MentionPlace } from '../owners/mentions.ts'
import { HASH_LENGTH, type ReferenceScanner } from '../owners/nix/reference-scanner.ts'
import { entriesOf, type Owner } from '../owners/owner.ts'

/** The first occurrence of a hash in a name or in a symlink's target. */
export interface TextOccurrence extends MentionPlace {
  readonly owner: Owner
  /** The number of the hash in the scanner. */
  readonly hash: number
}

/** Searches all names and symlink targets of owners for hashes. */
export function scanTexts(owners: Iterable<Owner>, scanner: ReferenceScanner): readonly TextOccurrence[] {
  const occurrences: TextOccurrence[] = []
  for (const owner of owners) {
    for (const { entry, path } of entriesOf(owner)) {
      const { name, target } = entry
      // The owner's own name is not part of its NAR.
      if (path !== '' && name.length >= HASH_LENGTH) {
        for (const found of firstIn(name, scanner)) occurrences.push({ owner, path, kind: 'name', ...found })
      }
      if (target !== undefined && target.length >= HASH_LENGTH) {
        for (const found of firstIn(target, scanner)) occurrences.push({ owner, path, kind: 'target', ...found })
      }
    }
  }
  return occurrences
}

/** The first occurrence of each hash in a text, by its number in the scanner. */
export function firstIn(
  text: ByteString,
  scanner: ReferenceScanner,
): readonly Pick<TextOccurrence, 'hash' | 'offset'>[] {
  const found: { hash: number; offset: number }[] = []
  scanner.scan(bytesOf(text), 0, text.length, (hash, offset) => {
    if (!found.some((one) => one.hash === hash)) found.push({ hash, offset })
  })
  return found
}
