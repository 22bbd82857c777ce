import type { ExportedGraph } from '../../analyses/exported-graph.ts'
import { ownerLabels } from '../text/owner-labels.ts'
import { printable } from '../text/printable.ts'
import { formatBytes, type Unit } from '../units.ts'

/** References between store paths for Graphviz: a box for each path, roots bold, unreached paths grey. */
export function* dotExport({ nodes, edges }: ExportedGraph, unit: Unit): Generator<string> {
  yield 'digraph references {\n  rankdir=LR\n  node [shape=box, fontname="sans-serif"]\n'
  const labelOf = ownerLabels(nodes.map(({ key }) => key))
  const names = new Map<number, string>()
  for (const { node, key, own, retained, isRoot, isReached } of nodes) {
    names.set(node, quoted(key))
    // A label may name characters as HTML does.
    const name = escaped(labelOf(key)).replace(/&/g, '&amp;')
    const label = `${name}\\nown ${formatBytes(own, unit)}, retained ${formatBytes(retained, unit)}`
    const style = isRoot ? ', style=bold' : isReached ? '' : ', color=grey'
    yield `  ${quoted(key)} [label="${label}"${style}]\n`
  }
  for (const [from, to] of edges) yield `  ${names.get(from)!} -> ${names.get(to)!}\n`
  yield '}\n'
}

/** An identifier in quotes (Graphviz: The DOT Language). */
function quoted(key: string): string {
  return `"${escaped(printable(key))}"`
}

/** Text that may stand in quotes, and is not a sequence with a meaning there (Graphviz: escString). */
function escaped(text: string): string {
  return text.replace(/["\\]/g, '\\$&')
}
