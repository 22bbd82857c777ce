import { HINT_TABLE } from './compiled/nixos-hints.ts'
import type { Hint } from './hint.ts'

export { HINT_TABLE } from './compiled/nixos-hints.ts'

const BY_ID: ReadonlyMap<string, Hint> = new Map(HINT_TABLE.entries.map((hint) => [hint.id, hint]))

/** An entry of the table by its id. */
export function hintOf(id: string): Hint | undefined {
  return BY_ID.get(id)
}

/** An entry and all those whose removals its options bring too, itself first. */
export function withIncluded(hint: Hint): readonly Hint[] {
  // A set's loop also visits what we add meanwhile.
  const all = new Set([hint])
  for (const one of all) for (const id of one.includes) all.add(BY_ID.get(id)!)
  return [...all]
}

/** How surely we know that an entry works, the surest word first. */
export type Sureness = 'built' | 'reported' | 'read' | 'derived'

/**
 * `built`: the author of the article built it and gives the result. `reported`: a thread or a public configuration has it.
 * `read`: we read it in the source of a module. `derived`: it follows from such sources.
 */
export function surenessOf({ certainty }: Hint): Sureness {
  if (certainty.includes('article')) return 'built'
  if (certainty.includes('thread')) return 'reported'
  return certainty.includes('module') ? 'read' : 'derived'
}
