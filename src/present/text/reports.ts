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

/** A line for each of several images, as text that ends in a newline. */
export function reportsText(reports: readonly Report[], unit: Unit): string {
  const rows = reports.map(({ image, accounts }) => [
    formatBytes(image.size, unit),
    formatBytes(
      accounts.reduce((sum, { unpacked }) => sum + unpacked, 0),
      unit,
    ),
    formatCount(image.owners),
    printableText(image.name),
    image.label === null ? '' : printableText(image.label),
  ])
  return `${formatTable(COLUMNS, rows)}\n`
}
