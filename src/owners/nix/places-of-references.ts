import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../../parsers/bytes/errors.ts'
import type { StoreGraph } from '../../graph/store-graph.ts'
import { HASH_LENGTH } from './reference-scanner.ts'
import { type ReferencePlace, referencesIn } from './references-in-object.ts'
import type { StoreObject } from './store-objects.ts'

/** Where a store path, by number, refers to some others: the places by the other's number. */
export type PlacesOf = (path: number, references: readonly number[]) => ReadonlyMap<number, readonly ReferencePlace[]>

/**
 * Looks into store paths for where they refer to others.
 * @param all every place, not only as far as the first of any
 * @param failed is told of each content that cannot be read
 */
export function placesIn(
  objects: ReadonlyMap<ByteString, StoreObject>,
  graph: StoreGraph,
  all: boolean,
  failed: (error: FormatError) => void,
): PlacesOf {
  return (path, references) => {
    const places = new Map<number, ReferencePlace[]>()
    const object = objects.get(graph.paths[path]!)
    if (object === undefined || references.length === 0) return places
    const byHash = new Map(references.map((reference) => [graph.paths[reference]!.slice(0, HASH_LENGTH), reference]))
    for (const place of referencesIn(object, [...byHash.keys()], failed)) {
      const reference = byHash.get(place.hash)!
      const known = places.get(reference)
      if (known === undefined) places.set(reference, [place])
      else known.push(place)
      if (!all) break
    }
    return places
  }
}
