import type { GoneOwner, StayingOwner, Without } from '../analyses/without.ts'
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
  plural,
  text,
  type Words,
  words,
} from './cell.ts'
import { type Choice, chosen } from './choice.ts'
import { type Column, sortKeys } from './column.ts'
import type { Nouns } from './nouns.ts'
import { linesOf, type Section, tableOf } from './section.ts'
import type { View } from './view.ts'

export interface WithoutContext {
  /** Bytes of what goes that no reference holds, such as a kernel in /boot. They stay. */
  readonly beside: number
  readonly nouns: Nouns
  readonly nameOf: (node: number) => NameCell
  /** The size of the image file in bytes. */
  readonly before: number
  /** The own bytes of each node. */
  readonly own: Float64Array
}

/** How many holders of a path we name. */
const MAX_HOLDERS = 3

/** What goes, or the sum of some of it. */
interface GoneRow {
  readonly frees: number
  readonly node?: number
  readonly more?: Words
}

function goneColumns(nameOf: WithoutContext['nameOf'], heading: string): readonly Column<GoneRow>[] {
  return [
    { id: 'frees', heading: 'frees', value: ({ frees }) => bytes(frees), sort: ({ frees }) => frees },
    {
      id: 'name',
      heading,
      isName: true,
      value: ({ node, more = [] }) => (node === undefined ? words(...more) : nameOf(node)),
      sort: ({ node }) => (node === undefined ? '' : nameOf(node).short),
    },
  ]
}

/** What the list of what goes is sorted by. */
export const GONE_SORT_KEYS: readonly string[] = sortKeys(goneColumns(() => name(''), ''))

/** What goes and what stays without store paths or references. */
export function withoutView(answer: Without, context: WithoutContext, choice: Choice): View<GoneOwner | StayingOwner> {
  const { nameOf, before, own, beside } = context
  const { freed, gone, stays } = answer
  return {
    sections: () => [
      {
        title: [bytes(before), ' → ', about(before - freed)],
        note: ['(', bytes(freed), ' less; a rebuild packs what is left anew)'],
        body: linesOf(),
        ...(beside === 0
          ? {}
          : { hints: [[bytes(beside), ' more of them stay: no reference holds those copies, as in /boot or a pool']] }),
      },
      goneSection(answer, context, choice),
      ...staysSections(answer, context, choice),
    ],
    rows: () => {
      const inOrder = chosen<GoneOwner>(gone, goneColumns(nameOf, ''), { ...choice, top: 0 }, ({ frees }) => frees)
      return { columns: columnsOf(nameOf, own), rows: [...inOrder, ...stays] }
    },
  }
}

function columnsOf(nameOf: WithoutContext['nameOf'], own: Float64Array): readonly Column<GoneOwner | StayingOwner>[] {
  return [
    { id: 'status', heading: 'status', value: (row) => text('frees' in row ? 'gone' : 'stays') },
    { id: 'path', heading: 'path', isName: true, value: ({ node }) => nameOf(node) },
    { id: 'own', heading: 'own', value: ({ node }) => bytes(own[node]!) },
    { id: 'frees', heading: 'frees', value: (row) => ('frees' in row ? bytes(row.frees) : MISSING) },
    {
      id: 'heldBy',
      heading: 'held by',
      value: (row): Cell => ({ kind: 'names', names: 'frees' in row ? [] : row.heldBy.map(nameOf) }),
    },
  ]
}

function goneSection({ gone, stays }: Without, { nameOf, nouns }: WithoutContext, choice: Choice): Section {
  const [first] = stays
  if (gone.length === 0) {
    const why: Words =
      first?.heldBy.length === 0 ? [brief(nameOf(first.node)), ' is a root'] : ['other references hold it']
    return { body: linesOf(['Nothing goes: ', ...why, '.']) }
  }
  const columns = goneColumns(nameOf, `goes (${countText(gone.length, nouns)})`)
  const shown = chosen<GoneRow>(gone, columns, choice, ({ frees }) => frees)
  const hidden = gone.length - shown.length
  const seen = shown.reduce((sum, { frees }) => sum + frees, 0)
  const whole = gone.reduce((sum, { frees }) => sum + frees, 0)
  const options = [...(choice.top === 0 ? [] : ['-n 0']), ...(choice.min > 0 ? ['--min 0'] : [])].join(' ')
  const more: Words = [
    '[',
    ...plural(hidden, `more ${nouns.brief[0]}`, `more ${nouns.brief[1]}`),
    `] ${options} shows all`,
  ]
  const rows = hidden === 0 ? shown : [...shown, { frees: whole - seen, more }]
  return { body: tableOf(columns, rows, ({ node }) => node === undefined) }
}

function staysSections({ stays }: Without, { nameOf, own, nouns }: WithoutContext, { top }: Choice): Section[] {
  if (stays.length === 0) return []
  const shown = top === 0 ? stays : stays.slice(0, top)
  const columns: readonly Column<StayingOwner>[] = [
    { id: 'own', heading: 'own', value: ({ node }) => bytes(own[node]!) },
    {
      id: 'path',
      heading: `stays (${countText(stays.length, nouns)})`,
      isName: true,
      value: ({ node }) => nameOf(node),
    },
    { id: 'heldBy', heading: 'held by', isName: true, value: ({ heldBy }) => words(...holders(heldBy, nameOf)) },
  ]
  const more = stays.length - shown.length
  return [
    {
      body: tableOf(columns, shown),
      ...(more === 0
        ? {}
        : { hints: [['[', ...plural(more, `more ${nouns.brief[0]}`, `more ${nouns.brief[1]}`), '] -n 0 shows all']] }),
    },
  ]
}

/** "1 path", for a heading. */
function countText(paths: number, { brief: [one, several] }: Nouns): string {
  return paths === 1 ? `1 ${one}` : `${String(paths).replace(/\B(?=(\d{3})+$)/g, ',')} ${several}`
}

function holders(heldBy: readonly number[], nameOf: WithoutContext['nameOf']): Words {
  if (heldBy.length === 0) return ['a root']
  const shown = heldBy.slice(0, MAX_HOLDERS).map((node): Words => [nameOf(node)])
  const more = heldBy.length - shown.length
  return joined([...shown, ...(more === 0 ? [] : [[count(more), ' more'] as Words])], ', ')
}
