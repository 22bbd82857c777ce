import type { Inventory } from '../inventory/take-inventory.ts'
import { nameOf } from '../owners/names.ts'
import type { ComparedContents } from './compare-contents.ts'
import type { ComparedBy, Match } from './match-owners.ts'
import { MetadataComparison, type MetadataCounts, type MetadataDiff } from './metadata-diff.ts'
import type { Pairing } from './pair-sides.ts'

/** How many owners we call equal by which comparison. */
export type ComparedByCounts = Readonly<Record<ComparedBy, number>>

/** A match with the results of comparing contents and metadata. */
export interface SettledMatch extends Match {
  readonly contentsDiffer?: number
  readonly metadata?: MetadataCounts
}

/** Adds to each match the results of comparing contents and metadata. */
export function settleMatches(
  before: Inventory,
  after: Inventory,
  { matches, outside, filesOf }: Pairing,
  contents: ComparedContents | undefined,
): { readonly matches: readonly SettledMatch[]; readonly metadata: MetadataDiff | undefined } {
  const comparison = outside === undefined ? undefined : new MetadataComparison(before, after)
  const settled = matches.map((match): SettledMatch => {
    const counts = comparison?.compare(filesOf(match), { old: match.before, new: match.after }) ?? {}
    const metadata = Object.keys(counts).length === 0 ? {} : { metadata: counts }
    const different = match.before === undefined ? undefined : contents?.owners.get(match.before)
    if (different === undefined) return { ...match, ...metadata }
    if (different === 0) return { ...match, comparedBy: 'content', ...metadata }
    const { comparedBy: _, ...rest } = match
    // By its NAR hash it may have had another name.
    const isSameName = nameOf(match.before!) === nameOf(match.after!)
    return { ...rest, class: isSameName ? 'rebuilt' : 'changed', contentsDiffer: different, ...metadata }
  })
  if (outside !== undefined) comparison?.compare(outside, { old: undefined, new: undefined })
  return { matches: settled, metadata: comparison?.result }
}

/** Counts owners by the comparison that calls them equal. */
export function comparedByCounts(matches: readonly Match[]): ComparedByCounts {
  const counts = { narHash: 0, content: 0, namesAndSizes: 0 }
  for (const { comparedBy } of matches) if (comparedBy !== undefined) counts[comparedBy] += 1
  return counts
}

/** Whether a match says that the content did not change. */
export function isSameContent({ class: kind }: Match): boolean {
  return kind === 'same' || kind === 'moved'
}
