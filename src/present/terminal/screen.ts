import { joinFitting, widthOf } from './columns.ts'
import { detailTexts } from './details.ts'
import { type Explorer, shown, type Window } from './explorer.ts'
import { header, lastLine } from './frame.ts'
import { KEY_LINES } from './key-lines.ts'
import { type Layout, layoutOf, SMALLEST } from './layout.ts'
import { viewOf } from './list.ts'
import { listTitle, middlePane } from './middle-pane.ts'
import { type SidePanes, sidePanes } from './panes.ts'
import { type Pen, penOf, type ScreenSize, type ScreenStyle } from './pen.ts'
import { firstShown } from './row-marks.ts'
import { sidePane, sideText, sideTitle } from './side-pane.ts'

/**
 * Draws an explorer.
 * @returns as many lines as the screen has, each as wide as it; they have no control characters but our own colours
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
  const { page, hasHeadings } = layout
  // Changes have long names, and most of them are of what is no longer there.
  const sides = viewOf(level.list) === 'changes' ? 0 : layout.sides
  const middle = sides === 0 ? columns : layout.middle
  const panes = sidePanes(state)
  const list = middlePane(state, level, { ...layout, middle }, pen, style)
  const details = detailLines(state, layout, panes, columns, pen)
  const title = { text: listTitle(state, level), width: middle }
  if (sides === 0) return [ruleWith([title], '', pen), ...list, pen.signs.across.repeat(columns), ...details]
  const [left, right] = [panes.left, panes.right].map((pane) => [
    ...(hasHeadings ? [pen.fit('', sides)] : []),
    ...sidePane(state, pane, sides, page, pen),
  ])
  const titles = [{ text: sideTitle(panes.left), width: sides }, title, { text: sideTitle(panes.right), width: sides }]
  const { down, tee, foot } = pen.signs
  return [
    ruleWith(titles, tee, pen),
    ...list.map((line, index) => left![index]! + down + line + down + right![index]!),
    titles.map(({ width }) => pen.signs.across.repeat(width)).join(foot),
    ...details,
  ]
}

/** A line with titles in it. */
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

/** What the row at the cursor is; on a narrow screen, what the side panes would show too. */
function detailLines(
  state: Explorer,
  { details }: Layout,
  { left, right }: SidePanes,
  columns: number,
  pen: Pen,
): readonly string[] {
  const [name, facts] = detailTexts(state)
  const sides = details > 2 ? [sideText(left, '←', columns - 1), sideText(right, '→', columns - 1)] : []
  const texts = [...(details > 1 ? [name] : []), joinFitting(facts, ' · ', columns - 1), ...sides]
  return texts.map((text) => pen.fit(` ${text}`, columns))
}
