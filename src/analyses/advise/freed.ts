import { freedBy } from '../../graph/cuts.ts'
import { bytesFreed } from '../../graph/freed-bytes.ts'
import { bytesBeside, type GraphSizes } from '../graph-sizes.ts'
import { type FreedPart, type Removed, together } from './removed.ts'

/** What an image loses if some things are removed from it. */
export interface Freed {
  /** Bytes of the image, as it is packed now. */
  readonly bytes: number
  /** Nodes that the roots no longer reach; ascending. */
  readonly nodes: readonly number[]
  /** Files and parts of files that go besides. */
  readonly parts: readonly FreedPart[]
}

/** Computes what goes, from the references between store paths. */
export function freedWithout(all: readonly Removed[], sizes: GraphSizes): Freed {
  const { references, unrooted, withBoot, parts } = together(all)
  const roots = sizes.roots.map(({ node }) => node)
  const isUnrooted = new Set(unrooted)
  const left = isUnrooted.size === 0 ? roots : roots.filter((node) => !isUnrooted.has(node))
  const nodes = references.length + unrooted.length === 0 ? [] : freedBy(sizes.graph, roots, references, left)
  const isFreed = new Set(nodes)
  const others = parts.filter(({ owner }) => owner === undefined || !isFreed.has(owner))
  const inStore = bytesFreed(nodes, sizes.held, sizes.shared)
  const beside = others.reduce((sum, { bytes }) => sum + bytes, 0)
  const copies = withBoot ? nodes.reduce((sum, node) => sum + bytesBeside(sizes, node), 0) : 0
  return { bytes: inStore + beside + copies, nodes, parts: others }
}
