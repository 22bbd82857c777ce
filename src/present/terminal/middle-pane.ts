import { nounOf } from '../../owners/names.ts'
import { printableText } from '../text/printable.ts'
import { bar } from '../text/style.ts'
import { formatCount, plural } from '../units.ts'
import type { Explorer } from './explorer.ts'
import type { Layout } from './layout.ts'
import { type Level, sizeOf } from './level.ts'
import { type List, type Row, viewOf } from './list.ts'
import type { Pen, ScreenStyle } from './pen.ts'
import { textOfCell } from './plain-text.ts'
import { firstShown, isAway, markOf } from './row-marks.ts'

/** What the list is of. */
export function listTitle({ exploration, labels }: Explorer, { list, rows }: Level): string {
  const [one, several] = nounOf(exploration.inventory.kind)
  const count = plural(rows.length, one, several)
  switch (list.kind) {
    case 'all':
      return count
    case 'references':
      return `${labels[list.of]!} pulls in ${formatCount(rows.length)}`
    case 'referrers':
      return `what pulls in ${labels[list.of]!}`
    case 'held':
      return list.by < 0 ? `held by no ${one} alone` : `${labels[list.by]!} alone holds`
    case 'matches':
      return `${count} with '${printableText(list.text)}'`
    case 'found':
      return `${plural(rows.length, 'match', 'matches')} of '${printableText(list.text)}'`
    case 'folder':
      return list.path === '' ? 'the whole image' : list.path
    case 'duplicates':
      return rows.length === 0 ? 'nothing is there twice' : 'there twice'
    case 'copies':
      return `copies of ${list.name}`
    case 'changes':
      return list.only === undefined ? 'what changed' : `what changed: ${list.only}`
  }
}

/** Columns of a middle pane at least for a bar, and for the name. */
const ROOM_FOR_BAR = 44
const BAR = 8

/** The list that the user is in: its headings and its rows. */
export function middlePane(
  state: Explorer,
  level: Level,
  layout: Layout,
  pen: Pen,
  style: ScreenStyle,
): readonly string[] {
  const { list, column, rows, at } = level
  const { middle: width, page, hasHeadings } = layout
  const { unit, sort } = state
  const sizeText = (row: Row): string => textOfCell(column.value(row), unit)
  const from = firstShown(at, rows.length, page)
  const visible = rows.slice(from, from + page)
  const heading = column.heading.toUpperCase()
  const sizeWidth = visible.reduce((most, row) => Math.max(most, sizeText(row).length), heading.length + 1)
  const barWidth = width < ROOM_FOR_BAR || list.kind === 'changes' ? 0 : BAR
  const largest = rows.reduce((most, row) => Math.max(most, sizeOf(column, row)), 0)
  const nameWidth = width - sizeWidth - (barWidth === 0 ? 0 : barWidth + 1) - 4
  const lineOf = (row: Row, index: number): string => {
    const isHere = from + index === at
    const size = pen.fitRight(sizeText(row), sizeWidth)
    const extent = bar(sizeOf(column, row), largest, barWidth, { ...style, width })
    const text = `${isHere ? pen.signs.cursor : ' '}${markOf(row, state, pen)}${size} ${barWidth === 0 ? '' : `${pen.fit(extent, barWidth)} `}${pen.fit(row.label, nameWidth)} `
    return isHere ? pen.reverse(text) : isAway(row, state) ? pen.dim(text) : text
  }
  const name = nameHeading(state, list)
  const sorted = (text: string, isBy: boolean): string => (isBy ? text + pen.signs.sorted : text)
  const headings = `  ${pen.fitRight(sorted(heading, sort === 'size'), sizeWidth)} ${pen.fit('', barWidth === 0 ? 0 : barWidth + 1)}${pen.fit(sorted(name, sort === 'name'), nameWidth)} `
  const lines = visible.map(lineOf)
  const empty = Array.from({ length: page - lines.length }, (_, index) =>
    pen.fit(index === 0 && rows.length === 0 ? '  (nothing)' : '', width),
  )
  return [...(hasHeadings ? [pen.dim(headings)] : []), ...lines, ...empty]
}

function nameHeading({ exploration }: Explorer, list: List): string {
  switch (viewOf(list)) {
    case 'files':
    case 'duplicates':
      return 'NAME'
    case 'changes':
      return 'CHANGE'
    default:
      return nounOf(exploration.inventory.kind)[0].toUpperCase()
  }
}
