import type { RangeList } from '../bytes/range-list.ts'
import type { Hierarchy } from './hierarchy.ts'
import { readSecondaryTree, type SecondaryBudgets, type SecondaryTree } from './secondary-tree.ts'
import type { Volume } from './volume.ts'

/** The label of trees in other sessions. */
export const ANOTHER_SESSION = 'another session'

/** A tree that we do not show. */
export interface OtherTree extends SecondaryTree {
  /** "Joliet", or ANOTHER_SESSION. */
  readonly label: string
  /** For a volume within a partition: the name of that partition, "partition 1". */
  readonly within?: string
}

/** Reads the tree of a hierarchy that we do not show, and warns of files that only it has. */
export function otherTree(
  volume: Volume,
  { root }: Hierarchy,
  label: string,
  visited: Set<number>,
  owned: RangeList,
  budgets: SecondaryBudgets,
  within?: string,
): OtherTree {
  const other = {
    label,
    ...(within === undefined ? {} : { within }),
    ...readSecondaryTree(volume, root, visited, owned, budgets),
  }
  if (other.unsharedFiles > 0) {
    volume.warnings.add('MALFORMED', `files are only in the ${treeName(other)}, which is not shown`, {
      structure: 'directory record',
      offset: other.firstUnshared,
      found: other.unsharedFiles,
    })
  }
  return other
}

/** "Joliet tree", "tree of partition 1". */
export function treeName({ label, within }: Pick<OtherTree, 'label' | 'within'>): string {
  if (within === undefined) return `${label} tree`
  const tree = label === 'primary' ? 'tree' : `${label} tree`
  return `${tree} of ${within.startsWith('volume') ? 'the ' : ''}${within}`
}

/** Makes the bytes of a tree owned. */
export function addOtherTree(other: OtherTree, owned: RangeList): void {
  const { directoryExtents, extendedAttributeRecords, continuationAreas, unshared } = other
  for (const list of [directoryExtents, extendedAttributeRecords, continuationAreas, unshared]) {
    for (const [start, end] of list.ranges()) owned.add(start, end - start)
  }
}
