import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { DiffRow } from '../../analyses/diff.ts'
import type { DuplicateCopy, DuplicatePackage } from '../../analyses/duplicate-packages.ts'
import type { Duplicates, Exploration, OwnersOfPackage } from '../../analyses/exploration.ts'
import { type Folder, filesIn, foundIn, ownAlone } from '../../analyses/folder.ts'
import { type DiffFilter, isOfFilter } from '../../analyses/summarise-diff.ts'
import { ROOT, UNREACHABLE } from '../../graph/dominator-tree.ts'
import { neighbours, numberOfKey, type Reference } from '../../graph/reference-graph.ts'
import type { Account } from '../../inventory/attribution.ts'
import { type PaidTwice, wastedBytes } from '../../inventory/paid-twice.ts'
import type { Column } from '../../views/column.ts'
import { rowName } from '../../views/diff-rows.ts'
import { type Noun, nounsOf, nounsOfKeys } from '../../views/nouns.ts'
import { type OwnersRow, sumRow } from '../../views/owners.ts'
import { printable } from '../text/printable.ts'
import { formatBytes, formatCount, plural, type Unit } from '../units.ts'
import { matcherOf } from './matcher.ts'
import { textOfCell } from './plain-text.ts'

/** The ways to look at an image. */
export const VIEWS = ['references', 'dominators', 'files', 'duplicates'] as const
export type View = (typeof VIEWS)[number] | 'changes'

/** What the middle pane lists. Owners are numbers of the graph. */
export type List =
  | { readonly kind: 'all' }
  /** The packages, and the owners of one. */
  | { readonly kind: 'packages' }
  | { readonly kind: 'package'; readonly owners: readonly number[]; readonly name: string }
  /** All files below a folder, and the regions of the image. */
  | { readonly kind: 'files'; readonly below: FolderList }
  | { readonly kind: 'regions' }
  | { readonly kind: 'references' | 'referrers'; readonly of: number }
  /** What an owner holds, or what no owner holds alone. */
  | { readonly kind: 'held'; readonly by: number }
  /** What a search finds among all owners, or below a folder. */
  | { readonly kind: 'matches'; readonly text: string; readonly view: 'references' | 'dominators' }
  | { readonly kind: 'found'; readonly text: string; readonly below: FolderList }
  | FolderList
  | { readonly kind: 'duplicates'; readonly found: Duplicates }
  | { readonly kind: 'copies'; readonly of: DuplicatePackage | PaidTwice; readonly name: string }
  | { readonly kind: 'changes'; readonly only: DiffFilter | undefined }

export interface FolderList {
  readonly kind: 'folder'
  readonly folder: Folder
  /** Its path from the top, safe to print. */
  readonly path: string
  /** The owner whose files they are; undefined for the image. */
  readonly owner: number | undefined
}

/** A line of a list. Texts are safe to print. */
export interface Row {
  /** Tells it from the other rows of its list. */
  readonly id: string
  readonly label: string
  /** Of an owner, or of files. */
  readonly sizes?: OwnersRow
  /** What one copy less would save. */
  readonly saves?: number
  /** The owner that it stands for. */
  readonly node?: number
  /** The reference that it is listed for. */
  readonly reference?: Reference
  /** The key of the owner that a file is one of, where its directory is none of that owner's. */
  readonly partOf?: ByteString
  /** What it opens that is no owner's. */
  readonly opens?: List
  /** The change that it stands for. */
  readonly change?: DiffRow
  /** Words about it. */
  readonly note?: string
  /** Whether it stands for what a folder takes besides its entries. */
  readonly isRest?: true
}

/** What rows are made from. */
export interface ListContext {
  readonly exploration: Exploration
  /** What each owner is called, by its number. */
  readonly labels: readonly string[]
  readonly unit: Unit
  /** The columns of owners. */
  readonly columns: readonly Column<OwnersRow>[]
}

/** "changed" and "rebuilt" are the longest words for a change. */
const LONGEST_CLASS = 7

/** The view that a list belongs to. */
export function viewOf(list: List): View {
  switch (list.kind) {
    case 'held':
      return 'dominators'
    case 'folder':
    case 'found':
    case 'files':
    case 'regions':
      return 'files'
    case 'duplicates':
    case 'copies':
      return 'duplicates'
    case 'changes':
      return 'changes'
    case 'matches':
      return list.view
    default:
      return 'references'
  }
}

/** The rows of a list, in no order. */
export function rowsOf(list: List, context: ListContext): readonly Row[] {
  const { exploration } = context
  const { graph, tree } = exploration.sizes
  switch (list.kind) {
    case 'all':
      return Array.from(graph.keys.keys(), (node) => ownerRow(node, context))
    case 'packages':
      return exploration.packages().map((one) => packageRow(one, context))
    case 'package':
      return list.owners.map((node) => ownerRow(node, context))
    case 'files': {
      const files = filesIn(list.below.folder).map(({ folder, path }) =>
        folderRow(folder, printable(path), '', undefined, context),
      )
      const own = files.reduce((rest, { sizes }) => rest - sizes!.own, list.below.folder.own ?? 0)
      return own <= 0 ? files : [...files, restRow('/', '[directories]', own, 'their inodes and their lists of names')]
    }
    case 'regions':
      return regionRows(context)
    case 'references':
      return others(neighbours(graph.references, list.of), list.of).map((to) => ({
        ...ownerRow(to, context),
        reference: { from: list.of, to },
      }))
    case 'referrers':
      return others(neighbours(graph.referrers, list.of), list.of).map((from) => ({
        ...ownerRow(from, context),
        reference: { from, to: list.of },
      }))
    case 'held':
      return [...graph.keys.keys()]
        .filter((node) => tree.parent[node] === list.by || (list.by === ROOT && tree.parent[node] === UNREACHABLE))
        .map((node) => ownerRow(node, context))
    case 'matches': {
      const isMatch = matcherOf(list.text)
      const found = [...graph.keys.keys()].filter(
        (node) => isMatch(context.labels[node]!) || isMatch(graph.keys[node]!),
      )
      return found.map((node) => ownerRow(node, context))
    }
    case 'found': {
      const { folder, path, owner } = list.below
      const isMatch = matcherOf(list.text)
      return foundIn(folder, (name) => isMatch(printable(name))).map((one) =>
        folderRow(one.folder, printable(one.path), `${path}/`, owner, context),
      )
    }
    case 'folder':
      return [
        ...Array.from(list.folder.children?.values() ?? [], (child) =>
          folderRow(child, printable(child.name), list.path === '' ? '' : `${list.path}/`, list.owner, context),
        ),
        ...restRows(list.folder),
      ]
    case 'duplicates':
      return duplicateRows(list.found, context)
    case 'copies':
      return copyRows(list.of, context)
    case 'changes':
      return changeRows(list.only, context)
  }
}

function others(nodes: Uint32Array, self: number): readonly number[] {
  return [...nodes].filter((node) => node !== self)
}

function ownerRow(node: number, { exploration, labels }: ListContext): Row {
  return { id: String(node), label: labels[node]!, sizes: exploration.owners[node]!, node }
}

/** A package with one owner is that owner. */
function packageRow({ name, owners }: OwnersOfPackage, context: ListContext): Row {
  if (owners.length === 1) return ownerRow(owners[0]!, context)
  const rows = owners.map((node) => context.exploration.owners[node]!)
  const [, several] = nounsOfKeys(rows.map(({ key }) => key!)).brief
  return {
    id: `p${owners[0]!}`,
    label: `${printable(name)} (${formatCount(owners.length)} ${several})`,
    sizes: sumRow([], rows),
    opens: { kind: 'package', owners, name: printable(name) },
  }
}

/** The regions of the image. Each opens the directory that it is. */
function regionRows({ exploration }: ListContext): readonly Row[] {
  const regions = new Map<ByteString, Account[]>()
  for (const account of exploration.inventory.attribution.accounts) {
    const known = regions.get(account.region)
    if (known === undefined) regions.set(account.region, [account])
    else known.push(account)
  }
  return Array.from(regions, ([region, accounts]): Row => {
    const label = region.length > 1 ? printable(region.replace(/^\//, '')) : 'the image itself'
    let folder: Folder | undefined = exploration.imageFolder()
    for (const name of region.split('/')) if (name !== '') folder = folder?.children?.get(name)
    const opens =
      folder?.children === undefined ? undefined : ({ kind: 'folder', folder, path: label, owner: undefined } as const)
    return { id: region, label, sizes: sumRow([], accounts), ...(opens === undefined ? {} : { opens }) }
  })
}

/** @param above the path of the folder that it is in, with a slash behind it */
function folderRow(
  folder: Folder,
  label: string,
  above: string,
  owner: number | undefined,
  { exploration, labels }: ListContext,
): Row {
  const { own = 0, unpacked, files, children, owner: key, partOf } = folder
  const sizes = { kind: 'sum', label: [], own, unpacked, files } as const
  const node = key === undefined ? -1 : numberOfKey(exploration.sizes.graph, key)
  if (node >= 0) return { id: label, label: labels[node]!, sizes, node }
  if (children === undefined) return { id: label, label, sizes, ...(partOf === undefined ? {} : { partOf }) }
  return { id: label, label: `${label}/`, sizes, opens: { kind: 'folder', folder, path: above + label, owner } }
}

/** What a folder takes besides its entries, so that its rows add up. No name has a slash, so that no entry has these ids. */
function restRows(folder: Folder): readonly Row[] {
  const alone = folder.own === undefined ? 0 : ownAlone(folder)
  return [
    ...(alone === 0 ? [] : [restRow('/', '[the directory itself]', alone, 'its inode and its list of names')]),
    ...(folder.copies ?? []).map(({ name, own }) =>
      restRow(`/${name}`, `[also at ${printable(name)}]`, own, 'another copy of it'),
    ),
  ]
}

function restRow(id: string, label: string, own: number, note: string): Row {
  return { id, label, sizes: { kind: 'sum', label: [], own, unpacked: 0, files: 0 }, note, isRest: true }
}

/** Their size is what one copy less saves. */
function duplicateRows({ packages, paidTwice = [] }: Duplicates, context: ListContext): readonly Row[] {
  const { exploration, labels } = context
  return [
    ...packages.map((some, index): Row => {
      const name = printable(some.name)
      const opens = { kind: 'copies', of: some, name } as const
      const note = `a package in several copies, which take ${formatBytes(some.own, context.unit)}`
      return {
        id: `p${index}`,
        label: `${plural(some.copies.length, some.kind.slice(0, -1))}: ${name}`,
        saves: some.saved,
        opens,
        note,
      }
    }),
    ...paidTwice.map((copy, index): Row => {
      const node = copy.owner === undefined ? -1 : numberOfKey(exploration.sizes.graph, copy.owner)
      const name = node >= 0 ? labels[node]! : printable(copy.places[0]!.path.slice(1))
      const opens = { kind: 'copies', of: copy, name } as const
      const own = copy.places.reduce((sum, place) => sum + place.own, 0)
      const note = `in several images, where it takes ${formatBytes(own, context.unit)}`
      const label = `${plural(copy.places.length, 'place')}: ${name}`
      return { id: `t${index}`, label, saves: wastedBytes(copy), opens, note }
    }),
  ]
}

function copyRows(of: DuplicatePackage | PaidTwice, context: ListContext): readonly Row[] {
  const { graph } = context.exploration.sizes
  if ('copies' in of) {
    const paths = of.copies.flatMap((copy: DuplicateCopy) => copy.paths)
    return paths.map(({ key }) => ownerRow(numberOfKey(graph, key), context))
  }
  const node = of.owner === undefined ? -1 : numberOfKey(graph, of.owner)
  return of.places.map(({ path, own, isPartial }) => ({
    id: path,
    label: `${printable(path)}${isPartial ? ' (part)' : ''}`,
    sizes: { kind: 'sum', label: [], own, unpacked: 0, files: 0 },
    ...(node >= 0 ? { node } : {}),
  }))
}

function changeRows(only: DiffFilter | undefined, { exploration, unit }: ListContext): readonly Row[] {
  const { graph } = exploration.sizes
  const rows = exploration.diff?.rows ?? []
  const noun = nounsOf(exploration.inventory.kind).brief
  return rows
    .filter((row) => only === undefined || isOfFilter(row, only))
    .map((change, index): Row => {
      const node = change.newPath === undefined ? -1 : numberOfKey(graph, change.newPath)
      return {
        id: `${index}`,
        label: `${(change.kind === 'packing' ? '' : change.class).padEnd(LONGEST_CLASS)}  ${nameOfChange(change, unit, noun)}`,
        ...(node >= 0 ? { node } : {}),
        change,
      }
    })
}

/** The name of a change. That of a region leaves out its sizes, which the line about the row has. */
function nameOfChange(change: DiffRow, unit: Unit, noun: Noun): string {
  const cell = rowName(change, noun)
  const isSized = change.kind === 'region' && cell.kind === 'wordings'
  return textOfCell(isSized ? { kind: 'words', words: cell.wordings.at(-1)! } : cell, unit)
}
