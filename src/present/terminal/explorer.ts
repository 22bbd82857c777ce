import type { Exploration } from '../../analyses/exploration.ts'
import type { Grouping } from '../../analyses/grouping.ts'
import { whatIsLeft } from '../../analyses/without.ts'
import { ROOT } from '../../graph/dominator-tree.ts'
import { nounsOf } from '../../views/nouns.ts'
import { shortNames } from '../../views/owner-names.ts'
import { printable } from '../text/printable.ts'
import type { Unit } from '../units.ts'
import { listBy } from './groupings.ts'
import { type Level, levelOf, type Order, selectedIn } from './level.ts'
import type { List, ListContext, Row, View } from './list.ts'
import { columnsOfOwners, type SizeKind } from './size-columns.ts'
import { startWhatIf, type WhatIf } from './what-if.ts'
import { type WhyLine, whyLines } from './why-lines.ts'

/** What lies over the lists. */
export type Window =
  | { readonly kind: 'keys' }
  /** The user types what to search for. `before` is what was open. */
  | { readonly kind: 'search'; readonly text: string; readonly before: readonly Level[] }
  | { readonly kind: 'why'; readonly node: number; readonly lines: readonly WhyLine[]; readonly at: number }

/** The state of an explorer. It never changes: a key makes another one. */
export interface Explorer extends ListContext, Order {
  /** What is open: the list that is shown comes last. There is at least one. */
  readonly trail: readonly Level[]
  readonly window: Window | undefined
  readonly whatIf: WhatIf
  /** What the last key did, where the lists do not show it. */
  readonly message: string
  readonly isDone: boolean
}

/**
 * An explorer at its beginning.
 * @param by what the rows are of: by default all store paths, or the files of an image without any
 */
export function startExplorer(exploration: Exploration, unit: Unit, by?: Grouping): Explorer {
  const { inventory, sizes } = exploration
  const { keys } = sizes.graph
  const nameOf = shortNames(keys, inventory.contentNames)
  const labels = keys.map((key) => printable(nameOf(key)))
  const columns = columnsOfOwners(exploration)
  const size: SizeKind = exploration.hasReferences ? 'retained' : 'own'
  const message = exploration.isWhole ? '' : 'not all of it could be read: what is wrong is said at the end'
  const state = {
    exploration,
    labels,
    columns,
    unit,
    size,
    sort: 'size',
    window: undefined,
    message,
  } as const
  const first = listBy(exploration, by ?? (keys.length > 0 ? 'path' : 'directory'))
  return { ...state, trail: [levelOf(first, state, state)], whatIf: startWhatIf(sizes), isDone: false }
}

/** The list that is shown. */
export function shown({ trail }: Pick<Explorer, 'trail'>): Level {
  return trail.at(-1)!
}

/** Opens a list from the one that is shown. */
export function opened(state: Explorer, list: List, id?: string): Explorer {
  return { ...state, trail: [...state.trail, levelOf(list, state, state, id)] }
}

/** Goes back to the list before, if there is one. */
export function back(state: Explorer): Explorer {
  return state.trail.length === 1 ? state : { ...state, trail: state.trail.slice(0, -1) }
}

/** Replaces the list that is shown. */
export function withShown(state: Explorer, level: Level): Explorer {
  return { ...state, trail: [...state.trail.slice(0, -1), level] }
}

/** Sorts all open lists anew, each with the cursor on the same row. */
export function reordered(state: Explorer, order: Partial<Order>): Explorer {
  const next = { ...state, ...order }
  const trail = state.trail.map((level) => levelOf(level.list, next, next, selectedIn(level)?.id))
  return { ...next, trail }
}

/** Shows the image by another grouping. */
export function groupedBy(state: Explorer, by: Grouping): Explorer {
  return { ...state, trail: [levelOf(listBy(state.exploration, by), state, state)] }
}

/** Shows an image in another way, with the cursor on the same owner where the list has it. */
export function inView(state: Explorer, view: View): Explorer {
  const node = selectedIn(shown(state))?.node
  const id = node === undefined ? undefined : String(node)
  const lists = (): readonly [List, string | undefined][] => {
    switch (view) {
      case 'references':
        return [[{ kind: 'all' }, id]]
      case 'dominators':
        return heldLists(state, node)
      case 'files':
        return [[listBy(state.exploration, 'directory'), undefined]]
      case 'duplicates':
        return [[{ kind: 'duplicates', found: state.exploration.duplicates() }, undefined]]
      case 'changes':
        return [[{ kind: 'changes', only: undefined }, undefined]]
    }
  }
  return { ...state, trail: lists().map(([list, at]) => levelOf(list, state, state, at)) }
}

/** The lists from the roots down to the one that has an owner. */
function heldLists({ exploration }: Explorer, node: number | undefined): readonly [List, string | undefined][] {
  const { parent } = exploration.sizes.tree
  const holders: number[] = []
  for (let at = node ?? ROOT; at >= 0; at = parent[at]!) holders.unshift(at)
  const tops = holders.map((holder, depth): [List, string] => [
    { kind: 'held', by: depth === 0 ? ROOT : holders[depth - 1]! },
    String(holder),
  ])
  return tops.length === 0 ? [[{ kind: 'held', by: ROOT }, undefined]] : tops
}

/** Why an owner is there, once what the user removed is gone. */
export function whyWindow({ exploration, labels, unit, whatIf }: Explorer, node: number): Window {
  const left = whatIsLeft(exploration.sizes, whatIf.removal)
  const nouns = nounsOf(exploration.inventory.kind)
  const lines = whyLines(left, node, whatIf.gone.has(node), labels, unit, nouns)
  return {
    kind: 'why',
    node,
    lines,
    at: Math.max(
      lines.findIndex(({ isHeading }) => isHeading !== true),
      0,
    ),
  }
}

/** The row at the cursor; undefined in an empty list. */
export function selected(state: Explorer): Row | undefined {
  return selectedIn(shown(state))
}
