import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { asFormatError } from '../../parsers/bytes/errors.ts'
import type { ReferenceGraph } from '../graph/reference-graph.ts'
import { type Excerpt, excerptAt } from './excerpt.ts'
import { type HashPlace, type MentionPlace, mentionsIn, type ReadFailure } from './mentions.ts'
import { hashOf } from './names.ts'
import { notReadInFull, type Owner } from './owner.ts'

/** A place and the text around its hash. */
export interface ReferencePlace extends MentionPlace {
  readonly excerpt: Excerpt
}

/** Finds where an owner refers to others, all by number: the places by the number of the other path. */
export type PlacesOf = (path: number, references: readonly number[]) => ReadonlyMap<number, readonly ReferencePlace[]>

/**
 * Searches owners for the places where they refer to others.
 * @param all return every place, and do not stop at the first
 */
export function placesIn(
  owners: ReadonlyMap<ByteString, Owner>,
  graph: ReferenceGraph,
  all: boolean,
  failed: ReadFailure,
): PlacesOf {
  return (path, references) => {
    const places = new Map<number, ReferencePlace[]>()
    const owner = owners.get(graph.keys[path]!)
    if (owner === undefined || references.length === 0) return places
    const byHash = new Map(references.map((reference) => [hashOf(graph.keys[reference]!), reference]))
    // Contents do not name the owners of some models.
    byHash.delete('')
    if (byHash.size === 0) return places
    for (const found of mentionsIn(owner, [...byHash.keys()], failed)) {
      const reference = byHash.get(found.hash)!
      const place = { ...found, excerpt: excerptOf(owner, found, failed) }
      const known = places.get(reference)
      if (known === undefined) places.set(reference, [place])
      else known.push(place)
      if (!all) break
    }
    return places
  }
}

/** The text around a hash; only the hash if we cannot read the text. */
function excerptOf(owner: Owner, place: HashPlace, failed: ReadFailure): Excerpt {
  const alone = { before: '', hash: place.hash, after: '' }
  try {
    return excerptAt(owner, place) ?? alone
  } catch (error) {
    failed(notReadInFull(owner, place.path, asFormatError(error)))
    return alone
  }
}
