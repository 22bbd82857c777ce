import { oncePer } from '../../../../parsers/bytes/once-per.ts'
import { formatBytes, formatCount, plural } from '../../units.ts'
import { adviceList } from './advice.ts'
import { ratioOf } from './columns.ts'
import { CONTENT_KINDS, contentKinds, TABLES } from './content-kinds.ts'
import type { DocumentView, LegendEntry, Row, TableOf } from './document-view.ts'
import { groupingsOf } from './groupings.ts'
import { type ImageModel, ownersPresent } from './image-model.ts'
import { imagePanel } from './image-panel.ts'
import { type NodeRow, nodesTable, ownersTable } from './image-tables.ts'
import type { PageState, View } from './page-state.ts'
import type { Palette } from './palette.ts'
import { type Found, search } from './search.ts'
import { childrenOf, hasChildren, ownerAbove, type Tree } from './tree.ts'

/** Content that packs to a quarter compresses as well as programs and text do. */
const WELL_PACKED = 4

export function imageView(model: ImageModel): DocumentView {
  const { data, owners, places, graph } = model
  const [one, several] = data.noun
  const hasOwners = owners.labels.length > 0
  const { views, treeOf, filesView, beginBy } = groupingsOf(model)
  const kindsOfFiles = oncePer(contentKinds)
  const label = (view: View, node: number): string => {
    const tree = treeOf(view)
    const owner = tree.owner[node]!
    if (owner >= 0) return owners.labels[owner]!
    const name = tree.names[node]!
    if (tree.kinds[node] === 't' && !name.startsWith('[')) return `[${name}]`
    return tree.kinds[node] === 'r' && name.length > 1 ? name.replace(/^\//, '') : name
  }
  /** The largest node of each owner, by tree. */
  const nodesByTree = new Map<Tree, Map<number, number>>()
  const nodesOf = (tree: Tree): ReadonlyMap<number, number> => {
    const known = nodesByTree.get(tree)
    if (known !== undefined) return known
    const nodes = new Map<number, number>()
    for (let node = 0; node < tree.count; node += 1) {
      const owner = tree.owner[node]!
      if (owner < 0) continue
      const other = nodes.get(owner)
      if (other === undefined || tree.total[node]! > tree.total[other]!) nodes.set(owner, node)
    }
    nodesByTree.set(tree, nodes)
    return nodes
  }
  /** The kind of a node. A tree without files has those of the owners. */
  const kindAt = (view: View, node: number): number => {
    const tree = treeOf(view)
    if (filesView(view) === view) return kindsOfFiles(tree).of[node]!
    const place = nodesOf(places).get(ownerIn(tree, node))
    return place === undefined ? TABLES : kindsOfFiles(places).of[place]!
  }
  /** The owner of a node, or the first owner of a package. */
  const ownerIn = (tree: Tree, node: number): number => {
    const owner = ownerAbove(tree, node)
    return owner >= 0 || tree.kinds[node] !== 'p' ? owner : tree.owner[node + 1]!
  }
  const kindName = (view: View, node: number): string => CONTENT_KINDS[kindAt(view, node)]!.label
  const nodeRow = (view: View, node: number, name: string): NodeRow => {
    const tree = treeOf(view)
    const content = kindName(view, node)
    return { node, owner: tree.owner[node]!, name, own: tree.total[node]!, unpacked: tree.unpacked[node]!, content }
  }
  /** The last list of files: to make it takes a third of the time that a sort of 100,000 files takes. */
  let listed: { readonly view: View; readonly find: string; readonly table: TableOf<Row> } | undefined
  const filesTable = ({ view: shown, find }: PageState): TableOf<Row> => {
    const view = filesView(shown)
    if (listed === undefined || listed.view !== view || listed.find !== find) {
      listed = { view, find, table: newFilesTable(view, search(treeOf(view), find)) }
    }
    return listed.table
  }
  const newFilesTable = (view: View, found: Found | undefined): TableOf<Row> => {
    const tree = treeOf(view)
    const files: number[] = []
    for (let node = 0; node < tree.count; node += 1) {
      const isFile = tree.kinds[node] === 'f' && !hasChildren(tree, node)
      if (isFile && (found === undefined || found.marks[node] === 1)) files.push(node)
    }
    return nodesTable('files', data.size, files, (node) => nodeRow(view, node, pathText(view, node)))
  }
  const hereTable = ({ view }: PageState, top: number, found: Found | undefined): TableOf<Row> => {
    const tree = treeOf(view)
    const shown = childrenOf(tree, top).filter((node) => found === undefined || found.marks[node] !== 0)
    return nodesTable(`in ${label(view, top)}`, data.size, shown, (node) => nodeRow(view, node, label(view, node)))
  }
  /** The path of a file as people read it: without the hash of its owner. */
  const pathText = (view: View, node: number): string => {
    const tree = treeOf(view)
    const names: string[] = []
    for (let at = node; at > 0; at = tree.parent[at]!) {
      names.unshift(label(view, at))
      if (tree.owner[at]! >= 0) break
    }
    return names.join('/')
  }

  return {
    name: data.name,
    sizeText: `${formatBytes(data.size, 'iec')} · ${formatCount(data.size)} bytes`,
    facts: [
      ...data.facts,
      ...(hasOwners ? [plural(ownersPresent(model).length, one, several)] : []),
      ...(data.graph === undefined ? [] : [data.graph.origin]),
    ],
    warnings: [
      ...(data.complete ? [] : ['Not all of this image could be read, so some of this may be incomplete.']),
      ...data.warnings,
    ],
    isWhole: data.complete,
    views,
    tabs: [
      ...(hasOwners ? [['owners', `${several[0]!.toUpperCase()}${several.slice(1)}`] as const] : []),
      ['here', 'This level'],
      ['files', 'Files'],
      ...(data.advice === undefined ? [] : [['advice', 'Advice'] as const]),
    ],
    colours: [
      ['kind', 'kind'],
      ['compression', 'compression'],
    ],
    treeOf,
    sizeOf: (node, { total }) => formatBytes(total[node]!, 'iec'),
    label,
    nodeOfOwner: (view, owner) => nodesOf(treeOf(view)).get(owner) ?? -1,
    table(state, top, found) {
      if (state.tab === 'files') return filesTable(state)
      return state.tab === 'owners' && hasOwners
        ? ownersTable(model, state.find, (owner) => nodesOf(treeOf(state.view)).get(owner) ?? -1)
        : hereTable(state, top, found)
    },
    colourOf(state, palette) {
      if (state.colour === 'compression') return compressionColour(treeOf(state.view), palette)
      return (node) => palette.kinds[kindAt(state.view, node)]!
    },
    legend: (state, palette) =>
      state.colour === 'compression'
        ? compressionLegend(palette)
        : kindLegend(kindsOfFiles(treeOf(filesView(state.view))).sums, palette),
    panel: (view, node, actions) => imagePanel(model, treeOf(view), node, (at) => label(view, at), actions),
    ...(data.advice === undefined ? {} : { advice: (actions) => adviceList(model, actions) }),
    filesView,
    beginBy,
    usualSort: 'own',
    canRemove: graph !== undefined,
  }
}

function compressionColour({ total, unpacked }: Tree, palette: Palette): (node: number) => string {
  return (node) => {
    const ratio = ratioOf(total[node]!, unpacked[node]!)
    return ratio === 0 ? palette.unknown : palette.compression(packing(ratio))
  }
}

/** From 0, for what does not get smaller, to 1. */
function packing(ratio: number): number {
  return Math.max(0, Math.min(1, Math.log(ratio) / Math.log(WELL_PACKED)))
}

function kindLegend(sums: readonly number[], palette: Palette): readonly LegendEntry[] {
  return CONTENT_KINDS.map((kind, index) => ({ colour: palette.kinds[index]!, label: kind.label, bytes: sums[index]! }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes)
}

function compressionLegend(palette: Palette): readonly LegendEntry[] {
  const scale = [1, 1.5, 2, 3, WELL_PACKED].map((ratio) => ({
    colour: palette.compression(packing(ratio)),
    label: ratio === 1 ? 'does not compress' : `${ratio}×${ratio === WELL_PACKED ? ' and more' : ''}`,
    bytes: Number.NaN,
  }))
  return [...scale, { colour: palette.unknown, label: 'has no content', bytes: Number.NaN }]
}
