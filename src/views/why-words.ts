import type { SmallestCut, Why } from '../analyses/why.ts'
import { count, plural, type Words } from './cell.ts'
import { type Nouns, STORE_PATHS } from './nouns.ts'
import { rootReason } from './references.ts'

/** "this", "both of these", "all 5 of these". */
export function countOfCut({ references: { length } }: SmallestCut): Words {
  if (length <= 2) return [length === 1 ? 'this' : 'both of these']
  return ['all ', count(length), ' of these']
}

/** What it takes to remove the references of a cut. */
export function kindOfCut({ references, builtIn }: SmallestCut, { owner }: Nouns): string {
  if (builtIn === 0) return owner === STORE_PATHS.owner ? 'from the configuration' : 'chosen or recommended'
  return builtIn < references.length
    ? 'some built in, so another build is needed'
    : 'built in, so another build is needed'
}

/** Why there is no cut to offer for a path that has referrers or is a root. */
export function withoutCut({ root, referrers, byChance, smallest }: Why, { owner, brief }: Nouns): Words {
  if (root !== undefined) {
    return ['It is there for its own sake, and no reference keeps it: ', ...rootReason(root), '.']
  }
  if (smallest !== undefined) {
    const hold = referrers.length === 1 ? ' holds it' : ' hold it'
    const { length } = smallest.references
    const all = plural(length, 'reference')
    return [...plural(referrers.length, ...brief), hold, ': not worth cutting. It would take ', ...all, '.']
  }
  return [
    byChance.length > 0
      ? 'Only references by chance hold it. Nobody can cut them; the next build may lose them.'
      : owner === STORE_PATHS.owner
        ? 'It is a part of the system: what puts the system together leads to it.'
        : 'Essential packages lead to it: no system works without it.',
  ]
}
