import { type GraphSizes, sizesInGraph } from '../../../analyses/graph-sizes.ts'
import { closureSizes } from '../../../graph/closure-sizes.ts'
import { ROOT, UNREACHABLE } from '../../../graph/dominator-tree.ts'
import { neighbours, type Reference, referenceGraph } from '../../../graph/reference-graph.ts'
import type { ReferenceKind, ReferenceKinds } from '../../../owners/reference-kind.ts'
import { type PageGraph, type PageImage, type PageOwners, REFERENCE_LETTERS } from '../page-data.ts'
import { readTree, type Tree, type TreeNode, treeOf } from './tree.ts'

/** The owners of an image by number. */
export interface Owners extends Omit<PageOwners, 'labels' | 'paths' | 'packages'> {
  readonly labels: readonly string[]
  readonly paths: readonly string[]
  /** Undefined if every package has one owner. */
  readonly packages: { readonly names: readonly string[]; readonly of: readonly number[] } | undefined
}

/** The references of an image, and what the analyses of the command line make of them. */
export interface GraphModel {
  readonly sizes: GraphSizes
  readonly closure: Float64Array
  /** Why each root is one, by number. */
  readonly rootReasons: ReadonlyMap<number, string>
}

/** An image as a page works with it. */
export interface ImageModel {
  readonly kind: 'image'
  readonly data: PageImage
  readonly owners: Owners
  /** By places: regions, owners, directories, files. */
  readonly places: Tree
  readonly graph: GraphModel | undefined
}

export function imageModel(data: PageImage): ImageModel {
  const { labels, paths, packages, ...numbers } = data.owners
  const owners: Owners = {
    ...numbers,
    labels: lines(labels),
    paths: lines(paths),
    packages: packages === undefined ? undefined : { names: lines(packages.names), of: packages.of },
  }
  return {
    kind: 'image',
    data,
    owners,
    places: readTree(data.tree),
    graph: data.graph === undefined ? undefined : graphModel(data.graph, owners),
  }
}

function lines(text: string): readonly string[] {
  return text === '' ? [] : text.split('\n')
}

function graphModel(data: PageGraph, owners: Owners): GraphModel {
  const { start, list, roots } = data
  const edges: number[] = []
  for (let from = 0; from + 1 < start.length; from += 1) {
    for (let index = start[from]!; index < start[from + 1]!; index += 1) edges.push(from, list[index]!)
  }
  const graph = referenceGraph(owners.paths, edges)
  const sizes = sizesInGraph(
    { graph, byChance: data.byChance.map(([from, to]) => ({ from, to })) },
    // The page has the words for the reason; the analyses only ask whether a node is a root.
    roots.map(({ node }) => ({ node, reason: 'given' })),
    kindsFrom(data),
    {
      own: Float64Array.from(owners.own),
      unpacked: Float64Array.from(owners.unpacked),
      exclusive: Float64Array.from(data.exclusive),
      held: Float64Array.from(data.held),
      shared: data.shared,
    },
  )
  return {
    sizes,
    closure: closureSizes(sizes.graph, sizes.own),
    rootReasons: new Map(roots.map(({ node, reason }) => [node, reason])),
  }
}

const KINDS = new Map<string, ReferenceKind>([
  [REFERENCE_LETTERS.structural, 'structural'],
  [REFERENCE_LETTERS.chosen, 'chosen'],
  [REFERENCE_LETTERS['built in'], 'built in'],
])

function kindsFrom({ start, list, kinds, texts }: PageGraph): ReferenceKinds {
  const adjacency = { start: Uint32Array.from(start), list: Uint32Array.from(list) }
  const isText = new Set(texts)
  return {
    of({ from, to }: Reference) {
      const index = neighbours(adjacency, from).indexOf(to)
      return KINDS.get(kinds[start[from]! + index] ?? '') ?? 'built in'
    },
    isGeneratedText: (node) => isText.has(node),
  }
}

/**
 * The owners by what holds them: each node retains itself and the nodes below it. What no root reaches, and what belongs
 * to no owner, stands beside.
 */
export function holdersTree({ data, owners, places }: ImageModel, { sizes }: GraphModel): Tree {
  const { tree, own, exclusive, retained, unpacked } = sizes
  const below = new Map<number, number[]>()
  const unreached: number[] = []
  for (const [node, above] of tree.parent.entries()) {
    if (owners.files[node] === -1 && retained[node] === 0) continue
    if (above === UNREACHABLE) unreached.push(node)
    else if (below.has(above)) below.get(above)!.push(node)
    else below.set(above, [node])
  }
  const leaf = (name: string, bytes: number, content = 0): TreeNode[] =>
    bytes <= 0 ? [] : [{ name, kind: 't', own: bytes, unpacked: content, owner: -1, below: [] }]
  const made = new Map<number, TreeNode>()
  const childrenIn = (above: number): TreeNode[] => (below.get(above) ?? []).map((child) => made.get(child)!)
  // Each node comes after the nodes that hold it, so that we build from the end.
  for (let index = tree.order.length - 1; index >= 0; index -= 1) {
    const node = tree.order[index]!
    const children = childrenIn(node)
    const inside = (below.get(node) ?? []).reduce((sum, child) => sum + retained[child]!, 0)
    const shared = retained[node]! - exclusive[node]! - inside
    made.set(node, {
      name: owners.labels[node]!,
      kind: 'o',
      own: children.length === 0 ? retained[node]! : 0,
      unpacked:
        children.length === 0
          ? unpacked[node]!
          : children.reduce((sum, child) => sum + child.unpacked, unpacked[node]!),
      owner: node,
      below:
        children.length === 0
          ? []
          : [
              ...leaf(`[${owners.labels[node]!} itself]`, exclusive[node]!, unpacked[node]!),
              ...children,
              ...leaf('[shared by several of these]', shared),
            ],
    })
  }
  const top = childrenIn(ROOT)
  const lost = unreached.reduce((sum, node) => sum + own[node]!, 0)
  const held = (below.get(ROOT) ?? []).reduce((sum, node) => sum + retained[node]!, 0)
  const all = own.reduce((sum, bytes) => sum + bytes, 0)
  const [, several] = data.noun
  const nodes = [
    ...top,
    ...leaf('[shared by several of these]', all - lost - held),
    ...(lost === 0
      ? []
      : [
          {
            name: '[no root reaches these]',
            kind: 'd',
            own: 0,
            unpacked: 0,
            owner: -1,
            below: unreached.map((node) => ({
              name: owners.labels[node]!,
              kind: 'o',
              own: own[node]!,
              unpacked: unpacked[node]!,
              owner: node,
              below: [],
            })),
          },
        ]),
    ...leaf(`[not in ${several}]`, data.size - all),
  ]
  return treeOf({ name: places.names[0]!, kind: 'i', own: 0, unpacked: places.unpacked[0]!, owner: -1, below: nodes })
}

/** The owners that are in the image; others may refer to more. */
export function ownersPresent({ owners }: ImageModel): readonly number[] {
  return Array.from(owners.files.keys()).filter((node) => owners.files[node] !== -1)
}

/** Whether an owner is a package of a package manager: the full name of a store path is a path. */
export function isPackageOf({ owners }: ImageModel, owner: number): boolean {
  return !owners.paths[owner]!.startsWith('/')
}
