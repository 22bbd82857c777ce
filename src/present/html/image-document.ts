import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { optionLine } from '../../analyses/advise/module-settings.ts'
import { type FreedPart, idOfPart } from '../../analyses/advise/removed.ts'
import type { Advice, AdviceItem, UncountedItem } from '../../analyses/advise.ts'
import { type GraphSizes, sizesOfInventory } from '../../analyses/graph-sizes.ts'
import type { SizeNode } from '../../analyses/size-tree.ts'
import { neighbours } from '../../graph/reference-graph.ts'
import { ownerTotals } from '../../inventory/owner-totals.ts'
import type { Inventory } from '../../inventory/take-inventory.ts'
import { fullName, nounOf, packageIdOf, packageOf } from '../../owners/names.ts'
import type { References } from '../../owners/references.ts'
import { noteWords, surenessText } from '../../views/advise-words.ts'
import { applicationPhrases } from '../../views/application-words.ts'
import { nounsOf } from '../../views/nouns.ts'
import { referencesFrom } from '../../views/references.ts'
import { plainWords } from '../text/cell.ts'
import { cutShortText } from '../text/cut-short.ts'
import { ownerLabels } from '../text/owner-labels.ts'
import { printable, printableText } from '../text/printable.ts'
import { rootReason } from '../text/root-reason.ts'
import {
  KIND_LETTERS,
  type PageAdvice,
  type PageAdviceItem,
  type PageGraph,
  type PageImage,
  type PageOwners,
  type PageTree,
  REFERENCE_LETTERS,
} from './page-data.ts'

/**
 * An image as a document of a page.
 * @param tree every byte of the image
 * @param advice what to change in its configuration; undefined if nothing is known of that
 */
export function imageDocument(inventory: Inventory, tree: SizeNode, advice?: Advice): PageImage {
  const { image, attribution, references, kind } = inventory
  const keys = ownerKeys(inventory)
  const { label, volumeId, squashfs, application, complete } = image
  const warnings = [...attribution.warnings, ...(inventory.inside?.warnings ?? []), ...(references?.warnings ?? [])]
  return {
    kind: 'image',
    name: fileName(image.name),
    size: image.size,
    facts: [
      ...applicationPhrases(application).map(plainWords),
      ...(label === null ? [] : [`NixOS ${printableText(label)}`]),
      ...(volumeId === null ? [] : [`volume ${printable(volumeId)}`]),
      ...squashfs.map(({ compressor, compressorOptions }) =>
        printableText(`squashfs ${compressor}${compressorOptions === null ? '' : ` (${compressorOptions})`}`),
      ),
    ],
    noun: nounOf(kind),
    complete,
    warnings: [cutShortText(warnings) ?? [], ...warnings.map(({ message }) => message)]
      .flat()
      .map((text) => printableText(text)),
    tree: pageTree(tree, keys),
    owners: pageOwners(inventory, keys),
    ...(references === undefined
      ? {}
      : { graph: pageGraph(sizesOfInventory(inventory, references), references, kind) }),
    ...(advice === undefined ? {} : { advice: pageAdvice(advice) }),
  }
}

/** The name of a file without its folder, which says more about the machine than about the image. */
export function fileName(path: string): string {
  return printableText(path.replace(/^.*[/\\](?=.)/, ''))
}

/** The keys of the owners by number: that of their node, if there are references. */
export function ownerKeys({ references, attribution }: Inventory): readonly ByteString[] {
  return references?.graph.keys ?? [...ownerTotals(attribution.accounts).keys()].sort()
}

function pageTree(root: SizeNode, keys: readonly ByteString[]): PageTree {
  const numberOf = new Map(keys.map((key, number) => [key, number]))
  const names: string[] = []
  const kinds: string[] = []
  const counts: number[] = []
  const own: number[] = []
  const unpacked: number[] = []
  const owners: number[] = []
  const stack = [root]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    names.push(node.kind === 'image' ? fileName(node.name) : printable(node.name))
    kinds.push(KIND_LETTERS[node.kind])
    counts.push(node.below.size)
    own.push(node.own)
    unpacked.push(node.unpacked)
    if (node.kind === 'owner') owners.push(numberOf.get(node.name) ?? -1)
    stack.push(...[...node.below.values()].reverse())
  }
  return { names: names.join('\n'), kinds: kinds.join(''), counts, own, unpacked, owners }
}

function pageOwners({ attribution, contentNames, directory }: Inventory, keys: readonly ByteString[]): PageOwners {
  const totals = ownerTotals(attribution.accounts)
  return {
    labels: keys.map(ownerLabels(keys, contentNames)).join('\n'),
    paths: keys.map((key) => printable(fullName(directory, key))).join('\n'),
    own: keys.map((key) => totals.get(key)?.own ?? 0),
    unpacked: keys.map((key) => totals.get(key)?.unpacked ?? 0),
    files: keys.map((key) => totals.get(key)?.files ?? -1),
    ...pagePackages(keys),
  }
}

function pagePackages(keys: readonly ByteString[]): Pick<PageOwners, 'packages'> {
  const ids = keys.map(packageIdOf)
  const numbers = new Map([...new Set(ids)].map((id, number) => [id, number]))
  if (numbers.size === keys.length) return {}
  const names: string[] = []
  for (const [owner, key] of keys.entries()) names[numbers.get(ids[owner]!)!] = printable(packageOf(key).name)
  return { packages: { names: names.join('\n'), of: ids.map((id) => numbers.get(id)!) } }
}

function pageGraph(sizes: GraphSizes, { graph, origin, byChance = [] }: References, kind: string): PageGraph {
  const { kinds, roots, exclusive, held, shared } = sizes
  const letters: string[] = []
  for (const from of graph.keys.keys()) {
    for (const to of neighbours(graph.references, from)) letters.push(REFERENCE_LETTERS[kinds.of({ from, to })])
  }
  return {
    origin: plainWords(referencesFrom(origin, true, nounsOf(kind))),
    start: [...graph.references.start],
    list: [...graph.references.list],
    kinds: letters.join(''),
    texts: [...graph.keys.keys()].filter((node) => kinds.isGeneratedText(node)),
    byChance: byChance.map(({ from, to }) => [from, to]),
    roots: roots.map((root) => ({ node: root.node, reason: rootReason(root) })),
    exclusive: [...exclusive],
    held: [...held],
    shared: shared.map(({ nodes, shares, bytes }) => ({ nodes, shares, bytes })),
  }
}

function pageAdvice({ items, uncounted, total }: Advice): PageAdvice {
  // Items have parts in common, which count once.
  const parts = new Map<string, FreedPart & { readonly index: number }>()
  const indexOf = (part: FreedPart): number => {
    const id = idOfPart(part)
    const known = parts.get(id)
    if (known !== undefined) return known.index
    parts.set(id, { ...part, index: parts.size })
    return parts.size - 1
  }
  return {
    items: [...items.map((item) => countedItem(item, indexOf)), ...uncounted.map(uncountedItem)],
    total: total.bytes,
    parts: {
      bytes: Array.from(parts.values(), ({ bytes }) => bytes),
      owners: Array.from(parts.values(), ({ owner = -1 }) => owner),
    },
  }
}

function countedItem(item: AdviceItem, indexOf: (part: FreedPart) => number): PageAdviceItem {
  const { references, unrooted, withBoot, parts } = item.removed
  const removes = {
    references: references.map(({ from, to }) => [from, to] as const),
    unrooted,
    withBoot,
    parts: parts.map(indexOf),
  }
  const { bytes, nodes } = item.alone
  return { ...commonParts(item), saves: bytes, note: plainWords(noteWords(item)), owners: nodes, removes }
}

function uncountedItem(item: UncountedItem): PageAdviceItem {
  return { ...commonParts(item), saves: null, note: item.hint.uncounted ?? item.reason ?? '', owners: [] }
}

function commonParts({
  hint,
  isFollowed,
}: UncountedItem): Omit<PageAdviceItem, 'saves' | 'note' | 'owners' | 'removes'> {
  const { id, title, options, edit, loses, sources } = hint
  return {
    id,
    title,
    options: [...(edit === undefined ? [] : [`# ${edit}`]), ...options.map(optionLine)],
    isFollowed,
    loses,
    sureness: surenessText(hint),
    sources,
  }
}
