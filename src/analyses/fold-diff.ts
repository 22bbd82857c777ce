import type { Diff, DiffRow } from './diff.ts'

/** Which rows of a diff are shown one by one. */
export interface FoldOptions {
  /** Differences smaller than this are summed up, in bytes. */
  readonly min: number
  /** Rows shown; 0 for all. */
  readonly top: number
  /** Whether paths that were rebuilt are shown one by one. */
  readonly rebuilt: boolean
  /** Only rows of this kind. */
  readonly only: DiffFilter | undefined
}

/** Kinds of rows to ask for. */
export const DIFF_FILTERS = ['new', 'gone', 'changed', 'rebuilt', 'grew', 'shrank'] as const
export type DiffFilter = (typeof DIFF_FILTERS)[number]

/** Rows that are summed up. */
export interface FoldedRows {
  readonly reason: 'rebuilt' | 'small' | 'more' | 'other'
  readonly rows: number
  readonly delta: number
  readonly unpackedDelta: number
}

export interface FoldedDiff {
  /** The largest difference first; what is no store path, file or package comes last. */
  readonly shown: readonly DiffRow[]
  /** Together with `shown` they have all of the difference. */
  readonly folded: readonly FoldedRows[]
}

/** Sums up what is not worth a line; what is shown and what is summed up add up to the difference. */
export function foldDiff({ rows }: Diff, { min, top, rebuilt, only }: FoldOptions): FoldedDiff {
  const changes: DiffRow[] = []
  const asides: DiffRow[] = []
  const odd: DiffRow[] = []
  const folds = new Map<FoldedRows['reason'], DiffRow[]>()
  const fold = (reason: FoldedRows['reason'], row: DiffRow): void => {
    const known = folds.get(reason)
    if (known === undefined) folds.set(reason, [row])
    else known.push(row)
  }
  for (const row of rows) {
    const isAside = row.kind === 'packing' || row.kind === 'region'
    if (only !== undefined && !matches(row, only)) fold('other', row)
    else if (isAside) asides.push(row)
    else if (isOdd(row)) odd.push(row)
    else if (row.class === 'rebuilt' && !rebuilt && only !== 'rebuilt') fold('rebuilt', row)
    else if (Math.abs(row.delta) < min) fold('small', row)
    else if (top > 0 && changes.length >= top) fold('more', row)
    else changes.push(row)
  }
  return {
    shown: [...changes, ...odd, ...asides],
    folded: (['more', 'small', 'rebuilt', 'other'] as const).flatMap((reason) => {
      const some = folds.get(reason) ?? []
      if (some.length === 0) return []
      const sum = (key: 'delta' | 'unpackedDelta'): number => some.reduce((total, row) => total + row[key], 0)
      return [{ reason, rows: some.length, delta: sum('delta'), unpackedDelta: sum('unpackedDelta') }]
    }),
  }
}

/** Whether it is the same store path with other contents, which no build makes: shown, however small the change. */
function isOdd({ oldPath, newPath, contentsDiffer }: DiffRow): boolean {
  return contentsDiffer !== undefined && oldPath !== undefined && oldPath === newPath
}

function matches(row: DiffRow, only: DiffFilter): boolean {
  if (only === 'grew') return row.delta > 0
  if (only === 'shrank') return row.delta < 0
  return row.class === only && (row.kind === 'storePath' || row.kind === 'package' || row.kind === 'file')
}
