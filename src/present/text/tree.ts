import type { TreeRow } from '../../analyses/tree.ts'
import { formatBytes, plural, type Unit } from '../units.ts'
import { shortenMiddle } from './printable.ts'
import { referencesFrom } from './references-from.ts'
import { dim, inAscii, type TextStyle } from './style.ts'
import { type Column, formatTable } from './table.ts'

export interface TreeTextOptions {
  readonly style: TextStyle
  readonly unit: Unit
  /** What a path is called, by its number. */
  readonly names: readonly string[]
  /** What the references rest on, and whether everything was read that could hold one. */
  readonly origin: 'registration' | 'scan'
  readonly complete: boolean
}

/** How many characters of a name we show at least, however deep it is. */
const MIN_LABEL = 12

const COLUMNS = [
  { heading: 'RETAINED', align: 'right' },
  { heading: 'ITSELF', align: 'right' },
  { heading: 'STORE PATH', align: 'left' },
] as const

/** The dominator tree as text, ending in a newline. */
export function treeText(rows: readonly TreeRow[], { style, unit, names, origin, complete }: TreeTextOptions): string {
  const retained = rows.map((row) => formatBytes(row.retained, unit))
  const itself = rows.map((row) => (row.itself === undefined ? '' : formatBytes(row.itself, unit)))
  const widthOf = (column: readonly string[], { heading }: Column): number =>
    column.reduce((most, { length }) => Math.max(most, length), heading.length)
  const room = style.width - widthOf(retained, COLUMNS[0]) - widthOf(itself, COLUMNS[1]) - 4
  const deepest = rows.reduce((most, row) => Math.max(most, branchesOf(row, WIDE).length), 0)
  const step = deepest + MIN_LABEL <= room ? WIDE : NARROW
  const cells = rows.map((row, index) => {
    const branches = branchesOf(row, step)
    const label = shortenMiddle(labelOf(row, names), Math.max(room - branches.length, MIN_LABEL))
    return [retained[index]!, itself[index]!, branches + (row.kind === 'path' ? label : dim(label, style))]
  })
  const text = `${formatTable(COLUMNS, cells)}\n\n${dim(referencesFrom(origin, complete), style)}\n`
  return style.unicode ? text : inAscii(text)
}

/** The columns of a level, and fewer of them for a tree that is too deep for the width. */
const WIDE = 3
const NARROW = 1

function branchesOf({ levels, isLast, isTop }: TreeRow, step: number): string {
  if (isTop) return ''
  const above = [...levels].map((level) => (level === '|' ? '│' : ' ').padEnd(step)).join('')
  return above + (isLast ? '└' : '├') + (step === WIDE ? '─ ' : '')
}

function labelOf({ kind, path, paths, isTop }: TreeRow, names: readonly string[]): string {
  const count = plural(paths, 'path')
  if (kind === 'path') return names[path!]!
  if (kind === 'jointly') return `[held jointly by several of these${isTop ? ' roots' : ''}, ${count}]`
  if (kind === 'more') return `[${plural(paths, 'more store path')}]`
  if (kind === 'shared') return `[content stored once for several${isTop ? ', or with files outside' : ''}]`
  if (kind === 'unreached') return `[${count} that no root leads to]`
  return `total of ${count}`
}
