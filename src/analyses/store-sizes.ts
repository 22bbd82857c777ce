import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { DominatorTree } from '../graph/dominator-tree.ts'
import { dominatorTree } from '../graph/dominators.ts'
import { retainedSizes, type SharedBytes } from '../graph/retained-sizes.ts'
import type { StoreGraph } from '../graph/store-graph.ts'
import type { Attribution } from '../inventory/attribution.ts'
import { storePathTotals } from '../inventory/store-path-totals.ts'
import type { Root } from '../owners/nix/roots.ts'

/** The sizes of all store paths of an image and what holds them in it; arrays are by path number. */
export interface StoreSizes {
  readonly graph: StoreGraph
  readonly roots: readonly Root[]
  readonly tree: DominatorTree
  /** Bytes in the image, shares of what is shared included: they add up. */
  readonly own: Float64Array
  readonly unpacked: Float64Array
  /** Bytes that go away when nothing refers to the path any more. */
  readonly retained: Float64Array
  /** Of `own`, what the path has for itself. */
  readonly exclusive: Float64Array
  /** What paths have in common; what something outside the store has too is in no one's gift, and left out. */
  readonly shared: readonly SharedBytes[]
}

/** Works out what each store path takes, and what would go with it. */
export function storeSizes(attribution: Attribution, graph: StoreGraph, roots: readonly Root[]): StoreSizes {
  const numbers = new Map<ByteString, number>(graph.paths.map((path, number) => [path, number]))
  const totals = storePathTotals(attribution.accounts)
  const own = Float64Array.from(graph.paths, (path) => totals.get(path)?.own ?? 0)
  const unpacked = Float64Array.from(graph.paths, (path) => totals.get(path)?.unpacked ?? 0)
  const exclusive = own.slice()
  const shared: SharedBytes[] = []
  for (const { storePaths, shares, others, bytes } of attribution.shared) {
    const paths = storePaths.map((storePath) => numbers.get(storePath)!)
    for (const [index, path] of paths.entries()) exclusive[path]! -= shares[index]!
    if (!others) shared.push({ paths, bytes })
  }
  const tree = dominatorTree(
    graph,
    roots.map(({ path }) => path),
  )
  return { graph, roots, tree, own, unpacked, retained: retainedSizes(tree, exclusive, shared), exclusive, shared }
}
