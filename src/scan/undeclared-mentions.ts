import { nextTurn } from '#platform/next-turn'
import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { firstMentions, type MentionPlace } from '../owners/mentions.ts'
import { hashOf } from '../owners/names.ts'
import type { Owner } from '../owners/owner.ts'
import { type References, referencesOf } from '../owners/references.ts'

/** The most owners that we search again. An image whose declaration lacks everything would be read twice. */
const MOST_SEARCHED = 100

/**
 * Finds where mentions stand that an image does not declare as references. Owners that have none are not searched.
 * @param mentions for each owner, the keys that it mentions
 * @returns for each owner the first place of each such mention, by key. Mentions without a place were not found again.
 */
export async function undeclaredMentions(
  owners: ReadonlyMap<ByteString, Owner>,
  mentions: ReadonlyMap<ByteString, readonly ByteString[]>,
  declared: References | undefined,
): Promise<ReadonlyMap<ByteString, ReadonlyMap<ByteString, MentionPlace>>> {
  const all = new Map<ByteString, ReadonlyMap<ByteString, MentionPlace>>()
  for (const [key, owner] of declared === undefined ? [] : owners) {
    if (!declared!.contentHashes.has(key)) continue
    const known = new Set(referencesOf(declared!, key))
    const undeclared = (mentions.get(key) ?? []).filter((mention) => !known.has(mention))
    if (undeclared.length === 0) continue
    if (all.size >= MOST_SEARCHED) break
    // What cannot be read has been told.
    const places = firstMentions(owner, [...new Set(undeclared.map(hashOf))], () => {})
    all.set(key, placesOf(undeclared, places))
    // Lets the process handle signals.
    await nextTurn()
  }
  return all
}

function placesOf(
  keys: readonly ByteString[],
  places: ReadonlyMap<ByteString, MentionPlace>,
): ReadonlyMap<ByteString, MentionPlace> {
  const found = new Map<ByteString, MentionPlace>()
  for (const key of keys) {
    const place = places.get(hashOf(key))
    if (place !== undefined) found.set(key, place)
  }
  return found
}
