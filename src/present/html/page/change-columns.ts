import { bytes, change, text } from '../../../views/cell.ts'
import type { Column } from '../../../views/column.ts'
import type { PageChange } from '../page-data.ts'

/** What a table tells of changes from one image to another. */
export const CHANGE_COLUMNS: readonly Column<PageChange>[] = [
  { id: 'name', heading: 'name', isName: true, value: ({ name }) => text(name), sort: ({ name }) => name },
  {
    id: 'change',
    heading: 'change',
    value: ({ before, after }) => change(after - before),
    sort: ({ before, after }) => after - before,
  },
  {
    id: 'size',
    heading: 'by',
    value: ({ before, after }) => bytes(Math.abs(after - before)),
    sort: ({ before, after }) => Math.abs(after - before),
  },
  { id: 'before', heading: 'before', value: ({ before }) => bytes(before), sort: ({ before }) => before },
  { id: 'after', heading: 'after', value: ({ after }) => bytes(after), sort: ({ after }) => after },
  { id: 'word', heading: 'what', isName: true, value: ({ word }) => text(word), sort: ({ word }) => word },
  { id: 'reason', heading: 'why', isName: true, value: ({ reason }) => text(reason), sort: ({ reason }) => reason },
]
