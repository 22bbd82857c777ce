import { offeredCuts, type SmallestCut, type Why } from '../analyses/why.ts'
import type { ReferenceKinds } from '../owners/reference-kind.ts'
import { about, bytes, type Cell, MISSING, type NameCell, phrases, plural, type Words, words } from './cell.ts'
import { type Choice, chosen, showsAll } from './choice.ts'
import type { Column } from './column.ts'
import type { Nouns } from './nouns.ts'
import { type Branch, linesOf, type Section, tableOf } from './section.ts'
import { countOfCut, kindOfCut, withoutCut } from './why-words.ts'

export interface CutContext {
  readonly nouns: Nouns
  readonly nameOf: (node: number) => NameCell
  readonly own: Float64Array
  readonly kinds: ReferenceKinds
  /** Whether to offer cuts of many references too, and to name all that goes with a cut. */
  readonly all: boolean
  readonly choice: Choice
}

/** A cut, one of its references, or what goes with it. */
interface CutRow {
  readonly cut?: SmallestCut
  readonly label: Cell
}

/** The columns of cuts. */
export function cutColumns(): readonly Column<CutRow>[] {
  return [
    {
      id: 'frees',
      heading: 'frees',
      value: ({ cut }) => (cut === undefined ? MISSING : about(cut.bytes)),
      sort: ({ cut }) => cut?.bytes ?? 0,
    },
    { id: 'references', heading: 'if you remove', isName: true, value: ({ label }) => label },
  ]
}

/** Which references to remove, and what that frees. */
export function cutSections(why: Why, context: CutContext): Section[] {
  const { root, referrers, smallest, path } = why
  const { choice, all } = context
  if (root === undefined && referrers.length === 0) return []
  const offers = offeredCuts(why, all)
  if (root !== undefined || offers.length === 0) {
    const more = root === undefined && smallest !== undefined ? [' -a shows them.'] : []
    return [{ body: linesOf([...withoutCut(why, context.nouns), ...more]) }]
  }
  const columns = cutColumns()
  const headOf = (cut: SmallestCut): CutRow => ({
    cut,
    label: phrases([...countOfCut(cut), `, ${kindOfCut(cut, context.nouns)}:`]),
  })
  const inOrder = chosen(offers.map(headOf), columns, choice, ({ cut }) => cut!.bytes)
  const large = offers.filter(({ bytes: freed }) => freed >= choice.min).length
  const branchOf = (row: CutRow, children: readonly Branch[] = []): Branch => ({
    cells: columns.map(({ value }) => value(row)),
    children,
  })
  const roots = inOrder.flatMap((head): Branch[] => {
    const cut = head.cut!
    const references = referenceCells(cut, context).map((label) => branchOf({ label }))
    const goes = goingCell(cut, path, context)
    return [branchOf(head, references), ...(goes === undefined ? [] : [branchOf({ label: goes })])]
  })
  const hidden = offers.length - inOrder.length
  return [
    {
      body: { kind: 'tree', columns, roots },
      hints: [
        ...(hidden === 0
          ? []
          : [['[', ...plural(hidden, 'more cut'), '] ', showsAll(choice, inOrder.length, large, offers.length)]]),
        ['≈ bytes of this image; a rebuild packs what is left anew'],
      ],
    },
  ]
}

/** The references of a cut. Those that are built in are marked, unless all are. */
function referenceCells({ references, builtIn }: SmallestCut, { nameOf, kinds }: CutContext): readonly Cell[] {
  return references.map((reference): Cell => {
    const { from, to } = reference
    const arrow: Cell = { kind: 'reference', from: nameOf(from), to: nameOf(to), more: 0 }
    const isMarked = builtIn > 0 && builtIn < references.length && kinds.of(reference) === 'built in'
    return isMarked ? words(arrow, ' (built in)') : arrow
  })
}

/** How many names we list of what goes with a cut, besides the store path in question. */
const MAX_NAMES = 5

/** What goes with a cut, the store path in question first. The sizes add up to what the cut frees. */
function goingCell(
  { frees, parts }: SmallestCut,
  path: number,
  { nameOf, all, choice, nouns }: CutContext,
): Cell | undefined {
  const rows = [...frees].sort(
    (a, b) => Number(b === path) - Number(a === path) || parts.get(b)! - parts.get(a)! || a - b,
  )
  if (rows.length < 2) return undefined
  const shown = rows.slice(0, all || choice.top === 0 ? rows.length : MAX_NAMES + 1)
  const hidden = rows.slice(shown.length)
  const rest = hidden.reduce((sum, other) => sum + parts.get(other)!, 0)
  const [first = [], ...others] = [
    ...shown.map((other): Words => [nameOf(other), ' ', bytes(parts.get(other)!)]),
    ...(hidden.length === 0
      ? []
      : [[...plural(hidden.length, `more ${nouns.brief[0]}`, `more ${nouns.brief[1]}`), ' ', bytes(rest)]]),
  ]
  return phrases(['goes: ', ...first], ...others)
}

/** What goes with a store path, or the sum of some of it. */
interface GoingRow {
  readonly own: number
  readonly node?: number
  readonly more?: Words
}

/** The columns of what goes with a store path. */
export function goingColumns({ nameOf, nouns }: Pick<CutContext, 'nameOf' | 'nouns'>): readonly Column<GoingRow>[] {
  return [
    { id: 'own', heading: 'own', value: ({ own }) => bytes(own), sort: ({ own }) => own },
    {
      id: 'name',
      heading: nouns.owner[0],
      isName: true,
      value: ({ node, more = [] }) => (node === undefined ? words(...more) : nameOf(node)),
      sort: ({ node }) => (node === undefined ? '' : nameOf(node).short),
    },
  ]
}

/** What goes away if nothing refers to it any more, if no cut says so. */
export function goesWithIt(why: Why, { nameOf, own, choice, nouns }: CutContext): Section[] {
  const { root, smallest, direct, goesWithIt: held } = why
  const isTold = root === undefined && (smallest ?? direct) !== undefined
  if (held.length === 0 || isTold) return []
  const columns = goingColumns({ nameOf, nouns })
  const all = held.map((node): GoingRow => ({ node, own: own[node]! }))
  const shown = chosen(all, columns, choice, (row) => row.own)
  const large = all.filter((row) => row.own >= choice.min).length
  const rest = all.reduce((sum, row) => sum + row.own, 0) - shown.reduce((sum, row) => sum + row.own, 0)
  const more: Words = [
    '[',
    ...plural(all.length - shown.length, `more ${nouns.owner[0]}`, `more ${nouns.owner[1]}`),
    '] ',
    showsAll(choice, shown.length, large, all.length),
  ]
  const rows = shown.length === all.length ? shown : [...shown, { own: rest, more }]
  return [
    {
      title: ['Goes with it'],
      note: ['(', ...plural(all.length, ...nouns.owner), ')'],
      body: tableOf(columns, rows, ({ node }) => node === undefined),
      folded: 'too',
    },
  ]
}
