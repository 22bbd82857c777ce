import type { ReferenceRow } from '../../analyses/references.ts'
import { formatBytes, formatCount, type Unit } from '../units.ts'
import { formatTable } from './table.ts'

const COLUMNS = [
  { heading: 'OWN', align: 'right' },
  { heading: 'RETAINED', align: 'right' },
  { heading: 'REFERRERS', align: 'right' },
  { heading: 'STORE PATH', align: 'left' },
] as const

/** References or referrers as a table that ends in a newline; '' if there are none. */
export function referencesText(rows: readonly ReferenceRow[], unit: Unit, nameOf: (path: number) => string): string {
  if (rows.length === 0) return ''
  const cells = rows.map(({ path, own, retained, referrers }) => [
    formatBytes(own, unit),
    formatBytes(retained, unit),
    formatCount(referrers),
    nameOf(path),
  ])
  return `${formatTable(COLUMNS, cells)}\n`
}
