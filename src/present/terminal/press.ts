import type { DiffFilter } from '../../analyses/summarise-diff.ts'
import { nounOf } from '../../owners/names.ts'
import {
  back,
  type Explorer,
  groupedBy,
  inView,
  opened,
  reordered,
  selected,
  shown,
  type Window,
  whyWindow,
  withShown,
} from './explorer.ts'
import { groupingOf, groupingsOf } from './groupings.ts'
import { levelOf, movedBy, SORTS } from './level.ts'
import { type List, VIEWS, viewOf } from './list.ts'
import { removeOwner, removeReference, removeReferences, undoRemoval } from './remove.ts'
import { SIZE_KINDS, type SizeKind } from './size-columns.ts'

/**
 * The next state of an explorer.
 * @param key a character, or the name of another key: "up", "pagedown", "return", "backspace", "escape"
 * @param page how many rows a list shows
 */
export function press(state: Explorer, key: string, page: number): Explorer {
  const calm = state.message === '' ? state : { ...state, message: '' }
  const { window } = calm
  if (window?.kind === 'search') return typed(calm, window, key)
  if (window?.kind === 'why') return pressedInWhy(calm, window, key, page)
  if (window?.kind === 'keys') return { ...calm, window: undefined }
  return pressedInList(calm, key, page)
}

function pressedInList(state: Explorer, key: string, page: number): Explorer {
  const step = stepOf(key, page)
  if (step !== undefined) return withShown(state, movedBy(shown(state), step))
  switch (key) {
    case 'q':
      return { ...state, isDone: true }
    case 'escape':
      return isFound(shown(state).list) ? back(state) : { ...state, isDone: true }
    case '?':
      return { ...state, window: { kind: 'keys' } }
    case 'right':
    case 'l':
      return entered(state)
    case 'left':
    case 'h':
      return left(state)
    case 'backspace':
      return back(state)
    case 'return':
      return filesOf(state)
    case '/':
      return { ...state, window: { kind: 'search', text: '', before: state.trail } }
    case 'w':
      return askWhy(state)
    case 'x':
      return removeOwner(state)
    case 'X':
      return removeReference(state)
    case 'u':
      return undoRemoval(state)
    case 'a':
      return reordered(state, { size: next(sizesIn(state), state.size) })
    case 's':
      return reordered(state, { sort: next(SORTS, state.sort) })
    case 'v':
      return nextView(state)
    case 'b':
      return nextGrouping(state)
    case 'd':
      return changes(state)
    default:
      return state
  }
}

/** Whether a list is what a search found: Escape leaves it first. */
function isFound({ kind }: List): boolean {
  return kind === 'matches' || kind === 'found'
}

/** How far a key moves a cursor, in rows; undefined for other keys. */
function stepOf(key: string, page: number): number | undefined {
  switch (key) {
    case 'up':
    case 'k':
      return -1
    case 'down':
    case 'j':
      return 1
    case 'pageup':
      return -Math.max(page - 1, 1)
    case 'pagedown':
    case ' ':
      return Math.max(page - 1, 1)
    case 'home':
    case 'g':
      return Number.NEGATIVE_INFINITY
    case 'end':
    case 'G':
      return Number.POSITIVE_INFINITY
    default:
      return undefined
  }
}

/** The sizes that owners have. */
function sizesIn({ columns }: Explorer): readonly SizeKind[] {
  return SIZE_KINDS.filter((kind) => columns.some(({ id }) => id === kind))
}

function next<T>(some: readonly T[], now: T): T {
  return some[(some.indexOf(now) + 1) % some.length]!
}

/** Opens what the right pane shows. */
function entered(state: Explorer): Explorer {
  const row = selected(state)
  if (row === undefined) return state
  if (row.opens !== undefined) return opened(state, row.opens)
  if (row.node === undefined) return state
  const { list } = shown(state)
  if (viewOf(list) === 'files') return filesOf(state)
  const view = viewOf(list)
  const below: List = view === 'dominators' ? { kind: 'held', by: row.node } : { kind: 'references', of: row.node }
  const after = opened(state, below)
  if (shown(after).rows.length > 0) return after
  const nothing = view === 'dominators' ? 'holds nothing else alone' : 'refers to nothing'
  return { ...state, message: state.exploration.hasReferences ? `${row.label} ${nothing}` : 'no references are known' }
}

/** Goes to what the left pane shows: back where one came from, or to what refers to the owner at the cursor. */
function left(state: Explorer): Explorer {
  const { list } = shown(state)
  const view = viewOf(list)
  const isBelow =
    list.kind === 'references' ||
    list.kind === 'copies' ||
    list.kind === 'package' ||
    view === 'dominators' ||
    view === 'files'
  if (isBelow) return back(state)
  const row = selected(state)
  if (row?.node === undefined) return state
  const after = opened(state, { kind: 'referrers', of: row.node })
  return shown(after).rows.length > 0 ? after : { ...state, message: `nothing refers to ${row.label}` }
}

/** Opens the files of the owner at the cursor, or the directory. */
function filesOf(state: Explorer): Explorer {
  const row = selected(state)
  if (row?.opens !== undefined) return opened(state, row.opens)
  if (row?.node === undefined) return state
  const { node } = row
  const label = state.labels[node]!
  const folder = state.exploration.ownerFolder(node)
  if (folder === undefined)
    return { ...state, message: `this report was saved without the files of ${severalIn(state)}` }
  if (folder.children === undefined || folder.children.size === 0) {
    return { ...state, message: `${label} is one file or link` }
  }
  return opened(state, { kind: 'folder', folder, path: label, owner: node })
}

/** What the owners of the image are called. */
function severalIn({ exploration }: Explorer): string {
  return nounOf(exploration.inventory.kind)[1]
}

function askWhy(state: Explorer): Explorer {
  const { node, change } = selected(state) ?? {}
  if (change?.class === 'gone') return { ...state, message: 'it is gone: only the old image can say why it was there' }
  if (node === undefined) return { ...state, message: `only of ${severalIn(state)} we know why they are there` }
  if (!state.exploration.hasReferences) return { ...state, message: 'no references are known, so nobody can say why' }
  return { ...state, window: whyWindow(state, node) }
}

function nextView(state: Explorer): Explorer {
  const view = viewOf(shown(state).list)
  const hasOwners = state.labels.length > 0
  if (!hasOwners)
    return { ...state, message: 'there are no store paths and no packages in it, so files are all there is' }
  return inView(state, view === 'changes' ? VIEWS[0] : next(VIEWS, view))
}

/** Shows rows of the next kind: store paths, packages, directories, files, regions. */
function nextGrouping(state: Explorer): Explorer {
  const groupings = groupingsOf(state.exploration)
  const now = groupingOf(state.trail[0]!.list)
  return groupedBy(state, now === undefined ? groupings[0]! : next(groupings, now))
}

/** What the list of changes shows, in the order of the key that changes it. */
const FILTERS: readonly (DiffFilter | undefined)[] = [undefined, 'grew', 'shrank', 'new', 'gone']

/** Shows what changed, and at each further key only what grew, shrank, is new or gone. */
function changes(state: Explorer): Explorer {
  if (state.exploration.diff === undefined) {
    return { ...state, message: 'd compares two images: isoscope explore OLD NEW' }
  }
  const { list } = shown(state)
  if (list.kind !== 'changes') return inView(state, 'changes')
  const only = next(FILTERS, list.only)
  return withShown(state, levelOf({ kind: 'changes', only }, state, state))
}

/** A key in the search: characters are text. */
function typed(state: Explorer, window: Extract<Window, { kind: 'search' }>, key: string): Explorer {
  const { text, before } = window
  if (key === 'escape') return { ...state, window: undefined, trail: before }
  if (key === 'return') return { ...state, window: undefined }
  if (key === 'backspace')
    return text === '' ? typed(state, window, 'escape') : searched(state, [...text].slice(0, -1).join(''), before)
  if ([...key].length === 1) return searched(state, text + key, before)
  const step = stepOf(key, 10)
  return step === undefined ? state : withShown(state, movedBy(shown(state), step))
}

function searched(state: Explorer, text: string, before: Explorer['trail']): Explorer {
  const window = { kind: 'search', text, before } as const
  const { list } = before.at(-1)!
  if (text === '') return { ...state, window, trail: before }
  const found = matchList(list, text)
  return { ...state, window, trail: [...before, levelOf(found, state, state)] }
}

/** In a directory we search all below it, else among all owners. */
function matchList(list: List, text: string): List {
  if (list.kind === 'found') return { kind: 'found', text, below: list.below }
  if (list.kind === 'folder') return { kind: 'found', text, below: list }
  if (list.kind === 'files') return { kind: 'found', text, below: list.below }
  return { kind: 'matches', text, view: viewOf(list) === 'dominators' ? 'dominators' : 'references' }
}

function pressedInWhy(state: Explorer, window: Extract<Window, { kind: 'why' }>, key: string, page: number): Explorer {
  const { lines, at } = window
  const step = stepOf(key, page)
  if (step !== undefined) return { ...state, window: { ...window, at: movedInWhy(window, step) } }
  const line = lines[at]
  switch (key) {
    case 'q':
    case 'escape':
    case 'w':
    case 'left':
    case 'h':
    case 'backspace':
      return { ...state, window: undefined }
    case '?':
      return { ...state, window: { kind: 'keys' } }
    case 'x':
    case 'X':
      return removeReferences(state, line?.references ?? [])
    case 'u':
      return undoRemoval(state)
    case 'return':
    case 'right':
    case 'l':
      return line?.node === undefined
        ? state
        : opened({ ...state, window: undefined }, { kind: 'all' }, String(line.node))
    default:
      return state
  }
}

/** The line after a step. The cursor passes over headings. */
function movedInWhy({ lines, at }: Extract<Window, { kind: 'why' }>, step: number): number {
  const most = lines.length - 1
  const direction = step < 0 ? -1 : 1
  let to = Math.max(Math.min(at + step, most), 0)
  while (lines[to]?.isHeading === true && to + direction >= 0 && to + direction <= most) to += direction
  return lines[to]?.isHeading === true ? at : to
}
