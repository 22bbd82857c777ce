import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { referenceGraph } from '../graph/reference-graph.ts'
import { STORE_DIRECTORY } from '../owners/nix/store-path.ts'
import type { StoreReferences } from '../owners/nix/store-references.ts'
import type { ReferenceScan } from './scan-references.ts'

/**
 * The graph that Nix would make of the same bytes: every mention is a reference, also one in a name.
 * @param storePaths base names of the paths in the image, in byte order
 */
export function scannedReferences(
  { mentions, failures }: ReferenceScan,
  storePaths: readonly ByteString[],
): StoreReferences {
  const numbers = new Map(storePaths.map((path, number) => [path, number]))
  const edges = mentions.flatMap(({ from, to }) => [numbers.get(from)!, numbers.get(to)!])
  return {
    graph: referenceGraph(storePaths, edges),
    origin: 'scan',
    storeDirectory: STORE_DIRECTORY,
    narHashes: new Map(),
    warnings: failures.map(({ error }) => error),
    incomplete: [...new Set(failures.map(({ path }) => numbers.get(path)!))],
  }
}
