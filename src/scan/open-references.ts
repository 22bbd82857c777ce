import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { FormatError } from '../../parsers/bytes/errors.ts'
import type { OpenImage } from '../image/open-image.ts'
import { storeGraph } from '../store/store-graph.ts'
import type { StoreObject } from '../store/store-objects.ts'
import { registeredReferences, type StoreReferences } from '../store/store-references.ts'
import { type ReferenceScan, type ScanOptions, scanReferences } from './scan-references.ts'

/** What the references of an image are to rest on; `auto` is its registration where it has one that can be read. */
export type ReferencesFrom = 'auto' | 'registration' | 'scan'

/**
 * The references between the store paths of an image.
 * @returns undefined when a registration is asked for and the image has none
 * @throws {FormatError} when a registration is asked for and cannot be read
 */
export async function openReferences(
  open: OpenImage,
  objects: ReadonlyMap<ByteString, StoreObject>,
  from: ReferencesFrom,
  options: ScanOptions,
): Promise<StoreReferences | undefined> {
  if (from === 'scan') return scannedReferences(await scanReferences(open, objects, options), objects)
  try {
    const registered = registeredReferences(open, objects)
    if (registered !== undefined || from === 'registration') return registered
  } catch (error) {
    if (!(error instanceof FormatError) || from === 'registration') throw error
    const scanned = scannedReferences(await scanReferences(open, objects, options), objects)
    return { ...scanned, warnings: [error, ...scanned.warnings] }
  }
  return scannedReferences(await scanReferences(open, objects, options), objects)
}

/** The graph that Nix would have made of the same bytes: every mention is a reference, one in a name too. */
export function scannedReferences(
  { mentions, failures }: ReferenceScan,
  objects: ReadonlyMap<ByteString, StoreObject>,
): StoreReferences {
  const paths = [...objects.keys()]
  const numbers = new Map(paths.map((path, number) => [path, number]))
  const edges = mentions.flatMap(({ from, to }) => [numbers.get(from)!, numbers.get(to)!])
  return {
    graph: storeGraph(paths, edges),
    origin: 'scan',
    storeDirectory: '/nix/store',
    warnings: failures.map(({ error }) => error),
    incomplete: [...new Set(failures.map(({ path }) => numbers.get(path)!))],
  }
}
