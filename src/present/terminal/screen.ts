import { isAmong } from '../../graph/reference-graph.ts'
import { nounOf } from '../../owners/names.ts'
import { printableText } from '../text/printable.ts'
import { bar } from '../text/style.ts'
import { formatBytes, formatCount, formatDelta, plural } from '../units.ts'
import { widthOf } from './columns.ts'
import { detailTexts, sumText } from './details.ts'
import { type Explorer, shown, type Window } from './explorer.ts'
import { KEY_HINTS, KEY_LINES, WHY_HINTS } from './key-lines.ts'
import { type Layout, layoutOf, SMALLEST } from './layout.ts'
import type { Level } from './level.ts'
import { type List, type Row, viewOf } from './list.ts'
import { type SidePane, sidePanes } from './panes.ts'
import { type Pen, penOf, type ScreenSize, type ScreenStyle } from './pen.ts'
import { countRemoved } from './what-if.ts'

/**
 * Draws an explorer.
 * @returns as many lines as the screen has, none wider than it; they have no control characters but our own colours
 */
export function draw(state: Explorer, size: ScreenSize, style: ScreenStyle): readonly string[] {
  const pen = penOf(style)
  if (size.columns < SMALLEST.columns || size.rows < SMALLEST.rows) return tooSmall(size, pen)
  const layout = layoutOf(size)
  const { columns } = size
  const { window } = state
  const lines =
    window === undefined || window.kind === 'search'
      ? lists(state, size, layout, pen, style)
      : cover(state, window, size, pen)
  return [header(state, columns, pen), ...lines, lastLine(state, columns, pen)]
}

/** How many rows of a list a screen shows. */
export function pageOf(size: ScreenSize): number {
  return Math.max(layoutOf(size).page, 1)
}

function tooSmall({ columns, rows }: ScreenSize, pen: Pen): readonly string[] {
  const texts = [`needs ${SMALLEST.columns}x${SMALLEST.rows},`, `this is ${columns}x${rows}`, 'q quits']
  return Array.from({ length: rows }, (_, line) => pen.fit(texts[line] ?? '', columns))
}

/** The image and its size; what it would be without what the user removed. */
function header(state: Explorer, columns: number, pen: Pen): string {
  const { exploration, unit, whatIf } = state
  const { name, size } = exploration.inventory.image
  const { freed } = whatIf.result
  const removed = countRemoved(whatIf)
  const sizes = [formatBytes(size, unit)]
  const extra: string[] = []
  if (removed > 0) {
    sizes.push(`→ ≈ ${formatBytes(size - freed, unit)}`)
    extra.push(`−${formatCount(freed)} bytes`, `${formatCount(removed)} removed`)
  }
  const facts = `${sizes.join(' ')}${extra.length === 0 ? '' : `  (${extra.join(', ')})`}`
  const room = columns - widthOf(facts) - 4
  const title = ` ${pen.fit(printableText(name), Math.max(Math.min(widthOf(printableText(name)), room), 5))}  `
  return pen.bold(title + pen.fit(facts, columns - widthOf(title)))
}

/** The message of the last key, what a search found, or the keys. */
function lastLine(state: Explorer, columns: number, pen: Pen): string {
  const { window, message } = state
  const sum = sumText(state, shown(state))
  if (window?.kind === 'search') {
    const about = sum ?? 'type a part of a name'
    return pen.fit(` /${printableText(window.text)}_   ${about}`, columns)
  }
  if (message !== '') return pen.fit(` ${message}`, columns)
  if (window?.kind === 'keys') return pen.fit(' any key closes this', columns)
  if (window === undefined && sum !== undefined) return pen.fit(` ${sum}`, columns)
  const hints =
    window?.kind === 'why' ? WHY_HINTS : state.exploration.diff === undefined ? KEY_HINTS : ['d changes', ...KEY_HINTS]
  let line = ''
  for (const hint of hints) if (widthOf(line) + widthOf(hint) + 2 < columns) line += ` ${hint} `
  return pen.dim(pen.fit(line, columns))
}

/** A window over all but the first line and the last one. */
function cover(
  { labels }: Explorer,
  window: Exclude<Window, { kind: 'search' }>,
  { columns, rows }: ScreenSize,
  pen: Pen,
): readonly string[] {
  const title = window.kind === 'keys' ? 'keys' : `why ${labels[window.node]!}`
  const page = rows - 3
  const texts = window.kind === 'keys' ? KEY_LINES : window.lines.map(({ text }) => text)
  const at = window.kind === 'keys' ? -1 : window.at
  const from = firstShown(at, texts.length, page)
  const lines = Array.from({ length: page }, (_, index) => {
    const line = from + index
    const isHere = line === at
    const text = pen.fit(`${isHere ? pen.signs.cursor : ' '} ${texts[line] ?? ''}`, columns)
    return isHere ? pen.reverse(text) : text
  })
  return [ruleWith([{ text: title, width: columns }], '', pen), ...lines]
}

/** The three panes, and what is below them. */
function lists(
  state: Explorer,
  { columns }: ScreenSize,
  layout: Layout,
  pen: Pen,
  style: ScreenStyle,
): readonly string[] {
  const level = shown(state)
  const { sides, middle, page, hasHeadings } = layout
  const { left, right } = sidePanes(state)
  const isWide = sides > 0
  const here = middlePane(state, level, layout, pen, style)
  const titles = isWide
    ? [
        { text: titleOf(left), width: sides },
        { text: listTitle(state, level), width: middle },
        { text: titleOf(right), width: sides },
      ]
    : [{ text: listTitle(state, level), width: columns }]
  const sideLines = (pane: SidePane): readonly string[] => {
    const lines = sidePane(state, pane, sides, page, pen)
    return hasHeadings ? [pen.fit('', sides), ...lines] : lines
  }
  const [before, after] = isWide ? [sideLines(left), sideLines(right)] : [[], []]
  const body = here.map((line, index) =>
    isWide ? `${before[index]!}${pen.signs.down}${line}${pen.signs.down}${after[index]!}` : line,
  )
  const widths = titles.map(({ width }) => ({ text: '', width }))
  const details = detailLines(state, layout, { left, right }, columns, pen)
  return [ruleWith(titles, pen.signs.tee, pen), ...body, ruleWith(widths, pen.signs.foot, pen), ...details]
}

function titleOf({ title, rows }: SidePane): string {
  return title === '' ? '' : `${title} (${formatCount(rows.length)})`
}

function ruleWith(
  titles: readonly { readonly text: string; readonly width: number }[],
  joint: string,
  pen: Pen,
): string {
  const { across } = pen.signs
  return titles
    .map(({ text, width }) => {
      if (text === '' || width < 6) return across.repeat(width)
      const shown = pen.fit(text, Math.min(widthOf(text), width - 4)).trimEnd()
      return `${across} ${shown} ${across.repeat(Math.max(width - widthOf(shown) - 3, 0))}`
    })
    .join(joint)
}

/** What the list is of. */
function listTitle({ exploration, labels }: Explorer, { list, rows }: Level): string {
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

/** The heading of the sizes of a list. */
function headingOf(list: List, kind: Level['kind']): string {
  if (list.kind === 'changes') return kind === 'unpacked' ? 'UNPACKED' : 'ON ISO'
  const isInOwner =
    (list.kind === 'folder' ? list : list.kind === 'found' ? list.below : undefined)?.owner !== undefined
  return isInOwner && kind === 'own' ? 'STORED' : kind.toUpperCase()
}

/** Columns of a middle pane at least for a bar, and for the name. */
const ROOM_FOR_BAR = 44
const BAR = 8

function middlePane(state: Explorer, level: Level, layout: Layout, pen: Pen, style: ScreenStyle): readonly string[] {
  const { list, kind, rows, at } = level
  const { middle: width, page, hasHeadings } = layout
  const { unit, sort } = state
  const sizeText = (row: Row): string => {
    const bytes = row.sizes[kind]
    if (bytes === undefined) return '–'
    return list.kind === 'changes' ? formatDelta(bytes, unit) : formatBytes(bytes, unit)
  }
  const from = firstShown(at, rows.length, page)
  const visible = rows.slice(from, from + page)
  const heading = headingOf(list, kind)
  const sizeWidth = visible.reduce((most, row) => Math.max(most, sizeText(row).length), heading.length + 1)
  const barWidth = width < ROOM_FOR_BAR || list.kind === 'changes' ? 0 : BAR
  const largest = rows.reduce((most, { sizes }) => Math.max(most, sizes[kind] ?? 0), 0)
  const nameWidth = width - sizeWidth - (barWidth === 0 ? 0 : barWidth + 1) - 4
  const lineOf = (row: Row, index: number): string => {
    const isHere = from + index === at
    const size = pen.fitRight(sizeText(row), sizeWidth)
    const extent = bar(row.sizes[kind] ?? 0, largest, barWidth, { ...style, width })
    const text = `${isHere ? pen.signs.cursor : ' '}${markOf(row, state, pen)}${size} ${barWidth === 0 ? '' : `${pen.fit(extent, barWidth)} `}${pen.fit(row.label, nameWidth)} `
    return isHere ? pen.reverse(text) : isAway(row, state) ? pen.dim(text) : text
  }
  const name =
    viewOf(list) === 'files'
      ? 'NAME'
      : list.kind === 'changes'
        ? 'CHANGE'
        : nounOf(state.exploration.inventory.kind)[0].toUpperCase()
  const sorted = (text: string, isBy: boolean): string => (isBy ? text + pen.signs.sorted : text)
  const headings = `  ${pen.fitRight(sorted(heading, sort === 'size'), sizeWidth)} ${pen.fit('', barWidth === 0 ? 0 : barWidth + 1)}${pen.fit(sorted(name, sort === 'name'), nameWidth)} `
  const lines = visible.map(lineOf)
  const empty = Array.from({ length: page - lines.length }, (_, index) =>
    pen.fit(index === 0 && rows.length === 0 ? '  (nothing)' : '', width),
  )
  return [...(hasHeadings ? [pen.dim(headings)] : []), ...lines, ...empty]
}

/** Whether a row stands for what would no longer be there. */
function isAway({ node, reference }: Row, { whatIf }: Explorer): boolean {
  const { removal, gone } = whatIf
  return (
    (node !== undefined && (removal.owners.includes(node) || gone.has(node))) ||
    (reference !== undefined && isAmong(removal.references)(reference))
  )
}

/** What the user removed, and what goes with it, by signs. */
function markOf(row: Row, { whatIf }: Explorer, { signs }: Pen): string {
  const { node, reference } = row
  const { removal, gone } = whatIf
  const isRemoved =
    (node !== undefined && removal.owners.includes(node)) ||
    (reference !== undefined && isAmong(removal.references)(reference))
  return isRemoved ? signs.removed : node !== undefined && gone.has(node) ? signs.gone : ' '
}

/** Columns of a side pane at which it has sizes too. */
const ROOM_FOR_SIZE = 28

function sidePane(state: Explorer, { rows, here }: SidePane, width: number, page: number, pen: Pen): readonly string[] {
  const { kind } = shown(state)
  const at = here === undefined ? -1 : rows.findIndex(({ id }) => id === here)
  const from = firstShown(at, rows.length, page)
  return Array.from({ length: page }, (_, index) => {
    const row = rows[from + index]
    if (row === undefined) return pen.fit('', width)
    const mark = markOf(row, state, pen)
    const begin = `${from + index === at ? pen.signs.cursor : ' '}${mark}`
    const bytes = row.sizes[kind]
    const size = width < ROOM_FOR_SIZE || bytes === undefined ? '' : ` ${formatBytes(bytes, state.unit)} `
    const text = `${begin}${pen.fit(row.label, width - 2 - size.length)}${pen.fit(size, size.length)}`
    return isAway(row, state) ? pen.dim(text) : text
  })
}

/** The first row to show, so that the cursor is in the middle where it can be. */
function firstShown(at: number, count: number, page: number): number {
  return Math.max(Math.min(at - (page >> 1), count - page), 0)
}

function detailLines(
  state: Explorer,
  { details }: Layout,
  { left, right }: { readonly left: SidePane; readonly right: SidePane },
  columns: number,
  pen: Pen,
): readonly string[] {
  const [name, facts] = detailTexts(state)
  const side = ({ title, rows }: SidePane, arrow: string): string =>
    title === '' ? '' : `${arrow} ${title} ${formatCount(rows.length)}: ${rows.map(({ label }) => label).join(', ')}`
  const texts =
    details === 1 ? [facts] : details === 2 ? [name, facts] : [name, facts, side(left, '←'), side(right, '→')]
  return texts.map((text) => pen.fit(` ${text}`, columns))
}
