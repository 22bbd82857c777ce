import type { SmallestCut, Why } from '../analyses/why.ts'
import { rootReason } from '../views/references.ts'
import { wordsText } from './text/cell.ts'
import { PLAIN } from './text/style.ts'
import { formatCount, plural } from './units.ts'

/** "this", "both of these", "all 5 of these". */
export function countOfCut({ references: { length } }: SmallestCut): string {
  return length === 1 ? 'this' : length === 2 ? 'both of these' : `all ${formatCount(length)} of these`
}

/** What it takes to remove the references of a cut. */
export function kindOfCut({ references, builtIn }: SmallestCut): string {
  if (builtIn === 0) return 'from the configuration'
  return builtIn < references.length
    ? 'some built in, so another build is needed'
    : 'built in, so another build is needed'
}

/** Why there is no cut to offer for a path that has referrers or is a root. */
export function withoutCut({ root, referrers, byChance, smallest }: Why): string {
  if (root !== undefined) {
    const reason = wordsText(rootReason(root), { style: PLAIN, unit: 'iec', fullPaths: false })
    return `It is there for its own sake, and no reference keeps it: ${reason}.`
  }
  if (smallest !== undefined) {
    const held = `${plural(referrers.length, 'path')} ${referrers.length === 1 ? 'holds' : 'hold'} it`
    return `${held}: not worth cutting. It would take ${formatCount(smallest.references.length)} references.`
  }
  return byChance.length > 0
    ? 'Only references by chance hold it. Nobody can cut them; the next build may lose them.'
    : 'It is a part of the system: what puts the system together leads to it.'
}
