import type { DiffRow, NamedEdge } from './diff.ts'

/** Why an image became another one: a change, or several that one reference brought or took away. */
export interface StepCause {
  /** Largest first, but the owner that the reference led to stands before all that it needs. */
  readonly changes: readonly [DiffRow, ...DiffRow[]]
  readonly delta: number
}

/** What caused a step, most first. Owners that came or went by one reference are one cause. */
export function causesOf(changes: readonly DiffRow[]): readonly StepCause[] {
  const causes = new Map<string, [DiffRow, ...DiffRow[]]>()
  for (const [at, row] of changes.entries()) {
    const { through, lost } = row
    const id = through !== undefined ? edgeId('+', through) : lost !== undefined ? edgeId('-', lost) : String(at)
    const known = causes.get(id)
    if (known === undefined) causes.set(id, [row])
    else known.push(row)
  }
  return Array.from(causes.values(), (some) => ({
    changes: withReferredFirst(some),
    delta: some.reduce((sum, { delta }) => sum + delta, 0),
  }))
    .filter(({ delta }) => delta !== 0)
    .sort((a, b) => Math.abs(b.delta) - Math.abs(a.delta))
}

function withReferredFirst(some: StepCause['changes']): StepCause['changes'] {
  const isReferred = ({ through, lost, newPath, oldPath }: DiffRow): boolean =>
    through === undefined ? lost !== undefined && lost.to === oldPath : through.to === newPath
  const referred = some.find(isReferred)
  return referred === undefined ? some : [referred, ...some.filter((row) => row !== referred)]
}

function edgeId(sign: '+' | '-', { from, to }: NamedEdge): string {
  return `${sign}${from} ${to}`
}
