import type { Diff, DiffRow } from './diff.ts'

/** Which rows of a diff get a line of their own. */
export interface DiffSummaryOptions {
  /** We sum up differences smaller than this, in bytes. */
  readonly min: number
  /** How many rows we show; 0 for all. */
  readonly top: number
  /** Whether rebuilt paths get lines of their own. */
  readonly rebuilt: boolean
  /** Show only rows of this kind. */
  readonly only: DiffFilter | undefined
}

/** The kinds of rows that a user can ask for. */
export const DIFF_FILTERS = ['new', 'gone', 'changed', 'rebuilt', 'grew', 'shrank'] as const
export type DiffFilter = (typeof DIFF_FILTERS)[number]

/** A sum of rows. */
export interface SummedRows {
  readonly reason: 'rebuilt' | 'small' | 'more' | 'other'
  readonly rows: number
  readonly delta: number
  readonly unpackedDelta: number
}

export interface DiffSummary {
  /** Largest difference first; rows other than owners, files and packages come last. */
  readonly shown: readonly DiffRow[]
  /** The sums; `shown` and `sums` add up to the whole difference. */
  readonly sums: readonly SummedRows[]
}

/** Sums up rows that do not deserve a line. The shown rows and the sums add up to the difference. */
export function summariseDiff(
  { rows }: Pick<Diff, 'rows'>,
  { min, top, rebuilt, only }: DiffSummaryOptions,
): DiffSummary {
  const changes: DiffRow[] = []
  const asides: DiffRow[] = []
  const odd: DiffRow[] = []
  const hidden = new Map<SummedRows['reason'], DiffRow[]>()
  const hide = (reason: SummedRows['reason'], row: DiffRow): void => {
    const known = hidden.get(reason)
    if (known === undefined) hidden.set(reason, [row])
    else known.push(row)
  }
  for (const row of rows) {
    const isAside = row.kind === 'packing' || row.kind === 'region'
    if (only !== undefined && !isOfFilter(row, only)) hide('other', row)
    else if (isAside) asides.push(row)
    else if (isOdd(row)) odd.push(row)
    else if (row.class === 'rebuilt' && !rebuilt && only !== 'rebuilt') hide('rebuilt', row)
    else if (Math.abs(row.delta) < min) hide('small', row)
    else if (top > 0 && changes.length >= top) hide('more', row)
    else changes.push(row)
  }
  return {
    shown: [...changes, ...odd, ...asides],
    sums: (['more', 'small', 'rebuilt', 'other'] as const).flatMap((reason) => {
      const some = hidden.get(reason) ?? []
      if (some.length === 0) return []
      const sum = (key: 'delta' | 'unpackedDelta'): number => some.reduce((total, row) => total + row[key], 0)
      return [{ reason, rows: some.length, delta: sum('delta'), unpackedDelta: sum('unpackedDelta') }]
    }),
  }
}

/** Whether the same owner has other contents, which no build produces. We show it, however small the change. */
function isOdd({ oldPath, newPath, contentsDiffer }: DiffRow): boolean {
  return contentsDiffer !== undefined && oldPath !== undefined && oldPath === newPath
}

/** Whether a row is of a kind that the user asks for. */
export function isOfFilter(row: DiffRow, only: DiffFilter): boolean {
  if (only === 'grew') return row.delta > 0
  if (only === 'shrank') return row.delta < 0
  return row.class === only && row.kind !== 'region' && row.kind !== 'packing'
}
