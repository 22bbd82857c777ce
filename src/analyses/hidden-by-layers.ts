import type { Account, HiddenByLayers } from '../inventory/attribution.ts'

/** What takes bytes in layers of a root file system and does not show in it. */
export type HiddenSums = Readonly<Record<HiddenByLayers, HiddenSum>>

export interface HiddenSum {
  readonly own: number
  /** For `shadowed`, regular files; whiteouts are entries of any type. */
  readonly count: number
}

/** Sums up what layers hide; undefined if they hide nothing. */
export function hiddenSums(accounts: readonly Account[]): HiddenSums | undefined {
  const sums = { shadowed: { own: 0, count: 0 }, whiteout: { own: 0, count: 0 } }
  for (const { inLayers, own, files } of accounts) {
    if (inLayers === undefined) continue
    const sum = sums[inLayers]
    sum.own += own
    sum.count += inLayers === 'whiteout' ? 1 : files
  }
  return Object.values(sums).every(({ own, count }) => own === 0 && count === 0) ? undefined : sums
}
