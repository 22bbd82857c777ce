import type { Report } from '../../analyses/report.ts'
import { formatBytes, formatCount, type Unit } from '../units.ts'
import { printableText } from './printable.ts'
import { formatTable } from './table.ts'

const COLUMNS = [
  { heading: 'SIZE', align: 'right' },
  { heading: 'UNPACKED', align: 'right' },
  { heading: 'STORE PATHS', align: 'right' },
  { heading: 'IMAGE', align: 'left' },
  { heading: '', align: 'left' },
] as const

/** What a table of several images says of one. */
export interface ReportTotals {
  readonly name: string
  readonly label: string | null
  /** In bytes. */
  readonly size: number
  readonly unpacked: number
  readonly owners: number
}

export function totalsOf({ image, accounts }: Report): ReportTotals {
  const unpacked = accounts.reduce((sum, account) => sum + account.unpacked, 0)
  return { name: image.name, label: image.label, size: image.size, unpacked, owners: image.owners }
}

/** A line for each of several images, as text that ends in a newline. */
export function reportsText(totals: readonly ReportTotals[], unit: Unit): string {
  const rows = totals.map(({ name, label, size, unpacked, owners }) => [
    formatBytes(size, unit),
    formatBytes(unpacked, unit),
    formatCount(owners),
    printableText(name),
    label === null ? '' : printableText(label),
  ])
  return `${formatTable(COLUMNS, rows)}\n`
}
