import type { Exploration } from '../../analyses/exploration.ts'
import { nounOf } from '../../owners/names.ts'
import { change, optionalBytes } from '../../views/cell.ts'
import type { Column } from '../../views/column.ts'
import { ownerNames } from '../../views/owner-names.ts'
import { type OwnersRow, ownerColumns, withoutReferences } from '../../views/owners.ts'
import { type List, type Row, viewOf } from './list.ts'

/** The columns that lists show and sort by, in the order of the key that changes them. */
export const SIZE_KINDS = ['retained', 'own', 'unpacked'] as const
export type SizeKind = (typeof SIZE_KINDS)[number]

/** The columns of owners, as reports have them. */
export function columnsOfOwners({ inventory, sizes, hasReferences }: Exploration): readonly Column<OwnersRow>[] {
  const { image, kind, directory, contentNames } = inventory
  const nameOf = ownerNames(sizes.graph.keys, directory, contentNames)
  const columns = ownerColumns({
    size: image.size,
    noun: nounOf(kind)[0],
    nameOf: ({ key, name }) => nameOf(key ?? name),
  })
  return hasReferences ? columns : withoutReferences(columns)
}

/** The column of a list that shows a size of the user's choice, or another where the list does not have that size. */
export function sizeColumn(
  list: List,
  rows: readonly Row[],
  ofOwners: readonly Column<OwnersRow>[],
  chosen: SizeKind,
): Column<Row> {
  switch (list.kind) {
    case 'duplicates':
      return {
        id: 'saves',
        heading: 'saves',
        value: ({ saves }) => optionalBytes(saves),
        sort: ({ saves = 0 }) => saves,
      }
    case 'changes':
      return chosen === 'unpacked'
        ? changeColumn('unpacked', ({ change: some }) => some?.unpackedDelta ?? 0)
        : changeColumn('on ISO', ({ change: some }) => some?.delta ?? 0)
    case 'copies':
      return fromOwners(ofOwners, rows.every(({ sizes }) => sizes?.kind === 'owner') ? chosen : 'own')
    case 'packages':
      // Of several owners we do not know what they retain together.
      return fromOwners(ofOwners, chosen === 'retained' ? 'own' : chosen)
    case 'regions':
    case 'files':
      return fromOwners(ofOwners, chosen === 'unpacked' ? chosen : 'own')
    case 'folder':
    case 'found': {
      const folder = list.kind === 'found' ? list.below : list
      if (folder.folder.own === undefined || chosen === 'unpacked') return fromOwners(ofOwners, 'unpacked')
      return fromOwners(ofOwners, 'own')
    }
    default:
      return fromOwners(ofOwners, chosen)
  }
}

/** Another size of owners, for a list that has room for two; undefined where there is none. */
export function secondColumn(
  list: List,
  ofOwners: readonly Column<OwnersRow>[],
  first: Column<Row>,
): Column<Row> | undefined {
  const view = viewOf(list)
  if (view !== 'references' && view !== 'dominators') return undefined
  const id = first.id === 'own' ? 'retained' : 'own'
  return ofOwners.some((column) => column.id === id) ? fromOwners(ofOwners, id) : undefined
}

/** A column of owners for the rows of a list: their own bytes where they have no other. */
function fromOwners(ofOwners: readonly Column<OwnersRow>[], id: SizeKind): Column<Row> {
  const { value, sort, ...head } = (ofOwners.find((column) => column.id === id) ??
    ofOwners.find((column) => column.id === 'own'))!
  return {
    ...head,
    value: ({ sizes }) => (sizes === undefined ? optionalBytes(undefined) : value(sizes)),
    sort: ({ sizes }) => (sizes === undefined ? 0 : sort!(sizes)),
  }
}

/** Changes are sorted by how large they are, whatever their sign. */
function changeColumn(heading: string, bytesOf: (row: Row) => number): Column<Row> {
  return { id: heading, heading, value: (row) => change(bytesOf(row)), sort: (row) => Math.abs(bytesOf(row)) }
}
