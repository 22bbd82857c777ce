import type { GraphSizes } from '../../analyses/graph-sizes.ts'
import { closureSizes } from '../../graph/closure-sizes.ts'
import { ROOT, UNREACHABLE } from '../../graph/dominator-tree.ts'
import { neighbours } from '../../graph/reference-graph.ts'
import { fullNameOf } from '../../owners/names.ts'
import type { ContentNames } from '../../owners/owner.ts'
import type { References } from '../../owners/references.ts'
import { printable } from '../text/printable.ts'
import { contentJson } from './content-name.ts'
import { jsonText } from './json-text.ts'
import { rootJson } from './roots.ts'

/** The dominator tree as JSON: a row for each store path, sizes in bytes. */
export function treeJson(sizes: GraphSizes, references: References, contents?: ContentNames): string {
  const { graph, roots, tree, own, unpacked, exclusive, retained } = sizes
  const closure = closureSizes(graph, own)
  const nameOf = (path: number): string => printable(fullNameOf(references, path))
  return `${jsonText({
    schema: 'isoscope/tree@2',
    referencesFrom: references.origin,
    roots: roots.map((root) => rootJson(root, nameOf(root.node))),
    storePaths: graph.keys.map((key, path) => ({
      path: nameOf(path),
      ...contentJson(contents?.get(key)),
      own: own[path],
      itself: exclusive[path],
      unpacked: unpacked[path],
      retained: retained[path],
      closure: closure[path],
      reached: tree.parent[path] !== UNREACHABLE,
      dominator: tree.parent[path]! >= 0 ? nameOf(tree.parent[path]!) : null,
      isRoot: tree.parent[path] === ROOT && roots.some((root) => root.node === path),
      references: [...neighbours(graph.references, path)].filter((reference) => reference !== path).map(nameOf),
    })),
  })}\n`
}
