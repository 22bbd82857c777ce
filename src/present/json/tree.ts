import type { GraphSizes } from '../../analyses/graph-sizes.ts'
import { closureSizes } from '../../graph/closure-sizes.ts'
import { ROOT, UNREACHABLE } from '../../graph/dominator-tree.ts'
import { neighbours } from '../../graph/reference-graph.ts'
import { fullNameOf, isPackage } from '../../owners/names.ts'
import type { ContentNames } from '../../owners/owner.ts'
import type { References } from '../../owners/references.ts'
import { printable } from '../text/printable.ts'
import { contentJson } from './content-name.ts'
import { jsonText } from './json-text.ts'
import { ownerJson, ownersJson } from './owner.ts'
import { rootJson } from './roots.ts'

/** The dominator tree as JSON: a row for each store path or package, sizes in bytes. */
export function treeJson(sizes: GraphSizes, references: References, contents?: ContentNames): string {
  const { graph, roots, tree, own, unpacked, exclusive, retained } = sizes
  const closure = closureSizes(graph, own)
  const nameOf = (path: number): string => printable(fullNameOf(references, path))
  const rowJson = (path: number): object => ({
    ...ownerJson(graph.keys[path]!, references.directory),
    ...contentJson(contents?.get(graph.keys[path]!)),
    own: own[path],
    itself: exclusive[path],
    unpacked: unpacked[path],
    retained: retained[path],
    closure: closure[path],
    reached: tree.parent[path] !== UNREACHABLE,
    dominator: tree.parent[path]! >= 0 ? nameOf(tree.parent[path]!) : null,
    isRoot: tree.parent[path] === ROOT && roots.some((root) => root.node === path),
    references: [...neighbours(graph.references, path)].filter((reference) => reference !== path).map(nameOf),
  })
  const nodes = Array.from(graph.keys, (_, path) => path)
  return `${jsonText({
    schema: 'isoscope/tree@2',
    referencesFrom: references.origin,
    roots: roots.map((root) => rootJson(root, graph.keys[root.node]!, references.directory)),
    ...ownersJson(nodes, (path) => graph.keys[path]!, graph.keys.some(isPackage), rowJson),
  })}\n`
}
