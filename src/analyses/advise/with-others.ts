import type { Freed } from './freed.ts'
import type { Hint } from './hint.ts'
import type { Removed } from './removed.ts'

/** What an entry frees once others are followed, though it frees little alone: several references hold a path. */
export interface WithOthers {
  /** The other entries; without any of them it frees much less. */
  readonly ids: readonly string[]
  /** Bytes that go with it after the others. */
  readonly bytes: number
}

interface Counted {
  readonly hint: Hint
  readonly removed: Removed
  readonly alone: Freed
}

/** It must free this many times as much as alone, and this many bytes more. */
const TIMES = 2
const MORE = 4096
/** Others that bring less than this part of all that is to be had are left out. */
const MOST = 1 / 2

/**
 * What an entry frees more if others are followed too, and the fewest of them that we find: we leave one out after the
 * other, experimental ones first, as long as most of the bytes stay.
 */
export function withOthers(
  { hint, removed, alone }: Counted,
  all: readonly Counted[],
  freed: (some: readonly Removed[]) => Freed,
): WithOthers | undefined {
  const gain = (some: readonly Counted[]): number => {
    const others = some.map((one) => one.removed)
    return freed([...others, removed]).bytes - freed(others).bytes
  }
  let others = all.filter((one) => one.hint !== hint)
  const most = gain(others)
  if (most < alone.bytes * TIMES || most < alone.bytes + MORE) return undefined
  const isLastChoice = (one: Counted): boolean =>
    one.hint.experimental || one.hint.byName !== undefined || one.hint.edit !== undefined
  const inOrder = [...others.filter(isLastChoice), ...others.filter((one) => !isLastChoice(one)).reverse()]
  for (const candidate of inOrder) {
    const without = others.filter((one) => one !== candidate)
    if (gain(without) >= most * MOST) others = without
  }
  return others.length === 0 ? undefined : { ids: others.map((one) => one.hint.id), bytes: gain(others) }
}
