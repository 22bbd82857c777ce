import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { DuplicatePackage } from '../analyses/duplicate-packages.ts'
import { type Duplicates, wastedByContent, wastedByCopies } from '../analyses/duplicates.ts'
import type { Account } from '../inventory/attribution.ts'
import { type PaidTwice, wastedBytes } from '../inventory/paid-twice.ts'
import { MIN_COMPARED, type SameContent, type SharedFiles } from '../inventory/same-contents.ts'
import type { ReferencesOrigin } from '../owners/references.ts'
import {
  bytes,
  type Cell,
  count,
  MISSING,
  type NameCell,
  name,
  optionalBytes,
  plural,
  text,
  type Words,
} from './cell.ts'
import { type Choice, chosen, showsAll } from './choice.ts'
import { type Column, sortKeys } from './column.ts'
import { packagesSection } from './duplicate-packages.ts'
import type { Nouns } from './nouns.ts'
import { paidTwiceLines } from './paid-twice.ts'
import { referencesFrom } from './references.ts'
import { contentsSection, storedOnceSection } from './same-contents.ts'
import { linesOf, type Section } from './section.ts'
import type { View } from './view.ts'

export interface DuplicatesContext {
  readonly accounts: readonly Account[]
  readonly nameOf: (key: ByteString) => NameCell
  /** Where the references come from; undefined without references. */
  readonly references:
    | { readonly origin: ReferencesOrigin; readonly complete: boolean; readonly nouns?: Nouns }
    | undefined
  readonly hasOwners: boolean
  /** Which rows of each list to show. */
  readonly choice: Choice
}

/** Something that is there several times. */
interface Several<T> {
  readonly of: T
  /** Its number in its list, from 1. */
  readonly group: number
  readonly name: ByteString
  readonly own: number
  /** What goes if only one of them stays. */
  readonly saves: number
}

/** What every list is sorted by. */
const MEASURES: readonly Column<Several<unknown>>[] = [
  { id: 'saves', heading: 'saves', value: ({ saves }) => bytes(saves), sort: ({ saves }) => saves },
  { id: 'own', heading: 'own', value: ({ own }) => bytes(own), sort: ({ own }) => own },
  { id: 'name', heading: 'name', isName: true, value: ({ name: its }) => name(its), sort: ({ name: its }) => its },
]

export const DUPLICATES_SORT_KEYS: readonly string[] = sortKeys(MEASURES)

/** The lists of what is there several times. */
interface Lists {
  readonly packages: readonly Several<DuplicatePackage>[]
  readonly paidTwice: readonly Several<PaidTwice>[]
  readonly identical: readonly Several<SameContent>[]
  readonly forms: readonly Several<SameContent>[]
  readonly storedOnce: readonly Several<SharedFiles>[]
}

function listsOf(found: Duplicates, { nameOf }: DuplicatesContext): Lists {
  const { packages, saved, paidTwice = [], identical = [], forms = [], compared } = found
  const sum = (places: readonly { readonly own: number }[]): number => places.reduce((all, { own }) => all + own, 0)
  const content = (of: SameContent, at: number): Several<SameContent> => {
    return { of, group: at + 1, name: of.places[0]!.path, own: sum(of.places), saves: wastedByContent(of) }
  }
  return {
    packages: packages.map((of, at) => {
      // Without references we do not know what goes. Its size then says how much it matters.
      return { of, group: at + 1, name: of.name, own: of.own, saves: saved === undefined ? of.own : of.saved }
    }),
    paidTwice: paidTwice.map((of, at) => {
      const its = of.owner === undefined ? of.places[0]!.path : nameOf(of.owner).short
      return { of, group: at + 1, name: its, own: sum(of.places), saves: wastedBytes(of) }
    }),
    identical: identical.map(content),
    forms: forms.map(content),
    storedOnce: (compared?.storedOnce ?? [])
      .flatMap(({ contents }) => contents)
      .map((of, at) => ({ of, group: at + 1, name: of.paths[0]!, own: of.own, saves: 0 })),
  }
}

/** What an image holds several times. */
export function duplicatesView(found: Duplicates, context: DuplicatesContext): View<Row> {
  return {
    sections: () => sectionsOf(found, context),
    rows: () => ({ columns: COLUMNS, rows: rowsOf(listsOf(found, context), context) }),
  }
}

function sectionsOf(found: Duplicates, context: DuplicatesContext): readonly Section[] {
  const { accounts, nameOf, hasOwners, choice } = context
  const { packages, paidTwice, identical, forms, storedOnce } = listsOf(found, context)
  /** The rows of a list to show, and a word about the others. */
  const shownOf = <T>(list: readonly Several<T>[]) => {
    const shown = chosen(list, MEASURES, choice, ({ saves }) => saves)
    const hidden = list.length - shown.length
    const large = list.filter(({ saves }) => saves >= choice.min).length
    const hints: readonly Words[] =
      hidden === 0 ? [] : [['and ', count(hidden), ' more; ', showsAll(choice, shown.length, large, list.length)]]
    return { rows: shown.map(({ of }) => of), hints }
  }
  const twice = shownOf(paidTwice)
  return [
    hasOwners
      ? packagesSection(found, shownOf(packages), nameOf)
      : { body: linesOf(['there are no store paths and no packages in it']) },
    ...(paidTwice.length === 0
      ? []
      : [
          {
            title: ['Paid for twice'],
            note: ['(in several images, by content)'],
            body: { kind: 'lines', lines: paidTwiceLines(twice.rows, { accounts, nameOf, top: 0, allBy: '' }) },
            hints: twice.hints,
          } as const,
        ]),
    ...contentsSection('Identical files', '(stored several times, by content)', shownOf(identical), nameOf),
    ...contentsSection('Plain and compressed', '(one content, by what it unpacks to)', shownOf(forms), nameOf),
    ...(hasOwners ? [] : storedOnceSection(shownOf(storedOnce))),
    { body: linesOf(...closing(found, context)) },
  ]
}

/** How we know, and what it adds up to. */
function closing(found: Duplicates, { references }: DuplicatesContext): readonly Words[] {
  const { compared, paidTwice } = found
  const wasted = wastedByCopies(found)
  return [
    ...(wasted === 0 ? [] : [[bytes(wasted), ' in second copies of files']]),
    ...(compared?.storedOnce ?? []).map(({ image, files, bytes: unpacked }): Words => {
      const [whose, costs] = files === 1 ? ['file has', 'costs'] : ['files have', 'cost']
      return [
        ...['stored once in ', image === '/' ? 'the image' : name(image.slice(1)), ': '],
        ...[count(files), ` ${whose} the content of another, `, bytes(unpacked)],
        ` unpacked, and ${costs} nothing more`,
      ]
    }),
    ...(compared === undefined ? [[withoutContents(paidTwice !== undefined)]] : [comparedWords(compared)]),
    ...(references === undefined ? [] : [referencesFrom(references.origin, references.complete, references.nouns)]),
  ]
}

function withoutContents(hasCopies: boolean): string {
  return hasCopies
    ? 'a saved report has no contents: equal files in one image were not looked for'
    : 'a saved report without contents: only packages were compared'
}

function comparedWords({ read, complete, isDeep }: NonNullable<Duplicates['compared']>): Words {
  return [
    ...['read to compare: ', ...plural(read.files, 'file'), ', ', bytes(read.bytes)],
    ...[' of content; none below ', bytes(MIN_COMPARED)],
    complete ? '' : '; not all that may be equal',
    isDeep ? '' : ' (--deep reads all, and unpacks compressed files)',
  ]
}

/** One of several: a store path of a package, or a place of a content. */
interface Row {
  readonly kind: 'package' | 'paidTwice' | 'identical' | 'form'
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

function* rowsOf({ packages, paidTwice, identical, forms }: Lists, context: DuplicatesContext): Generator<Row> {
  const { nameOf } = context
  const choice = { ...context.choice, top: 0 }
  const inOrder = <T>(list: readonly Several<T>[]) => chosen(list, MEASURES, choice, ({ saves }) => saves)
  for (const { of, group } of inOrder(packages)) {
    for (const { version, paths, ifKept } of of.copies) {
      for (const { key, own, retained } of paths) {
        const sizes = { own, retained: optionalBytes(retained), saves: optionalBytes(ifKept?.bytes) }
        yield { kind: 'package', group, of: name(of.name), version: text(version), path: nameOf(key), ...sizes }
      }
    }
  }
  const nothing = { version: MISSING, retained: MISSING, saves: MISSING }
  for (const { of: copy, group } of inOrder(paidTwice)) {
    const of = copy.owner === undefined ? name(copy.places[0]!.path) : nameOf(copy.owner)
    for (const { path, own } of copy.places) yield { kind: 'paidTwice', group, of, path: name(path), own, ...nothing }
  }
  for (const [kind, contents] of [
    ['identical', identical],
    ['form', forms],
  ] as const) {
    for (const { of: content, group } of inOrder(contents)) {
      const of = name(content.places[0]!.path)
      for (const { path, own } of content.places) yield { kind, group, of, path: name(path), own, ...nothing }
    }
  }
}
