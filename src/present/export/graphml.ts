import type { ExportedGraph } from '../../analyses/exported-graph.ts'
import { printable } from '../text/printable.ts'

/** What GraphML says of each node: the name of an attribute, and its type. Sizes are in bytes. */
const ATTRIBUTES = [
  ['name', 'string'],
  ['own', 'long'],
  ['retained', 'long'],
  ['unpacked', 'long'],
  ['root', 'boolean'],
] as const

/** References between store paths as GraphML 1.0, for Gephi, yEd, igraph and NetworkX. */
export function* graphmlExport({ nodes, edges }: ExportedGraph): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
  for (const [name, type] of ATTRIBUTES) {
    yield `  <key id="${name}" for="node" attr.name="${name}" attr.type="${type}"/>\n`
  }
  yield '  <graph id="references" edgedefault="directed">\n'
  for (const { node, key, own, retained, unpacked, isRoot } of nodes) {
    const values = { name: escaped(printable(key)), own, retained, unpacked, root: isRoot }
    const data = ATTRIBUTES.map(([name]) => `<data key="${name}">${values[name]}</data>`).join('')
    yield `    <node id="n${node}">${data}</node>\n`
  }
  for (const [from, to] of edges) yield `    <edge source="n${from}" target="n${to}"/>\n`
  yield '  </graph>\n</graphml>\n'
}

/** Text as character data (XML 1.0, 2.2 and 2.4). `printable` leaves two characters that XML forbids. */
function escaped(text: string): string {
  const allowed = text.replace(/\ufffe/g, '\\ufffe').replace(/\uffff/g, '\\uffff')
  return allowed.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
