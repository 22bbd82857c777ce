import { formatBytes, formatCount, formatDelta, formatPercent } from '../../units.ts'

/** A column of a table. */
export interface Column<Row> {
  readonly id: string
  readonly heading: string
  /** What it means, in a sentence. */
  readonly meaning: string
  readonly kind: 'name' | 'bytes' | 'delta' | 'count' | 'share' | 'ratio' | 'text'
  /** NaN and '' stand for no value. */
  value(row: Row): number | string
  /** Narrow pages leave it out: 1 first. */
  readonly leaveOut?: 1 | 2
}

/** The text of a cell. */
export function cellText<Row>({ kind, value }: Column<Row>, row: Row): string {
  const content = value(row)
  if (typeof content === 'string') return content
  if (Number.isNaN(content)) return ''
  switch (kind) {
    case 'bytes':
      return formatBytes(content, 'iec')
    case 'delta':
      return formatDelta(content, 'iec')
    case 'share':
      return formatPercent(content, 1)
    case 'ratio':
      return `${content.toFixed(1)}×`
    default:
      return formatCount(content)
  }
}

/** The rows in the order of a column; equal ones by name. */
export function sorted<Row>(
  rows: readonly Row[],
  column: Column<Row>,
  isAscending: boolean,
  nameOf: (row: Row) => string,
): readonly Row[] {
  const sign = isAscending ? 1 : -1
  const keyed = rows.map((row) => ({ row, key: column.value(row), name: nameOf(row) }))
  const rank = (key: number | string): number | string => (Number.isNaN(key) ? Number.NEGATIVE_INFINITY : key)
  return keyed
    .sort((a, b) => {
      const [one, other] = [rank(a.key), rank(b.key)]
      if (one !== other) return one < other ? -sign : sign
      return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
    })
    .map(({ row }) => row)
}

/** Content bytes for each byte in the image; NaN if it has no content. */
export function ratioOf(own: number, unpacked: number): number {
  return own === 0 || unpacked === 0 ? Number.NaN : unpacked / own
}
