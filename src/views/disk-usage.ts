import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { DiskUsage } from '../analyses/disk-usage.ts'
import type { ListedEntry } from '../analyses/listing.ts'
import { bytes, type Cell, count, MISSING, name, type Words, words } from './cell.ts'
import type { Choice } from './choice.ts'
import type { Column } from './column.ts'
import { below } from './listed-entry.ts'
import { ROW_COLUMNS } from './listing.ts'
import type { TableRow } from './section.ts'
import type { View } from './view.ts'

export interface DiskUsageContext {
  /** Whether the rows contain each other, so that there is no sum of those that are left out. */
  readonly nested: boolean
  /** The path of the directory; '' for none that is worth a line. */
  readonly folder: ByteString
  /** Which rows to show. They are in order already. */
  readonly choice: Pick<Choice, 'top' | 'min'>
}

/** What an entry takes with all below it, or a sum of such rows. */
interface Row {
  readonly stored?: number
  readonly size?: number
  readonly files?: number
  readonly label: Cell
  readonly isAside: boolean
}

const optional = (value: number | undefined, cell: (value: number) => Cell): Cell =>
  value === undefined ? MISSING : cell(value)

const COLUMNS: readonly Column<Row>[] = [
  { id: 'stored', heading: 'stored', value: ({ stored }) => optional(stored, bytes) },
  { id: 'size', heading: 'size', value: ({ size }) => optional(size, bytes) },
  { id: 'files', heading: 'files', value: ({ files }) => optional(files, count) },
  { id: 'name', heading: 'name', isName: true, value: ({ label }) => label },
]

/** What the entries of a directory take, with a total. */
export function diskUsageView(usage: DiskUsage, context: DiskUsageContext): View<ListedEntry> {
  const { folder, choice, nested } = context
  const { rows, total, rest } = usage
  const large = rows.filter(({ stored }) => stored >= choice.min)
  const shown = choice.top === 0 ? large : large.slice(0, choice.top)
  const sum = (some: DiskUsage['rows']): number => some.reduce((all, { stored }) => all + stored, 0)
  const hidden = rows.length - shown.length
  const aside = (label: Words, numbers: Omit<Row, 'label' | 'isAside'>): Row => {
    return { ...numbers, label: words(...label), isAside: true }
  }
  const drawn = (): readonly Row[] => [
    ...shown.map(({ listed, stored, size, files }): Row => {
      return { stored, size, files, label: below(listed.path, '', folder), isAside: false }
    }),
    ...(hidden === 0 ? [] : [aside(['[', count(hidden), ' more]'], nested ? {} : { stored: sum(rows) - sum(shown) })]),
    ...(rest === undefined ? [] : [aside(['[not in files: tables, padding]'], { stored: rest })]),
    aside(['[total]'], { stored: total.stored + (rest ?? 0), size: total.size, files: total.files }),
  ]
  return {
    sections: () => [
      {
        body: {
          kind: 'listing',
          columns: COLUMNS,
          rows: drawn().map((row): TableRow => {
            const cells = COLUMNS.map(({ value }) => value(row))
            return row.isAside ? { cells, isAside: true } : { cells }
          }),
          ...(folder === '' ? {} : { folder: name(folder) }),
        },
      },
    ],
    rows: () => ({ columns: ROW_COLUMNS, rows: shown.map(({ listed }) => listed) }),
  }
}
