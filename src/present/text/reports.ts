import type { Report } from '../../analyses/report.ts'
import { bytes, count, name, text } from '../../views/cell.ts'
import type { Column } from '../../views/column.ts'
import { tableOf } from '../../views/section.ts'
import type { TextOptions } from './cell.ts'
import { tableText } from './grid.ts'

/** What a table of several images says of one. */
export interface ReportTotals {
  readonly name: string
  readonly label: string | null
  /** In bytes. */
  readonly size: number
  readonly unpacked: number
  readonly owners: number
  /** Those of the owners that are packages. */
  readonly packages: number
}

const COLUMNS: readonly Column<ReportTotals>[] = [
  { id: 'size', heading: 'size', value: ({ size }) => bytes(size) },
  { id: 'unpacked', heading: 'unpacked', value: ({ unpacked }) => bytes(unpacked) },
  { id: 'owners', heading: 'store paths', value: ({ owners }) => count(owners) },
  { id: 'image', heading: 'image', isName: true, value: (image) => name(image.name) },
  { id: 'label', heading: '', isName: true, dispensable: 1, value: ({ label }) => text(label ?? '') },
]

export function totalsOf({ image, accounts }: Report): ReportTotals {
  const unpacked = accounts.reduce((sum, account) => sum + account.unpacked, 0)
  const { name, label, size, owners, packages } = image
  return { name, label, size, unpacked, owners, packages }
}

/** A line for each of several images, as text that ends in a newline. */
export function reportsText(totals: readonly ReportTotals[], options: TextOptions): string {
  const heading = ownersHeading(totals)
  const columns = COLUMNS.map((column) => (column.id === 'owners' ? { ...column, heading } : column))
  return `${tableText(tableOf(columns, totals), options)}\n`
}

/** What the owners of all images are: "packages" if none is a store path, "owners" if there are both. */
function ownersHeading(totals: readonly ReportTotals[]): string {
  const packages = totals.some((some) => some.packages > 0)
  const storePaths = totals.some((some) => some.owners > some.packages)
  return packages ? (storePaths ? 'owners' : 'packages') : 'store paths'
}
