import type { StoreSizes } from '../../analyses/store-sizes.ts'
import { UNREACHABLE } from '../../graph/dominator-tree.ts'
import { neighbours } from '../../graph/reference-graph.ts'
import { printable } from '../text/printable.ts'
import { storePathLabels } from '../text/store-path-labels.ts'
import { formatBytes, type Unit } from '../units.ts'

/** The references between store paths for Graphviz: a box for each path, roots bold, unreached paths grey. */
export function* dotExport({ graph, roots, tree, own, retained }: StoreSizes, unit: Unit): Generator<string> {
  const isRoot = new Set(roots.map(({ path }) => path))
  yield 'digraph references {\n  rankdir=LR\n  node [shape=box, fontname="sans-serif"]\n'
  const labelOf = storePathLabels(graph.keys)
  for (const [path, base] of graph.keys.entries()) {
    const label = `${labelOf(base)}\\nown ${formatBytes(own[path]!, unit)}, retained ${formatBytes(retained[path]!, unit)}`
    const style = isRoot.has(path) ? ', style=bold' : tree.parent[path] === UNREACHABLE ? ', color=grey' : ''
    yield `  ${quoted(base)} [label="${label.replace(/["]/g, '\\"')}"${style}]\n`
  }
  for (const [path, base] of graph.keys.entries()) {
    for (const reference of neighbours(graph.references, path)) {
      if (reference !== path) yield `  ${quoted(base)} -> ${quoted(graph.keys[reference]!)}\n`
    }
  }
  yield '}\n'
}

/** An identifier in quotes (Graphviz: The DOT Language). */
function quoted(base: string): string {
  return `"${printable(base).replace(/["\\]/g, '\\$&')}"`
}
