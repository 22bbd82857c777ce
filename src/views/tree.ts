import type { GraphSizes } from '../analyses/graph-sizes.ts'
import type { TreeRow } from '../analyses/tree.ts'
import type { ReferencesOrigin } from '../owners/references.ts'
import { bytes, type Cell, count, MISSING, type NameCell, name, optionalBytes, plural, text, words } from './cell.ts'
import { type Column, sorted, sortKeys } from './column.ts'
import { type Nouns, STORE_PATHS } from './nouns.ts'
import { referencesFrom } from './references.ts'
import type { Branch, Section } from './section.ts'
import type { View } from './view.ts'

export interface TreeViewContext {
  readonly nameOf: (node: number) => NameCell
  /** Where the references are from, and whether everything was read that could hold one. */
  readonly origin: ReferencesOrigin
  readonly complete: boolean
  /** Whether the user named the roots, so that the rest of the image does not count. */
  readonly isGiven: boolean
  readonly nouns: Nouns
}

/** What is retained under roots that the user named, and what answers the question that it looks like. */
const GIVEN_ROOTS = 'retained: as if nothing else held it; isoscope without says what would really go'

/** The dominator tree: which store path holds which, and what would go away with it. */
export function treeView(
  rows: readonly TreeRow[],
  { nameOf, origin, complete, isGiven, nouns }: TreeViewContext,
): View<TreeRow> {
  const columns = columnsOf(nameOf, nouns, isGiven)
  return {
    sections: (): readonly Section[] => {
      const shown = columns.filter(({ only }) => only !== 'programs')
      return [
        { body: { kind: 'tree', columns: shown, roots: branchesOf(rows, shown) } },
        {
          body: { kind: 'lines', lines: [] },
          hints: [...(isGiven ? [[GIVEN_ROOTS]] : []), referencesFrom(origin, complete, nouns)],
        },
      ]
    },
    rows: () => ({ columns, rows }),
  }
}

function columnsOf(nameOf: TreeViewContext['nameOf'], nouns: Nouns, isGiven = false): readonly Column<TreeRow>[] {
  return [
    { id: 'depth', heading: 'depth', only: 'programs', value: (row) => count(depthOf(row)) },
    { id: 'kind', heading: 'kind', only: 'programs', value: ({ kind }) => text(kind) },
    { id: 'retained', heading: 'retained', value: ({ retained }) => bytes(retained), sort: ({ retained }) => retained },
    {
      id: 'itself',
      heading: 'itself',
      value: ({ itself }) => optionalBytes(itself),
      sort: ({ itself }) => itself ?? 0,
    },
    {
      id: 'name',
      heading: nouns.owner[0],
      isName: true,
      only: 'people',
      value: (row) => labelOf(row, nameOf, nouns, isGiven),
      sort: ({ path }) => (path === undefined ? '' : nameOf(path).short),
    },
    {
      id: 'path',
      heading: 'path',
      only: 'programs',
      value: ({ path }) => (path === undefined ? MISSING : nameOf(path)),
    },
    { id: 'ownerCount', heading: 'owners', only: 'programs', value: ({ paths }) => count(paths) },
  ]
}

/** What the rows below a store path are sorted by. */
export const TREE_SORT_KEYS: readonly string[] = sortKeys(columnsOf(() => name(''), STORE_PATHS))

/**
 * The order of store paths by a column.
 * @param key one of TREE_SORT_KEYS
 */
export function treeOrder(
  { retained, exclusive }: Pick<GraphSizes, 'retained' | 'exclusive'>,
  nameOf: TreeViewContext['nameOf'],
  key: string,
): (paths: readonly number[]) => readonly number[] {
  const columns = columnsOf(nameOf, STORE_PATHS)
  const rowOf = (path: number): TreeRow & { readonly path: number } => ({
    ...{ kind: 'path', path, paths: 1, retained: retained[path]!, itself: exclusive[path]! },
    ...{ levels: '', isLast: false, isTop: false },
  })
  return (paths) => sorted(paths.map(rowOf), columns, key, 'retained').map(({ path }) => path)
}

function depthOf({ isTop, levels }: TreeRow): number {
  return isTop ? 0 : levels.length + 1
}

/** The rows, each with those below it. */
function branchesOf(rows: readonly TreeRow[], columns: readonly Column<TreeRow>[]): readonly Branch[] {
  const roots: Branch[] = []
  const open: Branch[][] = [roots]
  for (const row of rows) {
    const children: Branch[] = []
    const branch: Branch = {
      cells: columns.map(({ value }) => value(row)),
      children,
      ...(row.kind === 'path' ? {} : { isAside: true as const }),
    }
    const depth = depthOf(row)
    open[depth]!.push(branch)
    open[depth + 1] = children
  }
  return roots
}

function labelOf(
  { kind, path, paths, isTop }: TreeRow,
  nameOf: TreeViewContext['nameOf'],
  { owner, brief }: Nouns,
  isGiven: boolean,
): Cell {
  const held = plural(paths, ...brief)
  switch (kind) {
    case 'path':
      return nameOf(path!)
    case 'jointly':
      return words(`[held jointly by several of these${isTop ? ' roots' : ''}, `, ...held, ']')
    case 'more':
      return words('[', ...plural(paths, `more ${owner[0]}`, `more ${owner[1]}`), ']')
    case 'shared':
      return words(`[content stored once for several${isTop ? ', or with files outside' : ''}]`)
    case 'unreached':
      if (isGiven) return words('[', ...plural(paths, `other ${brief[0]}`, `other ${brief[1]}`), ']')
      return words('[', ...held, ' that no root leads to]')
    case 'total':
      return words('total of ', ...held)
  }
}
