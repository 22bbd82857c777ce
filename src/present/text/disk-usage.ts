import type { DiskUsage } from '../../analyses/disk-usage.ts'
import type { FolderSum } from '../../ledger/folder-sums.ts'
import { formatBytes, formatCount, type Unit } from '../units.ts'
import { nameBelow } from './long-listing.ts'
import { shortenMiddle } from './printable.ts'
import { dim, inAscii, type TextStyle } from './style.ts'
import { formatTable } from './table.ts'

export interface DiskUsageOptions {
  readonly style: TextStyle
  readonly unit: Unit
  /** How many rows to show; 0 for all. */
  readonly top: number
  /** Whether the rows contain each other, so that there is no sum of those that are left out. */
  readonly nested: boolean
  /** The path that names begin after, if the output has to fit a terminal. */
  readonly folder: string
}

const COLUMNS = [
  { heading: 'STORED', align: 'right' },
  { heading: 'SIZE', align: 'right' },
  { heading: 'FILES', align: 'right' },
  { heading: 'NAME', align: 'left' },
] as const

/** How many characters of a name we show at least. */
const MIN_NAME = 12

/** What the entries of a directory take, with a total, as text that ends in a newline. */
export function diskUsageText({ rows, total, rest }: DiskUsage, options: DiskUsageOptions): string {
  const { style, unit, top, nested, folder } = options
  const shown = top === 0 ? rows : rows.slice(0, top)
  const left = rows.slice(shown.length)
  const numbers = ({ stored, size, files }: FolderSum): string[] => [
    formatBytes(stored, unit),
    formatBytes(size, unit),
    formatCount(files),
  ]
  const lines = shown.map((row) => [...numbers(row), nameBelow(row.listed.path, folder, style)])
  const notes: string[][] = []
  if (left.length > 0) {
    const stored = left.reduce((sum, row) => sum + row.stored, 0)
    notes.push([nested ? '' : formatBytes(stored, unit), '', '', `[${formatCount(left.length)} more]`])
  }
  if (rest !== undefined) notes.push([formatBytes(rest, unit), '', '', '[not in files: tables, padding]'])
  notes.push([...numbers({ ...total, stored: total.stored + (rest ?? 0) }), '[total]'])
  const used = COLUMNS.slice(0, 3).reduce((sum, { heading }, column) => {
    const most = [...lines, ...notes].reduce((width, row) => Math.max(width, row[column]!.length), heading.length)
    return sum + most + 2
  }, 0)
  const room = Math.max(style.width - used, MIN_NAME)
  const cells = [
    ...lines.map((row) => [...row.slice(0, 3), shortenMiddle(row[3]!, room)]),
    ...notes.map((row) => [...row.slice(0, 3), dim(shortenMiddle(row[3]!, room), style)]),
  ]
  const [heading = '', ...body] = formatTable(COLUMNS, cells).split('\n')
  const text = `${[dim(heading, style), ...body].join('\n')}\n`
  return style.unicode ? text : inAscii(text)
}
