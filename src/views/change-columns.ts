import type { Diff, DiffRow } from '../analyses/diff.ts'
import { fullName } from '../owners/names.ts'
import { bytes, type Cell, MISSING, name, text } from './cell.ts'
import type { Column } from './column.ts'

/** The columns for programs of a change, whatever other columns stand beside them. */
export type ChangeColumn =
  | 'name'
  | 'oldVersions'
  | 'newVersions'
  | 'before'
  | 'after'
  | 'oldPath'
  | 'newPath'
  | 'option'

/** A change, and where the full names of its owners are. */
export interface ShownChange {
  readonly row: DiffRow
  readonly directories: Diff['directories']
}

/** @param changeIn the change that a row is; undefined for a sum, whose cells are empty */
export function changeColumns<Row>(
  changeIn: (row: Row) => ShownChange | undefined,
): Readonly<Record<ChangeColumn, Column<Row>>> {
  const column = (id: ChangeColumn, heading: string, cellOf: (change: ShownChange) => Cell): Column<Row> => ({
    id,
    heading,
    only: 'programs',
    value: (row) => {
      const found = changeIn(row)
      return found === undefined ? MISSING : cellOf(found)
    },
  })
  return {
    name: column('name', 'name', ({ row }) => name(row.name)),
    oldVersions: column('oldVersions', 'old versions', ({ row }) => versionsCell(row.oldVersions)),
    newVersions: column('newVersions', 'new versions', ({ row }) => versionsCell(row.newVersions)),
    before: column('before', 'before', ({ row }) => bytes(row.before)),
    after: column('after', 'after', ({ row }) => bytes(row.after)),
    oldPath: column('oldPath', 'old path', ({ row: { oldPath }, directories }) =>
      oldPath === undefined ? MISSING : name(fullName(directories.old, oldPath)),
    ),
    newPath: column('newPath', 'new path', ({ row: { newPath }, directories }) =>
      newPath === undefined ? MISSING : name(fullName(directories.new, newPath)),
    ),
    option: column('option', 'option', ({ row }) => text(row.option?.name)),
  }
}

function versionsCell(versions: readonly string[]): Cell {
  return versions.length === 0 ? MISSING : text(versions.join(', '))
}
