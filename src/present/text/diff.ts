import type { Diff, DiffRow } from '../../analyses/diff.ts'
import { type FoldOptions, foldDiff } from '../../analyses/fold-diff.ts'
import type { ImageSummary } from '../../store/image-summary.ts'
import { countsText, foldedName, nothingText, remarks, rowName, rowReason } from '../diff-words.ts'
import { formatBytes, formatCount, formatDelta, formatPercent, type Unit } from '../units.ts'
import { printableText, shortenMiddle } from './printable.ts'
import { bold, dim, green, inAscii, red, type TextStyle } from './style.ts'
import { formatTable } from './table.ts'

export interface DiffTextOptions extends FoldOptions {
  readonly style: TextStyle
  readonly unit: Unit
}

/** Characters that a reason has at least, where it gets narrow. */
const MIN_REASON = 20

/** What changed from one image to another, as text that ends in a newline. */
export function diffText(diff: Diff, options: DiffTextOptions): string {
  const { style } = options
  const sections = [header(diff, options)]
  const said = remarks(diff)
  if (diff.rows.length > 0) sections.push(table(diff, options))
  if (said.length > 0) sections.push(said.join('\n'))
  if (diff.rows.length === 0 && said.length === 0) sections.push(nothingText(diff))
  const text = `${sections.join('\n\n')}\n`
  return style.unicode ? text : inAscii(text)
}

function header(diff: Diff, { style, unit }: DiffTextOptions): string {
  const { old, new: now, delta } = diff
  const line = (sign: string, { name, size, label }: ImageSummary): string => {
    const system = label === null ? '' : `   ${printableText(label)}`
    const short = unit === 'bytes' ? '' : `   ${formatBytes(size, unit)}`
    return `${sign} ${bold(printableText(name), style)}${short}   ${formatCount(size)} bytes${system}`
  }
  const percent = delta === 0 ? '' : ` (${signed(delta)}${formatPercent(Math.abs(delta), old.size)})`
  const counts = old.storePaths + now.storePaths === 0 ? '' : `   ${countsText(diff)}`
  return [
    line('---', old),
    line('+++', now),
    `    ${tinted(delta, formatDelta(delta, unit), style)}${percent}${counts}`,
  ].join('\n')
}

function signed(delta: number): string {
  return delta < 0 ? '−' : '+'
}

function tinted(delta: number, text: string, style: TextStyle): string {
  return delta > 0 ? red(text, style) : delta < 0 ? green(text, style) : text
}

function table(diff: Diff, options: DiffTextOptions): string {
  const { style, unit } = options
  const { shown, folded } = foldDiff(diff, options)
  const unpackedDelta = diff.rows.reduce((sum, row) => sum + row.unpackedDelta, 0)
  const isAside = ({ kind }: DiffRow): boolean => kind === 'region' || kind === 'packing'
  const rows = [
    ...shown.filter((row) => !isAside(row)).map((row) => cellsOf(row, unit)),
    ...folded.map((fold) => ({ ...fold, what: '', name: foldedName(fold), reason: '' })),
    ...shown.filter(isAside).map((row) => cellsOf(row, unit)),
    { delta: diff.delta, unpackedDelta, what: '', name: 'total', reason: '' },
  ]
  const width = (cells: readonly string[]): number => Math.max(0, ...cells.map((cell) => cell.length))
  const deltas = rows.map(({ delta }) => formatDelta(delta, unit))
  const unpacked = rows.map((row) => formatDelta(row.unpackedDelta, unit))
  const room =
    style.width - Math.max(width(deltas), 6) - Math.max(width(unpacked), 8) - width(rows.map(({ what }) => what)) - 6
  const reasons = rows.filter(({ reason }) => reason !== '')
  // Reasons stand in a column of their own, which names of what has none may reach into.
  const forReason = Math.min(width(reasons.map(({ reason }) => reason)), Math.max(Math.floor(room / 2), MIN_REASON))
  const forName = Math.min(width(reasons.map(({ name }) => name)), room - forReason - 2)
  const names = rows.map(({ name, reason }) =>
    reason === ''
      ? shortenMiddle(name, room)
      : `${shortenMiddle(name, forName).padEnd(forName)}  ${dim(shortenMiddle(reason, forReason), style)}`,
  )
  const columns = [
    { heading: 'ON ISO', align: 'right' },
    { heading: 'UNPACKED', align: 'right' },
    { heading: 'CHANGE', align: 'left' },
    { heading: '', align: 'left' },
  ] as const
  return formatTable(
    columns,
    rows.map(({ delta, what }, index) => [tinted(delta, deltas[index]!, style), unpacked[index]!, what, names[index]!]),
  )
}

function cellsOf(row: DiffRow, unit: Unit) {
  const { class: what, delta, unpackedDelta } = row
  return { delta, unpackedDelta, what: what === 'same' ? '' : what, name: rowName(row, unit), reason: rowReason(row) }
}
