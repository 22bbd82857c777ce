import type { Hint, Refusal } from './hint.ts'
import { withIncluded } from './hint-table.ts'
import { conflictWith, type ModuleSettings, refusedIn, withHint } from './module-settings.ts'

/** The entries that can be followed together, and the module that follows them. */
export interface Followed {
  readonly ids: ReadonlySet<string>
  readonly settings: ModuleSettings
  /** Why each other entry is not followed. */
  readonly reasons: ReadonlyMap<string, string>
}

export interface FollowOptions {
  /** Why an entry is not to be followed, by id; undefined if it is. */
  readonly askedFor: ReadonlyMap<string, string | undefined>
  /** The ids of all entries that apply to the image. */
  readonly applying: ReadonlySet<string>
  readonly refusals: readonly Refusal[]
  readonly kernel: string | undefined
}

/**
 * Chooses the entries to follow, the first ones first: an entry is left out if another one does the same, if two would set
 * one option in different ways, or if NixOS refuses the combination.
 */
export function follow(hints: readonly Hint[], options: FollowOptions): Followed {
  const { askedFor, applying, refusals, kernel } = options
  const ids = new Set<string>()
  const covered = new Map<string, string>()
  const reasons = new Map<string, string>()
  let settings: ModuleSettings = new Map()
  const reasonFor = (hint: Hint): string | undefined => {
    const by = covered.get(hint.id)
    if (by !== undefined) return `${by} does it`
    const against = askedFor.get(hint.id)
    if (against !== undefined) return against
    if (hint.options.length === 0) return 'there is no option for it'
    const missing = hint.needs.find((id) => applying.has(id) && !ids.has(id) && !covered.has(id))
    if (missing !== undefined) return `only with ${missing}`
    const conflict = conflictWith(settings, hint)
    if (conflict !== undefined) return conflict
    return refusedIn(withHint(settings, hint), refusals, kernel)?.says
  }
  // What an entry needs may come after it, so we go on until nothing more can be followed.
  for (let count = -1; count < ids.size; ) {
    count = ids.size
    for (const hint of hints) {
      if (ids.has(hint.id)) continue
      const reason = reasonFor(hint)
      if (reason !== undefined) {
        reasons.set(hint.id, reason)
        continue
      }
      reasons.delete(hint.id)
      ids.add(hint.id)
      settings = withHint(settings, hint)
      for (const { id } of withIncluded(hint)) if (id !== hint.id && !ids.has(id)) covered.set(id, hint.id)
    }
  }
  return { ids, settings, reasons }
}
