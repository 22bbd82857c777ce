import type { ChosenCut } from '../analyses/cuts.ts'
import { about, MISSING, type NameCell, name, plural } from './cell.ts'
import { type Choice, chosen } from './choice.ts'
import { type Column, sortKeys } from './column.ts'
import { type Nouns, STORE_PATHS } from './nouns.ts'
import { linesOf, type Section, tableOf } from './section.ts'
import type { View } from './view.ts'

/** A reference of a cut. All references of a cut together free its bytes. */
interface CutRow {
  readonly from: number
  readonly to: number
  readonly bytes: number
  /** Its number among the cuts, largest first, from 1. */
  readonly cut: number
  readonly isFirst: boolean
}

type Names = (node: number) => NameCell

function columnsOf(nameOf: Names, nouns: Nouns): readonly Column<CutRow>[] {
  return [
    { id: 'cut', heading: 'cut', only: 'programs', value: ({ cut }) => ({ kind: 'count', count: cut }) },
    {
      id: 'frees',
      heading: 'frees',
      only: 'people',
      value: ({ isFirst, bytes }) => (isFirst ? about(bytes) : MISSING),
      sort: ({ bytes }) => bytes,
    },
    { id: 'frees', heading: 'frees', only: 'programs', value: ({ bytes }) => about(bytes) },
    {
      id: 'reference',
      heading: nouns.owner === STORE_PATHS.owner ? 'if the configuration drops' : 'if you remove',
      isName: true,
      only: 'people',
      value: ({ from, to }) => ({ kind: 'reference', from: nameOf(from), to: nameOf(to), more: 0 }),
    },
    { id: 'from', heading: 'from', only: 'programs', value: ({ from }) => nameOf(from) },
    {
      id: 'to',
      heading: 'to',
      only: 'programs',
      value: ({ to }) => nameOf(to),
      sort: ({ to }) => nameOf(to).short,
    },
  ]
}

/** What cuts are sorted by. */
export const CUT_SORT_KEYS: readonly string[] = sortKeys(columnsOf(() => name(''), STORE_PATHS))

/** The references that the configuration can drop, and what that frees. */
export function cutsView(cuts: readonly ChosenCut[], nameOf: Names, nouns: Nouns, choice: Choice): View<CutRow> {
  const columns = columnsOf(nameOf, nouns)
  const rowsOf = (some: readonly ChosenCut[]): CutRow[] =>
    some.flatMap(({ from, to, bytes }, at) =>
      from.map((referrer, index) => ({ from: referrer, to, bytes, cut: at + 1, isFirst: index === 0 })),
    )
  const firsts = (some: readonly ChosenCut[]): CutRow[] => rowsOf(some).filter(({ isFirst }) => isFirst)
  const inOrder = (given: Choice): readonly ChosenCut[] =>
    chosen(firsts(cuts), columns, given, ({ bytes }) => bytes).map(({ cut }) => cuts[cut - 1]!)
  return {
    sections: () => sectionsOf(rowsOf(inOrder(choice)), columns, nouns, cuts.length, inOrder(choice).length),
    rows: () => ({ columns, rows: rowsOf(inOrder({ ...choice, top: 0 })) }),
  }
}

function sectionsOf(
  rows: CutRow[],
  columns: readonly Column<CutRow>[],
  { owner }: Nouns,
  all: number,
  shown: number,
): Section[] {
  if (all === 0) return [{ body: linesOf([`No ${owner[0]} is held by what was chosen alone.`]) }]
  const hidden = all - shown
  return [
    {
      body: tableOf(columns, rows),
      hints: [
        ...(hidden === 0 ? [] : [['[', ...plural(hidden, 'more cut'), '] -n 0 shows all']]),
        ['≈ bytes of this image; a rebuild packs what is left anew'],
      ],
    },
  ]
}
