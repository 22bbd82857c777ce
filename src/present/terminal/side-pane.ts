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
  return Array.from({ length: page }, (_, index) => {
    const row = rows[from + index]
    if (row === undefined) return pen.fit('', width)
    const mark = markOf(row, state, pen)
    const begin = `${from + index === at ? pen.signs.cursor : ' '}${mark}`
    const isShown = width >= ROOM_FOR_SIZE && row.sizes !== undefined
    const size = isShown ? ` ${textOfCell(column.value(row), state.unit)} ` : ''
    const text = `${begin}${pen.fit(row.label, width - 2 - size.length)}${pen.fit(size, size.length)}`
    return isAway(row, state) ? pen.dim(text) : text
  })
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
