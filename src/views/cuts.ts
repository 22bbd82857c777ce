import type { ChosenCut } from '../analyses/cuts.ts'
import { about, MISSING, type NameCell, name, plural } from './cell.ts'
import { type Choice, chosen } from './choice.ts'
import { type Column, sortKeys } from './column.ts'
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

function columnsOf(nameOf: Names): readonly Column<CutRow>[] {
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
      heading: 'if the configuration drops',
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
export const CUT_SORT_KEYS: readonly string[] = sortKeys(columnsOf(() => name('')))

/** The references that the configuration can drop, and what that frees. */
export function cutsView(cuts: readonly ChosenCut[], nameOf: Names, choice: Choice): View<CutRow> {
  const columns = columnsOf(nameOf)
  const rowsOf = (some: readonly ChosenCut[]): CutRow[] =>
    some.flatMap(({ from, to, bytes }, at) =>
      from.map((referrer, index) => ({ from: referrer, to, bytes, cut: at + 1, isFirst: index === 0 })),
    )
  const firsts = (some: readonly ChosenCut[]): CutRow[] => rowsOf(some).filter(({ isFirst }) => isFirst)
  const inOrder = (given: Choice): readonly ChosenCut[] =>
    chosen(firsts(cuts), columns, given, ({ bytes }) => bytes).map(({ cut }) => cuts[cut - 1]!)
  return {
    sections: () => sectionsOf(rowsOf(inOrder(choice)), columns, cuts.length, inOrder(choice).length),
    rows: () => ({ columns, rows: rowsOf(inOrder({ ...choice, top: 0 })) }),
  }
}

function sectionsOf(rows: CutRow[], columns: readonly Column<CutRow>[], all: number, shown: number): Section[] {
  if (all === 0) return [{ body: linesOf(['No store path is held by references from a configuration alone.']) }]
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
