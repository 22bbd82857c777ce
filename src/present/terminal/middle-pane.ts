import { nounOf } from '../../owners/names.ts'
import { GROUPED } from '../../views/nouns.ts'
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
import { secondColumn } from './size-columns.ts'

/** What the list is of. */
export function listTitle({ exploration, labels }: Explorer, { list, rows }: Level): string {
  const [one, several] = nounOf(exploration.inventory.kind)
  const count = plural(rows.length, one, several)
  switch (list.kind) {
    case 'all':
      return count
    case 'packages':
      return plural(rows.length, ...GROUPED.package)
    case 'package':
      return list.name
    case 'files':
      return plural(rows.length, ...GROUPED.file)
    case 'regions':
      return plural(rows.length, ...GROUPED.region)
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

/** The width from which there is a bar, and the one from which there is a second size. */
const ROOM_FOR_BAR = 44
const ROOM_FOR_SECOND = 60
const BAR = 8

/** The list that the user is in: its headings and its rows. */
export function middlePane(
  state: Explorer,
  level: Level,
  layout: Layout,
  pen: Pen,
  style: ScreenStyle,
): readonly string[] {
  const { list, column, rows, largest, at } = level
  const { middle: width, page, hasHeadings } = layout
  const { unit, sort } = state
  const from = firstShown(at, rows.length, page)
  const visible = rows.slice(from, from + page)
  const second = width < ROOM_FOR_SECOND ? undefined : secondColumn(list, state.columns, column)
  const columns = [column, ...(second === undefined ? [] : [second])].map((one) => {
    const heading = one.heading.toUpperCase() + (one === column && sort === 'size' ? pen.signs.sorted : '')
    const texts = visible.map((row) => textOfCell(one.value(row), unit))
    return { heading, texts, width: Math.max(heading.length, ...texts.map((text) => text.length)) }
  })
  const sizes = (textOf: (one: (typeof columns)[number]) => string): string =>
    columns.map((one) => `${pen.fitRight(textOf(one), one.width)} `).join('')
  const barWidth = width < ROOM_FOR_BAR || list.kind === 'changes' ? 0 : BAR
  const barOf = (row: Row): string => {
    if (barWidth === 0) return ''
    return `${pen.fit(bar(sizeOf(column, row), largest, barWidth, { ...style, width }), barWidth)} `
  }
  const nameWidth = columns.reduce((room, one) => room - one.width - 1, width - (barWidth === 0 ? 0 : barWidth + 1) - 4)
  const lines = visible.map((row, index) => {
    const isHere = from + index === at
    const marks = `${isHere ? pen.signs.cursor : ' '}${markOf(row, state, pen)} `
    const text = `${marks}${sizes(({ texts }) => texts[index]!)}${barOf(row)}${pen.fit(row.label, nameWidth)} `
    return isHere ? pen.reverse(text) : isAway(row, state) ? pen.dim(text) : text
  })
  const name = nameHeading(state, list) + (sort === 'name' ? pen.signs.sorted : '')
  const bars = pen.fit('', barWidth === 0 ? 0 : barWidth + 1)
  const headings = `   ${sizes(({ heading }) => heading)}${bars}${pen.fit(name, nameWidth)} `
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
      return (list.kind === 'packages' ? GROUPED.package : nounOf(exploration.inventory.kind))[0].toUpperCase()
  }
}
