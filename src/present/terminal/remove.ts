import type { Reference } from '../../graph/reference-graph.ts'
import { nounOf } from '../../owners/names.ts'
import { nounsOf } from '../../views/nouns.ts'
import { formatBytes, plural } from '../units.ts'
import { type Explorer, selected, whyWindow } from './explorer.ts'
import { countRemoved, toggleOwner, toggleReferences, undo, type WhatIf } from './what-if.ts'

/** Removes the owner at the cursor, or puts it back. */
export function removeOwner(state: Explorer): Explorer {
  const row = selected(state)
  const { exploration, labels, whatIf } = state
  if (row?.node === undefined) {
    const [, several] = nounOf(exploration.inventory.kind)
    return { ...state, message: `only ${several} and references can be removed` }
  }
  return changed(state, toggleOwner(exploration.sizes, whatIf, row.node), labels[row.node]!, row.node)
}

/** Removes the reference that the row at the cursor is listed for, or puts it back. */
export function removeReference(state: Explorer): Explorer {
  const reference = selected(state)?.reference
  if (reference === undefined) {
    const [one] = nounOf(state.exploration.inventory.kind)
    return { ...state, message: `X removes a reference: first go to what a ${one} pulls in, or what pulls it in` }
  }
  return removeReferences(state, [reference])
}

/** Removes references, or puts them back. */
export function removeReferences(state: Explorer, references: readonly Reference[]): Explorer {
  const { exploration, labels, whatIf } = state
  const [first] = references
  if (first === undefined) return { ...state, message: 'this line names no reference' }
  const what =
    references.length === 1 ? `${labels[first.from]!} → ${labels[first.to]!}` : `${references.length} references`
  return changed(state, toggleReferences(exploration.sizes, whatIf, references), what, first.to)
}

/** Takes back the last removal. */
export function undoRemoval(state: Explorer): Explorer {
  const { exploration, whatIf } = state
  if (whatIf.before.length === 0) return { ...state, message: 'there is nothing to undo' }
  const next = undo(exploration.sizes, whatIf)
  const left = countRemoved(next)
  return withWhatIf(state, next, left === 0 ? 'undone: nothing is removed' : `undone: ${left} still removed`)
}

/** @param node the owner, or the target of the references, of the step */
function changed(state: Explorer, next: WhatIf, what: string, node: number): Explorer {
  if (!state.exploration.hasReferences) {
    return { ...state, message: 'no references are known, so nobody can say what would go' }
  }
  return withWhatIf(state, next, changeText(state, next, what, node))
}

/** What a step does, in words: the name that the user knows comes last, where a narrow screen cuts it. */
function changeText({ unit, labels, whatIf, exploration }: Explorer, next: WhatIf, what: string, node: number): string {
  const freed = next.result.freed - whatIf.result.freed
  if (countRemoved(next) < countRemoved(whatIf)) return `put back, ${formatBytes(-freed, unit)} more: ${what}`
  const more = next.gone.size - whatIf.gone.size
  if (more > 0)
    return `removed, ${plural(more, ...nounsOf(exploration.inventory.kind).brief)} and ${formatBytes(freed, unit)} go: ${what}`
  const [holder] = next.result.stays.find((stays) => stays.node === node)?.heldBy ?? []
  const held = holder === undefined ? 'it had gone already' : `${labels[holder]!} still refers to it`
  return `removed, but nothing more goes, ${held}: ${what}`
}

/** The answer of an open window may change with what is removed. */
function withWhatIf(state: Explorer, whatIf: WhatIf, message: string): Explorer {
  const next = { ...state, whatIf, message }
  const { window } = state
  if (window?.kind !== 'why') return next
  const again = whyWindow(next, window.node)
  return again.kind === 'why'
    ? { ...next, window: { ...again, at: Math.min(window.at, again.lines.length - 1) } }
    : next
}
