import { type Diff, type DiffRow, isEmptyDiff } from '../../analyses/diff.ts'
import type { PrivilegeChange } from '../../analyses/privileges.ts'
import { type DiffSummaryOptions, summariseDiff } from '../../analyses/summarise-diff.ts'
import type { ImageSummary } from '../../inventory/image-summary.ts'
import {
  compressionTexts,
  countsText,
  type DiffPaths,
  nothingText,
  optionTexts,
  remarks,
  rowName,
  rowReason,
  rowReasons,
  sumNames,
} from '../diff-words.ts'
import { entryName, isGain, privilegeText, sumText } from '../metadata-words.ts'
import { formatBytes, formatCount, formatDelta, formatPercent, type Unit } from '../units.ts'
import { printableText, shortenMiddle } from './printable.ts'
import { bold, dim, green, inAscii, red, type TextStyle } from './style.ts'
import { formatTable } from './table.ts'
import { fitting, nameAndText, wrap } from './wrap.ts'

export interface DiffTextOptions extends DiffSummaryOptions {
  readonly style: TextStyle
  readonly unit: Unit
  /** The two files as the user named them. */
  readonly paths: DiffPaths
}

/** The width for a name and its reason side by side. If there is less, the reason goes below. */
const SIDE_BY_SIDE = 44
/** The width that a reason must have beside a full name. */
const MIN_REASON = 28
/** The width for names below which we drop the column of unpacked sizes. */
const MIN_ROOM = 32

/** What changed from one image to the other, as text that ends in a newline. */
export function diffText(diff: Diff, options: DiffTextOptions): string {
  const { style } = options
  const { metadata } = diff
  const said = remarks(diff)
  const byOption = optionTexts(diff)
  const lines = (texts: readonly string[], indent = '  '): string =>
    texts.flatMap((text) => wrap(text, style.width, indent)).join('\n')
  const sections = [
    header(diff, options),
    ...(metadata === undefined || metadata.privileges.length === 0 ? [] : [privileges(metadata.privileges, style)]),
    ...(diff.rows.length > 0 ? [table(diff, options)] : []),
    ...(metadata === undefined || metadata.sums.length === 0
      ? []
      : [
          `Metadata of what is in both\n${lines(
            metadata.sums.map((sum) => `  ${sumText(sum)}`),
            '    ',
          )}`,
        ]),
    ...(byOption.length > 0
      ? [
          `NixOS options for what came in (isoscope advise tells more)\n${lines(
            byOption.map((text) => `  ${text}`),
            '    ',
          )}`,
        ]
      : []),
    ...(isEmptyDiff(diff) ? [lines([nothingText(diff)])] : []),
    ...(said.length > 0 ? [lines(said)] : []),
  ]
  const text = `${sections.join('\n\n')}\n`
  return style.unicode ? text : inAscii(text)
}

function header(diff: Diff, { style, unit, paths }: DiffTextOptions): string {
  const { old, new: now, delta } = diff
  const line = (sign: string, path: string, { size, label }: ImageSummary): string => {
    const system = label === null ? '' : `   ${printableText(label)}`
    const short = unit === 'bytes' ? '' : `   ${formatBytes(size, unit)}`
    const bytes = `   ${formatCount(size)} bytes`
    const name = printableText(path)
    const room = style.width - sign.length - 1
    // The name identifies the image, so we drop the text after it before we shorten the name.
    const behind =
      [short + bytes + system, short + bytes, short].find((text) => name.length + text.length <= room) ?? short
    return `${sign} ${bold(shortenMiddle(name, room - behind.length), style)}${behind}`
  }
  const percent = delta === 0 ? '' : ` (${signed(delta)}${formatPercent(Math.abs(delta), old.size)})`
  const counts = old.owners + now.owners === 0 ? '' : countsText(diff)
  const change = `    ${formatDelta(delta, unit)}${percent}`
  const isOneLine = change.length + 3 + counts.length <= style.width
  const compression = compressionTexts(diff).flatMap((text) => wrap(`    ${text}`, style.width, '      '))
  return [
    line('---', paths.old, old),
    line('+++', paths.new, now),
    `    ${tinted(delta, formatDelta(delta, unit), style)}${percent}${counts !== '' && isOneLine ? `   ${counts}` : ''}`,
    ...(counts === '' || isOneLine ? [] : wrap(`    ${counts}`, style.width, '    ')),
    ...compression,
  ].join('\n')
}

function signed(delta: number): string {
  return delta < 0 ? '−' : '+'
}

function tinted(delta: number, text: string, style: TextStyle): string {
  return delta > 0 ? red(text, style) : delta < 0 ? green(text, style) : text
}

/** Setuid, setgid and capabilities that came, went or changed, each by name, however small the file. */
function privileges(changes: readonly PrivilegeChange[], style: TextStyle): string {
  const lines = changes.flatMap((change) => {
    const tint = isGain(change) ? red : green
    const [first, ...rest] = nameAndText(`  ${entryName(change)}`, ': ', privilegeText(change), style.width, '    ')
    return [tint(first!, style), ...rest.map((line) => tint(line, style))]
  })
  return `Setuid, setgid and capabilities\n${lines.join('\n')}`
}

/** A row of the table before its layout. */
interface Cells {
  readonly delta: number
  readonly unpackedDelta: number
  readonly what: string
  /** Whether we show the full name with the reason below rather than shorten it. */
  readonly isRigid: boolean
  /** The name in a width. */
  name(width: number): string
  /** The wordings that explain the row, longest first; none if it needs no explanation. */
  readonly reasons: readonly string[]
  /** The reason, shortened to a width that no wording fits. */
  reason(width: number): string
}

function table(diff: Diff, options: DiffTextOptions): string {
  const { style, unit } = options
  const { shown, sums } = summariseDiff(diff, options)
  const unpackedDelta = diff.rows.reduce((sum, row) => sum + row.unpackedDelta, 0)
  const isAside = ({ kind }: DiffRow): boolean => kind === 'region' || kind === 'packing'
  const unexplained = { reasons: [], reason: () => '' } as const
  const rows: readonly Cells[] = [
    ...shown.filter((row) => !isAside(row)).map((row) => cellsOf(row, unit)),
    ...sums.map((sum) => ({
      ...sum,
      what: '',
      isRigid: false,
      name: (width: number) => fitting(sumNames(sum), width),
      ...unexplained,
    })),
    ...shown.filter(isAside).map((row) => cellsOf(row, unit)),
    { delta: diff.delta, unpackedDelta, what: '', isRigid: false, name: () => 'total', ...unexplained },
  ]
  const width = (cells: readonly string[]): number => Math.max(0, ...cells.map((cell) => cell.length))
  const deltas = rows.map(({ delta }) => formatDelta(delta, unit))
  const unpacked = rows.map((row) => formatDelta(row.unpackedDelta, unit))
  const isChanged = rows.some(({ what }) => what !== '')
  const most =
    style.width -
    Math.max(width(deltas), 6) -
    2 -
    (isChanged ? Math.max(width(rows.map(({ what }) => what)), 6) + 2 : 2)
  const hasUnpacked = most - Math.max(width(unpacked), 8) - 2 >= MIN_ROOM
  const room = hasUnpacked ? most - Math.max(width(unpacked), 8) - 2 : most
  const names = nameCells(rows, room, style)
  const columns = [
    { heading: 'ON ISO', align: 'right' },
    ...(hasUnpacked ? [{ heading: 'UNPACKED', align: 'right' } as const] : []),
    { heading: isChanged ? 'CHANGE' : '', align: 'left' },
    { heading: '', align: 'left' },
  ] as const
  return formatTable(
    columns,
    rows.map(({ delta, what }, index) => [
      tinted(delta, deltas[index]!, style),
      ...(hasUnpacked ? [unpacked[index]!] : []),
      what,
      names[index]!,
    ]),
  )
}

/** Names, with the reasons in a column of their own if there is room. Names without a reason may extend into it. */
function nameCells(rows: readonly Cells[], room: number, style: TextStyle): string[] {
  const whole = Number.POSITIVE_INFINITY
  const reasoned = rows.filter(({ reasons, isRigid }) => !isRigid && reasons.length > 0)
  const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(({ length }) => length))
  const widestName = widest(reasoned.map(({ name }) => name(whole)))
  const widestReason = widest(reasoned.map(({ reasons }) => reasons[0]!))
  const forReason = Math.min(widestReason, Math.max(Math.floor(room / 2) - 1, room - widestName - 2))
  const forName = Math.min(widestName, room - forReason - 2)
  return rows.map(({ name, reasons, reason, isRigid }) => {
    const least = reasons.at(-1)
    if (least === undefined) return name(room)
    const text = name(whole)
    const beside = (width: number): string => {
      const because = reasons.find(({ length }) => length <= room - width - 2) ?? reason(room - width - 2)
      return `${name(width).padEnd(width)}  ${dim(because, style)}`
    }
    if (text.length <= forName && least.length <= room - forName - 2) return beside(forName)
    const left = room - text.length - 2
    if (least.length <= left) return beside(text.length)
    if (isRigid || room < SIDE_BY_SIDE) return `${name(room)}\n${dim(`  ${reason(room - 2)}`, style)}`
    return beside(left < MIN_REASON ? forName : text.length)
  })
}

function cellsOf(row: DiffRow, unit: Unit): Cells {
  const { class: what, delta, unpackedDelta } = row
  return {
    delta,
    unpackedDelta,
    what: what === 'same' ? '' : what,
    isRigid: row.kind === 'packing',
    name: (width) => rowName(row, unit, width),
    reasons: rowReasons(row),
    reason: (width) => rowReason(row, width),
  }
}
