import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { neighbours, numberOfKey, type Reference, type ReferenceGraph } from '../graph/reference-graph.ts'
import type { Mention } from '../owners/mentions.ts'
import type { CompressedScan } from './scan-compressed.ts'
import type { ReferenceScan } from './scan-references.ts'

/**
 * The references whose hash we only found in compressed bytes as they are stored. A compressor may leave a hash as it
 * is, and then Nix takes it for a reference. That is chance: the next build may compress it away.
 */
export function referencesByChance(
  graph: ReferenceGraph,
  { mentions }: ReferenceScan,
  { files }: CompressedScan,
): Reference[] {
  const rangesOf = new Map(files.map(({ owner, path, ranges }) => [fileKey(owner, path), ranges]))
  const isByChance = new Map<string, boolean>()
  for (const { from, to, path, kind, offset } of mentions) {
    const ranges = kind === 'content' ? (rangesOf.get(fileKey(from, path)) ?? []) : []
    const isCompressed = ranges.some(([start, end]) => offset >= start && offset < end)
    const key = referenceKey(from, to)
    isByChance.set(key, isCompressed && isByChance.get(key) !== false)
  }
  return graph.keys.flatMap((key, from) =>
    Array.from(neighbours(graph.references, from), (to) => ({ from, to })).filter(
      ({ to }) => to !== from && isByChance.get(referenceKey(key, graph.keys[to]!)) === true,
    ),
  )
}

/** The mentions in compressed content that are no references of the graph, in the order of the graph's names. */
export function hiddenReferences(graph: ReferenceGraph, { mentions }: CompressedScan): Mention[] {
  return mentions
    .filter(({ from, to }) => {
      const [node, other] = [numberOfKey(graph, from), numberOfKey(graph, to)]
      return from !== to && node >= 0 && !neighbours(graph.references, node).includes(other)
    })
    .sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to))
}

function compare(a: ByteString, b: ByteString): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function fileKey(owner: ByteString, path: ByteString): string {
  return `${owner}/${path}`
}

/** Keys have no slash. */
function referenceKey(from: ByteString, to: ByteString): string {
  return `${from}/${to}`
}
