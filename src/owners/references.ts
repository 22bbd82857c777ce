import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import { neighbours, numberOfKey, type Reference, type ReferenceGraph } from '../graph/reference-graph.ts'

/**
 * Where references come from. `registration`: the image declares those of store paths. `database`: a package manager does.
 * `scan`: we searched the contents.
 */
export type ReferencesOrigin = (typeof REFERENCES_ORIGINS)[number]

export const REFERENCES_ORIGINS = ['registration', 'scan', 'database'] as const

/** The references between the owners of an image, and where we know them from. */
export interface References {
  readonly graph: ReferenceGraph
  readonly origin: ReferencesOrigin
  /** The directory before a key in the full name of an owner, such as "/nix/store". */
  readonly directory: ByteString
  /** By key, a hash of the whole content as the image declares it: for a store path, the SHA-256 of its NAR. */
  readonly contentHashes: ReadonlyMap<ByteString, string>
  /** By key, the bytes that such a hash covers, as the image declares them. Absent if it declares none. */
  readonly contentSizes?: ReadonlyMap<ByteString, number>
  readonly warnings: readonly FormatError[]
  /** Nodes of owners that we could not read completely. They may have more references than we know. */
  readonly incomplete: readonly number[]
  /**
   * References whose hash only stands in compressed bytes. They are there by chance: nobody put them there, and the next
   * build may lose them. Absent if we did not look for them.
   */
  readonly byChance?: readonly Reference[]
}

/** The keys that an owner refers to, in byte order. */
export function referencesOf({ graph }: References, key: ByteString): ByteString[] {
  const node = numberOfKey(graph, key)
  return node < 0 ? [] : Array.from(neighbours(graph.references, node), (other) => graph.keys[other]!)
}
