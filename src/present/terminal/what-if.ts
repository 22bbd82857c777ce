import type { GraphSizes } from '../../analyses/graph-sizes.ts'
import { type Removal, type Without, without } from '../../analyses/without.ts'
import { isAmong, type Reference } from '../../graph/reference-graph.ts'

/** What the user has removed so far, and what that does. */
export interface WhatIf {
  readonly removal: Removal
  /** What was removed before each step, the first step first. */
  readonly before: readonly Removal[]
  readonly result: Without
  /** Owners that go away. */
  readonly gone: ReadonlySet<number>
}

const NOTHING: Removal = { references: [], owners: [] }

/** Nothing removed. */
export function startWhatIf(sizes: GraphSizes): WhatIf {
  return withRemoval(sizes, NOTHING, [])
}

/** Removes an owner, or puts it back if it is removed. */
export function toggleOwner(sizes: GraphSizes, { removal, before }: WhatIf, node: number): WhatIf {
  const owners = removal.owners.includes(node)
    ? removal.owners.filter((other) => other !== node)
    : [...removal.owners, node]
  return withRemoval(sizes, { ...removal, owners }, [...before, removal])
}

/** Removes references, or puts them back if all of them are removed. */
export function toggleReferences(sizes: GraphSizes, { removal, before }: WhatIf, some: readonly Reference[]): WhatIf {
  const isRemoved = isAmong(removal.references)
  const isOfThese = isAmong(some)
  const references = some.every(isRemoved)
    ? removal.references.filter((reference) => !isOfThese(reference))
    : [...removal.references, ...some.filter((reference) => !isRemoved(reference))]
  return withRemoval(sizes, { ...removal, references }, [...before, removal])
}

/** Takes back the last step; the same if there is none. */
export function undo(sizes: GraphSizes, whatIf: WhatIf): WhatIf {
  const last = whatIf.before.at(-1)
  return last === undefined ? whatIf : withRemoval(sizes, last, whatIf.before.slice(0, -1))
}

/** How many owners and references are removed. */
export function countRemoved({ removal: { owners, references } }: WhatIf): number {
  return owners.length + references.length
}

function withRemoval(sizes: GraphSizes, removal: Removal, before: readonly Removal[]): WhatIf {
  const result = without(sizes, removal)
  return { removal, before, result, gone: new Set(result.gone.map(({ node }) => node)) }
}
