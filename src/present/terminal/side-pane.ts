import { formatCount } from '../units.ts'
import { joinFitting } from './columns.ts'
import { type Explorer, shown } from './explorer.ts'
import type { SidePane } from './panes.ts'
import type { Pen } from './pen.ts'
import { textOfCell } from './plain-text.ts'
import { firstShown, isAway, markOf } from './row-marks.ts'

/** Columns of a side pane at which it has sizes too. */
const ROOM_FOR_SIZE = 28

export function sidePane(
  state: Explorer,
  { rows, here }: SidePane,
  width: number,
  page: number,
  pen: Pen,
): readonly string[] {
  const { column } = shown(state)
  const at = here === undefined ? -1 : rows.findIndex(({ id }) => id === here)
  const from = firstShown(at, rows.length, page)
  const visible = rows.slice(from, from + page)
  const hasSizes = width >= ROOM_FOR_SIZE && visible.some(({ sizes }) => sizes !== undefined)
  const sizes = visible.map((row) => (hasSizes ? textOfCell(column.value(row), state.unit) : ''))
  const sizeWidth = hasSizes ? Math.max(...sizes.map(({ length }) => length)) + 2 : 0
  const lines = visible.map((row, index) => {
    const mark = markOf(row, state, pen)
    const sign = mark === ' ' && from + index === at ? pen.signs.cursor : mark
    const label = pen.fit(row.label, width - 2 - sizeWidth)
    const size = hasSizes ? `${pen.fitRight(sizes[index]!, sizeWidth - 1)} ` : ''
    const text = `${sign} ${label}${size}`
    return isAway(row, state) ? pen.dim(text) : text
  })
  return [...lines, ...Array.from({ length: page - lines.length }, () => pen.fit('', width))]
}

/** "pulled in by 3". */
export function sideTitle({ title, rows }: SidePane): string {
  return rows.length === 0 ? title : `${title} ${formatCount(rows.length)}`
}

/** The same with the rows, for a screen without side panes; '' for a pane that shows nothing. */
export function sideText(pane: SidePane, arrow: string, width: number): string {
  const { title, rows } = pane
  if (title === '') return ''
  if (rows.length === 0) return `${arrow} ${title} nothing`
  const begin = `${arrow} ${sideTitle(pane)}: `
  return (
    begin +
    joinFitting(
      rows.map(({ label }) => label),
      ', ',
      width - begin.length,
    )
  )
}
