import { byteStringOfText } from '../../../../parsers/bytes/byte-string.ts'
import { UNREACHABLE } from '../../../graph/dominator-tree.ts'
import { neighbours } from '../../../graph/reference-graph.ts'
import { bytes, name, share, text } from '../../../views/cell.ts'
import type { Column } from '../../../views/column.ts'
import { nounsFor } from '../../../views/nouns.ts'
import { type OwnersRow, ownerColumns, sumRow, withoutReferences } from '../../../views/owners.ts'
import { type PageColumn, pageColumns, ratioOf, ratioText } from './columns.ts'
import type { Row, TableOf } from './document-view.ts'
import { type ImageModel, ownersPresent } from './image-model.ts'
import { hasWords, wordsOf } from './search.ts'

/** All owners, and what is in none, so that their own sizes add up to the file. */
export function ownersTable(model: ImageModel, find: string, nodeOfOwner: (owner: number) => number): TableOf<Row> {
  const { data, owners, graph } = model
  const [noun, several] = data.noun
  const words = wordsOf(find)
  const facts = new Map<Row, OwnersRow>()
  const present = ownersPresent(model)
  for (const owner of present) {
    if (!hasWords(`${owners.labels[owner]!} ${owners.paths[owner]!}`, words)) continue
    facts.set({ node: nodeOfOwner(owner), owner, name: owners.labels[owner]! }, ownerRow(model, owner))
  }
  const sumOf = (numbers: readonly number[]): number => present.reduce((sum, owner) => sum + numbers[owner]!, 0)
  const rest = data.size - sumOf(owners.own)
  const label = `[not in ${several}]`
  if (rest > 0 && hasWords(label, words)) {
    facts.set(
      { node: -1, owner: -1, name: label, isAside: true },
      sumRow([label], [{ own: rest, unpacked: 0, files: 0 }]),
    )
  }
  // The names of owners are texts here; a view has them as bytes.
  const nameOf = ({ name: key }: { readonly name: string }) => name(byteStringOfText(key))
  const columns = ownerColumns({ size: data.size, noun, nameOf, several: nounsFor(data.noun).brief[1] })
  const shown = pageColumns(graph === undefined ? withoutReferences(columns) : columns, (row: Row) => facts.get(row)!)
  const own = (row: Row): number => facts.get(row)!.own
  const unpacked = (row: Row): number => facts.get(row)!.unpacked
  return { label: several, columns: withRatio(shown, own, unpacked), rows: [...facts.keys()] }
}

function ownerRow({ owners, graph }: ImageModel, owner: number): OwnersRow {
  const label = owners.labels[owner]!
  const isReached = (node: number): boolean => graph !== undefined && graph.sizes.tree.parent[node] !== UNREACHABLE
  const referrers =
    graph === undefined
      ? undefined
      : [...neighbours(graph.sizes.graph.referrers, owner)]
          .filter((other) => other !== owner && isReached(other))
          .map((other) => owners.labels[other]!)
  return {
    ...{ kind: 'owner', key: label, name: label, path: label, otherNames: [] },
    ...{ pname: undefined, version: undefined, region: undefined },
    ...{ own: owners.own[owner]!, unpacked: owners.unpacked[owner]!, files: Math.max(owners.files[owner]!, 0) },
    ...{ retained: graph?.sizes.retained[owner], closure: graph?.closure[owner] },
    referrers,
    reached: graph === undefined ? undefined : isReached(owner),
  }
}

/** A node of a tree as a row. */
export interface NodeRow extends Row {
  readonly own: number
  readonly unpacked: number
  /** What most of its content is. */
  readonly content: string
}

/** Some nodes. */
export function nodesTable(
  label: string,
  size: number,
  nodes: readonly number[],
  rowOf: (node: number) => NodeRow,
): TableOf<Row> {
  const rows = new Map<Row, NodeRow>()
  for (const node of nodes) {
    const row = rowOf(node)
    rows.set(row, row)
  }
  const columns: readonly Column<NodeRow>[] = [
    { id: 'name', heading: 'name', isName: true, value: (row) => text(row.name), sort: (row) => row.name },
    { id: 'own', heading: 'own', value: ({ own }) => bytes(own), sort: ({ own }) => own },
    { id: 'share', heading: '%', value: ({ own }) => share(own, size) },
    {
      id: 'unpacked',
      heading: 'unpacked',
      value: ({ unpacked }) => (unpacked === 0 ? text(null) : bytes(unpacked)),
      sort: ({ unpacked }) => unpacked,
    },
    {
      id: 'content',
      heading: 'mostly',
      isName: true,
      value: ({ content }) => text(content),
      sort: ({ content }) => content,
    },
  ]
  const shown = pageColumns(columns, (row: Row) => rows.get(row)!)
  return {
    label,
    columns: withRatio(
      shown,
      (row) => rows.get(row)!.own,
      (row) => rows.get(row)!.unpacked,
    ),
    rows: [...rows.keys()],
  }
}

/** Columns with a further one behind that of unpacked bytes. */
function withRatio(
  columns: readonly PageColumn<Row>[],
  ownOf: (row: Row) => number,
  unpackedOf: (row: Row) => number,
): readonly PageColumn<Row>[] {
  const ratio: PageColumn<Row> = {
    ...{ id: 'ratio', heading: 'ratio' },
    text: (row) => ratioText(ownOf(row), unpackedOf(row)),
    sort: (row) => ratioOf(ownOf(row), unpackedOf(row)),
  }
  return columns.flatMap((column) => (column.id === 'unpacked' ? [column, ratio] : [column]))
}
