import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { DuplicatePackage, DuplicatePath } from '../analyses/duplicate-packages.ts'
import { type Duplicates, wastedByContent, wastedByCopies } from '../analyses/duplicates.ts'
import type { Account } from '../inventory/attribution.ts'
import type { SameContent } from '../inventory/same-contents.ts'
import {
  about,
  brief,
  bytes,
  type Cell,
  count,
  joined,
  MISSING,
  type NameCell,
  name,
  optionalBytes,
  text,
  type Words,
  words,
} from './cell.ts'
import type { Column } from './column.ts'
import { paidTwiceLines } from './paid-twice.ts'
import { linesOf, type Section, tableOf } from './section.ts'
import type { View } from './view.ts'

export interface DuplicatesContext {
  readonly accounts: readonly Account[]
  readonly nameOf: (key: ByteString) => NameCell
  /** Rows of each list; 0 for all. */
  readonly top: number
}

/** One of several: a store path of a package, or a place of a content. */
interface Row {
  readonly kind: 'package' | 'paidTwice' | 'identical' | 'form'
  /** The number of what is there several times, from 1, in its list. */
  readonly group: number
  /** What is there several times. */
  readonly of: Cell
  readonly version: Cell
  readonly path: Cell
  readonly own: number
  readonly retained: Cell
  /** What goes if only this one stays. */
  readonly saves: Cell
}

/** What an image holds several times. */
export function duplicatesView(found: Duplicates, context: DuplicatesContext): View<Row> {
  return {
    sections: () => [
      packagesSection(found, context),
      ...paidTwiceSection(found, context),
      ...contentsSection('Identical files', '(stored several times, by content)', found.identical ?? [], context),
      ...contentsSection('Plain and compressed', '(one content, by what it unpacks to)', found.forms ?? [], context),
      ...closing(found),
    ],
    rows: () => ({ columns: COLUMNS, rows: rowsOf(found, context) }),
  }
}

const COLUMNS: readonly Column<Row>[] = [
  { id: 'kind', heading: 'kind', value: ({ kind }) => text(kind) },
  { id: 'group', heading: 'group', value: ({ group }) => count(group) },
  { id: 'name', heading: 'name', value: ({ of }) => of },
  { id: 'version', heading: 'version', value: ({ version }) => version },
  { id: 'path', heading: 'path', value: ({ path }) => path },
  { id: 'own', heading: 'own', value: ({ own }) => bytes(own) },
  { id: 'retained', heading: 'retained', value: ({ retained }) => retained },
  { id: 'saves', heading: 'saves', value: ({ saves }) => saves },
]

function* rowsOf(
  { packages, paidTwice = [], identical = [], forms = [] }: Duplicates,
  context: DuplicatesContext,
): Generator<Row> {
  const { nameOf } = context
  for (const [at, { name: its, copies }] of packages.entries()) {
    for (const { version, paths, ifKept } of copies) {
      for (const { key, own, retained } of paths) {
        const sizes = { own, retained: optionalBytes(retained), saves: optionalBytes(ifKept?.bytes) }
        yield { kind: 'package', group: at + 1, of: name(its), version: text(version), path: nameOf(key), ...sizes }
      }
    }
  }
  const nothing = { version: MISSING, retained: MISSING, saves: MISSING }
  for (const [at, { owner, places }] of paidTwice.entries()) {
    const of = owner === undefined ? name(places[0]!.path) : nameOf(owner)
    for (const { path, own } of places)
      yield { kind: 'paidTwice', group: at + 1, of, path: name(path), own, ...nothing }
  }
  for (const [kind, contents] of [
    ['identical', identical],
    ['form', forms],
  ] as const) {
    for (const [at, { places }] of contents.entries()) {
      const of = name(places[0]!.path)
      for (const { path, own } of places) yield { kind, group: at + 1, of, path: name(path), own, ...nothing }
    }
  }
}

/** A row of the table of packages: a package, or a path of it. */
interface PackageRow {
  readonly own: number
  readonly retained: Cell
  readonly saves: Cell
  readonly label: Cell
}

function packagesSection({ packages, saved }: Duplicates, { nameOf, top }: DuplicatesContext): Section {
  if (packages.length === 0) return { body: linesOf(['No package is there twice.']) }
  const shown = top === 0 ? packages : packages.slice(0, top)
  const columns: readonly Column<PackageRow>[] = [
    { id: 'own', heading: 'own', value: ({ own }) => bytes(own) },
    { id: 'retained', heading: 'retained', value: ({ retained }) => retained, dispensable: 1 },
    { id: 'saves', heading: 'saves', value: ({ saves }) => saves },
    { id: 'name', heading: 'package ← who pulls it in', isName: true, value: ({ label }) => label },
  ]
  const hidden = packages.length - shown.length
  return {
    title: ['Packages in several copies'],
    ...(saved === undefined ? {} : { note: ['(one each saves ', about(saved), ')'] }),
    body: tableOf(
      columns,
      shown.flatMap((some) => packageRows(some, nameOf)),
    ),
    ...(hidden > 0 ? { hints: [['and ', count(hidden), ' more; -n 0 shows all']] } : {}),
  }
}

function packageRows(
  { name: its, own, kind, copies }: DuplicatePackage,
  nameOf: DuplicatesContext['nameOf'],
): PackageRow[] {
  const what = copies.length === 1 ? kind.slice(0, -1) : kind
  return [
    { own, retained: MISSING, saves: MISSING, label: words(name(its), ': ', count(copies.length), ` ${what}`) },
    ...copies.flatMap(({ paths, ifKept }) =>
      paths.map(
        (path, index): PackageRow => ({
          own: path.own,
          retained: optionalBytes(path.retained),
          saves: index > 0 || ifKept === undefined ? MISSING : about(ifKept.bytes),
          label: words('— ', ...chainWords(path, nameOf)),
        }),
      ),
    ),
  ]
}

/** How many links of a chain we name. */
const MAX_LINKS = 3

function chainWords({ key, chain, root }: DuplicatePath, nameOf: DuplicatesContext['nameOf']): Words {
  const links = chain.slice(1, MAX_LINKS + 1).map((link): Words => [brief(nameOf(link))])
  const more = chain.length - 1 > links.length ? [['…'] as Words] : []
  return [...joined([[nameOf(key)], ...links, ...more], ' ← '), ...(root === undefined ? [] : [' (root)'])]
}

function paidTwiceSection({ paidTwice = [] }: Duplicates, { accounts, nameOf, top }: DuplicatesContext): Section[] {
  if (paidTwice.length === 0) return []
  const lines = paidTwiceLines(paidTwice, { accounts, nameOf, top, allBy: '-n 0' })
  return [{ title: ['Paid for twice'], note: ['(in several images, by content)'], body: { kind: 'lines', lines } }]
}

/** How many places of one content we list. */
const MAX_PLACES = 3

function contentsSection(
  title: string,
  note: string,
  contents: readonly SameContent[],
  { top }: DuplicatesContext,
): Section[] {
  if (contents.length === 0) return []
  const shown = top === 0 ? contents : contents.slice(0, top)
  const columns: readonly Column<SameContent>[] = [
    { id: 'wasted', heading: 'again', value: (content) => bytes(wastedByContent(content)) },
    {
      id: 'places',
      heading: 'files',
      isName: true,
      value: ({ places }) => {
        const named = places.slice(0, MAX_PLACES).map(({ path }): Words => [name(path.slice(1))])
        const more = places.length - named.length
        return words(...joined([...named, ...(more > 0 ? [[count(more), ' more'] as Words] : [])], ', '))
      },
    },
  ]
  const hidden = contents.length - shown.length
  return [
    {
      title: [title],
      note: [note],
      body: tableOf(columns, shown),
      ...(hidden > 0 ? { hints: [['and ', count(hidden), ' more; -n 0 shows all']] } : {}),
    },
  ]
}

function closing(found: Duplicates): Section[] {
  const wasted = wastedByCopies(found)
  return wasted === 0 ? [] : [{ body: linesOf([bytes(wasted), ' in second copies of files']) }]
}
