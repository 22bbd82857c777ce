import { ROOT } from '../../graph/dominator-tree.ts'
import { type Explorer, shown } from './explorer.ts'
import { type Level, levelOf, selectedIn } from './level.ts'
import { type List, type Row, viewOf } from './list.ts'

/** A pane beside the list: rows to look at. */
export interface SidePane {
  readonly title: string
  readonly rows: readonly Row[]
  /** The row that the list belongs to. */
  readonly here?: string
}

/** What is to the left and to the right of the row at the cursor. */
export interface SidePanes {
  readonly left: SidePane
  readonly right: SidePane
}

const NOTHING: SidePane = { title: '', rows: [] }

export function sidePanes(state: Explorer): SidePanes {
  const level = shown(state)
  const { list } = level
  const row = selectedIn(level)
  const rowsOfList = (some: List): readonly Row[] => levelOf(some, state, state).rows
  const above = state.trail.at(-2)
  switch (viewOf(list)) {
    case 'dominators':
      return {
        left: { title: 'held by', rows: row?.node === undefined ? [] : holders(state, row.node) },
        right: {
          title: 'alone holds',
          rows: row?.node === undefined ? [] : rowsOfList({ kind: 'held', by: row.node }),
        },
      }
    case 'files':
      return {
        left: above === undefined ? NOTHING : parentPane(above),
        right: row?.opens === undefined ? NOTHING : { title: 'in it', rows: rowsOfList(row.opens) },
      }
    case 'duplicates':
      if (row?.opens !== undefined) return { left: NOTHING, right: { title: 'copies', rows: rowsOfList(row.opens) } }
  }
  if (row?.node === undefined) return { left: NOTHING, right: NOTHING }
  return {
    left: {
      title: 'pulled in by',
      rows: rowsOfList({ kind: 'referrers', of: row.node }),
      ...(list.kind === 'references' ? { here: String(list.of) } : {}),
    },
    right: {
      title: 'pulls in',
      rows: rowsOfList({ kind: 'references', of: row.node }),
      ...(list.kind === 'referrers' ? { here: String(list.of) } : {}),
    },
  }
}

/** The list that the present one was opened from. */
function parentPane(above: Level): SidePane {
  const here = selectedIn(above)?.id
  return { title: 'above', rows: above.rows, ...(here === undefined ? {} : { here }) }
}

/** The owners that hold an owner, from the root down. */
function holders(state: Explorer, node: number): readonly Row[] {
  const { parent } = state.exploration.sizes.tree
  const chain: Row[] = []
  for (let at = parent[node]!; at > ROOT; at = parent[at]!) {
    chain.unshift({ id: String(at), label: state.labels[at]!, sizes: state.exploration.owners[at]!, node: at })
  }
  return chain
}
