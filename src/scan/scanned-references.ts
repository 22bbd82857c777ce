import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { referenceGraph } from '../graph/reference-graph.ts'
import type { References } from '../owners/references.ts'
import type { ReferenceScan } from './scan-references.ts'

/**
 * The graph that Nix would make of the same bytes: every mention is a reference, also one in a name.
 * @param keys of the owners in the image, in byte order
 * @param directory the directory before a key in a full name
 */
export function scannedReferences(
  { mentions, failures }: ReferenceScan,
  keys: readonly ByteString[],
  directory: ByteString,
): References {
  const nodes = new Map(keys.map((key, node) => [key, node]))
  const edges = mentions.flatMap(({ from, to }) => [nodes.get(from)!, nodes.get(to)!])
  return {
    graph: referenceGraph(keys, edges),
    origin: 'scan',
    directory,
    contentHashes: new Map(),
    warnings: failures.map(({ error }) => error),
    incomplete: [...new Set(failures.map(({ owner }) => nodes.get(owner)!))],
  }
}
