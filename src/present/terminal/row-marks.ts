import { isAmong } from '../../graph/reference-graph.ts'
import type { Explorer } from './explorer.ts'
import type { Row } from './list.ts'
import type { Pen } from './pen.ts'

/** Whether a row stands for what would no longer be there. */
export function isAway({ node, reference }: Row, { whatIf }: Explorer): boolean {
  const { removal, gone } = whatIf
  return (
    (node !== undefined && (removal.owners.includes(node) || gone.has(node))) ||
    (reference !== undefined && isAmong(removal.references)(reference))
  )
}

/** What the user removed, and what goes with it, by signs. */
export function markOf(row: Row, { whatIf }: Explorer, { signs }: Pen): string {
  const { node, reference } = row
  const { removal, gone } = whatIf
  const isRemoved =
    (node !== undefined && removal.owners.includes(node)) ||
    (reference !== undefined && isAmong(removal.references)(reference))
  return isRemoved ? signs.removed : node !== undefined && gone.has(node) ? signs.gone : ' '
}

/** The first row to show, so that the cursor is in the middle where it can be. */
export function firstShown(at: number, count: number, page: number): number {
  return Math.max(Math.min(at - (page >> 1), count - page), 0)
}
