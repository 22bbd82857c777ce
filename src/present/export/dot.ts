import type { GraphSizes } from '../../analyses/graph-sizes.ts'
import { UNREACHABLE } from '../../graph/dominator-tree.ts'
import { neighbours } from '../../graph/reference-graph.ts'
import { ownerLabels } from '../text/owner-labels.ts'
import { printable } from '../text/printable.ts'
import { formatBytes, type Unit } from '../units.ts'

/** The references between store paths for Graphviz: a box for each path, roots bold, unreached paths grey. */
export function* dotExport({ graph, roots, tree, own, retained }: GraphSizes, unit: Unit): Generator<string> {
  const isRoot = new Set(roots.map(({ node }) => node))
  yield 'digraph references {\n  rankdir=LR\n  node [shape=box, fontname="sans-serif"]\n'
  const labelOf = ownerLabels(graph.keys)
  for (const [path, key] of graph.keys.entries()) {
    const label = `${labelOf(key)}\\nown ${formatBytes(own[path]!, unit)}, retained ${formatBytes(retained[path]!, unit)}`
    const style = isRoot.has(path) ? ', style=bold' : tree.parent[path] === UNREACHABLE ? ', color=grey' : ''
    yield `  ${quoted(key)} [label="${label.replace(/["]/g, '\\"')}"${style}]\n`
  }
  for (const [path, key] of graph.keys.entries()) {
    for (const reference of neighbours(graph.references, path)) {
      if (reference !== path) yield `  ${quoted(key)} -> ${quoted(graph.keys[reference]!)}\n`
    }
  }
  yield '}\n'
}

/** An identifier in quotes (Graphviz: The DOT Language). */
function quoted(key: string): string {
  return `"${printable(key).replace(/["\\]/g, '\\$&')}"`
}
