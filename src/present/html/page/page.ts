import { formatBytes, formatPercent, plural } from '../../units.ts'
import type { PageData, PageDocument, PageStart } from '../page-data.ts'
import { beginsAscending, MEANINGS, orderText, sorted } from './columns.ts'
import { crumbsTo } from './crumbs.ts'
import { diffView } from './diff-view.ts'
import type { DocumentView, Row } from './document-view.ts'
import { choice, element, nameText, replaceIn } from './element.ts'
import { createFrame, fillFrame } from './frame.ts'
import { type ImageModel, imageModel } from './image-model.ts'
import { imageView } from './image-view.ts'
import { FIRST_STATE, type PageState, readState, stateText, type View } from './page-state.ts'
import { isSameRemoval, type Removed, readRemoval, removalText, withoutRemoved } from './removal.ts'
import { createRemovalBar } from './removal-bar.ts'
import { refreshRemoveButtons } from './remove-button.ts'
import { type Found, search } from './search.ts'
import { createTable } from './table.ts'
import { themeChoice } from './theme-choice.ts'
import { hasChildren, nodeAt, ownerAbove, pathTo, type Tree } from './tree.ts'
import { createTreemap } from './treemap.ts'

const KEYS =
  'Keys: / searches, arrows move, Enter opens, Escape goes back, Space pretends to remove a row, Ctrl+Z undoes.'

interface OpenDocument {
  readonly view: DocumentView
  readonly model: ImageModel | undefined
}

/** What a page that shows data may know besides. */
export interface PagePlace {
  /** What stands below about where the data is. */
  readonly footing: string
  /** Ends it, for a page that shows other data then. */
  readonly signal: AbortSignal
  /** Where it keeps what the reader sees. */
  readonly address: PageAddress
}

/** The part of the address of a page that is for what the reader sees. */
export interface PageAddress {
  read(): string
  write(text: string): void
}

/** All that stands after "#". */
export const WHOLE_FRAGMENT: PageAddress = {
  read: () => location.hash.slice(1),
  write: (text) => history.replaceState(null, '', text === '' ? location.pathname + location.search : `#${text}`),
}

/** What a report in a file says: it is all there is. */
function footingOf({ documents }: PageData): string {
  const held = plural(documents.length, 'report')
  return `This file holds ${held}: names, sizes and references, and no contents of files. It asks the network for nothing.`
}

/** Shows data in a page. It reads where to begin from the address, and writes there what the reader sees. */
export function startPage(
  data: PageData,
  root: HTMLElement,
  { footing, signal, address }: PagePlace = {
    footing: footingOf(data),
    signal: new AbortController().signal,
    address: WHOLE_FRAGMENT,
  },
): void {
  const opened = new Map<number, OpenDocument>()
  const openDocument = (number: number): OpenDocument => {
    const known = opened.get(number) ?? open(data.documents[number]!)
    opened.set(number, known)
    return known
  }
  const first = firstState(data, openDocument)
  let state = readState(address.read(), data.documents.length, first)
  const themes = themeChoice(() => {
    showLegend()
    showMap()
  }, signal)
  let current = openDocument(state.document)
  let tree: Tree = current.view.treeOf(state.view)
  let top = nodeAt(tree, state.at)
  let selected = nodeAt(tree, state.selected)
  let found: Found | undefined
  let removed: readonly Removed[] = []
  let isGone = (_owner: number): boolean => false
  /** What the panel is about. */
  let described = ''
  /** How the table is sorted, in words. */
  let order = ''
  /** What was removed before each step, for undoing. */
  const steps: (readonly Removed[])[] = []

  const frame = createFrame(data.documents)
  const { crumbs, switches, legend, panel, tabs, sums, told, tableArea, find, chooser } = frame

  const update = (change: Partial<PageState>): void => {
    state = { ...state, ...change }
    address.write(stateText(state, first))
  }
  const select = (node: number): void => {
    selected = node
    update({ selected: pathTo(tree, node) })
    showPanel()
    showMap()
    table.refresh()
  }
  const zoomTo = (node: number): void => {
    top = node
    selected = node
    update({ at: pathTo(tree, node), selected: pathTo(tree, node) })
    showPlace()
  }
  const openNode = (node: number): void => {
    if (hasChildren(tree, node)) zoomTo(node)
    else select(node)
  }
  const selectOwner = (owner: number): void => {
    // Where directories are shown, a package lies in many of them.
    if (current.view.nodeOfOwner(state.view, owner) < 0) changeView('places', -1)
    const node = current.view.nodeOfOwner(state.view, owner)
    if (node < 0) return
    // What lies outside the shown part would be selected out of sight.
    if (!(node >= top && node < tree.end[top]!)) {
      top = 0
      update({ at: '' })
    }
    select(node)
    showPlace()
  }
  const setRemoved = (next: readonly Removed[], isStep: boolean): void => {
    if (isStep) steps.push(removed)
    removed = next
    update({ without: removed.map(removalText) })
    showRemoval()
    const texts = new Set(state.without)
    refreshRemoveButtons(root, (text) => texts.has(text))
    showMap()
    table.refresh()
  }
  const toggleRemoved = (one: Removed): void => {
    const others = removed.filter((other) => !isSameRemoval(other, one))
    setRemoved(others.length < removed.length ? others : [...removed, one], true)
  }
  const undo = (): void => {
    const before = steps.pop()
    if (before !== undefined) setRemoved(before, false)
  }
  /** Shows an owner in another document. */
  const showIn = (document: number, owner: number): void => {
    const other = openDocument(document).view
    const path = pathTo(other.treeOf('places'), Math.max(other.nodeOfOwner('places', owner), 0))
    steps.length = 0
    chooser.value = String(document)
    update({ ...FIRST_STATE, document, selected: path, colour: state.colour })
    showDocument()
  }
  /** Shows the document by another grouping, with an owner selected if it has it there. */
  const changeView = (view: View, owner: number): void => {
    update({ view, at: '', selected: '' })
    tree = current.view.treeOf(view)
    top = 0
    selected = owner >= 0 ? Math.max(current.view.nodeOfOwner(view, owner), 0) : 0
    showControls()
    showSearch()
    showLegend()
    showPlace()
    if (state.tab !== 'here') showTable()
  }
  const actions = {
    canOpen: true,
    showIn,
    selectOwner,
    open: openNode,
    toggleRemoved,
    isRemoved: (one: Removed) => removed.some((other) => isSameRemoval(other, one)),
  }

  const map = createTreemap({
    onSelect: select,
    onOpen: openNode,
    onUp: () => {
      if (top !== 0) zoomTo(tree.parent[top]!)
    },
  })
  const table = createTable<Row>(signal, {
    onSort: (id) => {
      const { view } = current
      const isSame = (state.sort === '' ? view.usualSort : state.sort) === id
      update({ sort: id, ascending: isSame ? !state.ascending : beginsAscending(id) })
      showTable()
      told.textContent = order
      tableArea.querySelector<HTMLElement>('[aria-sort="ascending"] button, [aria-sort="descending"] button')?.focus()
    },
    onSelect: (row) => {
      if (row.owner >= 0) selectOwner(row.owner)
      else if (row.node >= 0) select(nodeInView(row))
    },
    onOpen: (row) => {
      const node = row.node >= 0 ? nodeInView(row) : -1
      if (node >= 0) openNode(node)
      if (node >= 0 && state.tab === 'here') table.focusRow()
    },
    onRemove: (row) => {
      if (row.owner >= 0) toggleRemoved({ kind: 'owner', owner: row.owner })
    },
  })
  /** Files are listed by place where the map shows no files. */
  const nodeInView = (row: Row): number => {
    if (state.tab === 'files' && current.view.filesView(state.view) !== state.view) changeView('places', -1)
    return row.node
  }
  const bar = createRemovalBar(
    {
      onPutBack: toggleRemoved,
      onUndo: undo,
      onClear: () => setRemoved([], true),
      onFocusLost: () => tableArea.closest<HTMLElement>('.rows')?.focus({ preventScroll: true }),
    },
    told,
  )

  const labelOf = (node: number): string => current.view.label(state.view, node)
  const sizeOf = (node: number): string => current.view.sizeOf(node, tree)
  const showMap = (): void => {
    map.show({
      tree,
      top,
      selected,
      label: labelOf,
      sizeOf,
      colour: current.view.colourOf(state, themes.palette()),
      marks: found?.marks,
      isGone: (node) => {
        const owner = ownerAbove(tree, node)
        return owner >= 0 && isGone(owner)
      },
      palette: themes.palette(),
    })
  }
  const showPanel = (): void => {
    const isNew = described !== `${state.document} ${state.view} ${selected}`
    described = `${state.document} ${state.view} ${selected}`
    const hadFocus = panel.contains(document.activeElement)
    replaceIn(panel, current.view.panel(state.view, selected, { ...actions, canOpen: selected !== top }))
    if (!isNew) return
    panel.scrollTop = 0
    // A name in the panel leads to another one: its heading says which.
    if (hadFocus) panel.querySelector('h2')?.focus({ preventScroll: true })
  }
  const showLegend = (): void => {
    legend.replaceChildren(
      ...current.view.legend(state, themes.palette()).map(({ colour, label, bytes }) => {
        const patch = element('span', { class: 'patch', 'aria-hidden': 'true' })
        patch.style.background = colour
        const size = Number.isNaN(bytes) ? [] : [element('span', { class: 'size' }, formatBytes(bytes, 'iec'))]
        return element('li', {}, patch, label, ...size)
      }),
    )
  }
  const showTable = (): void => {
    const { view } = current
    if (state.tab === 'advice' && view.advice !== undefined) {
      tableArea.replaceChildren(view.advice(actions))
      return
    }
    const { label, columns, rows } = view.table(state, top, found)
    const column = columns.find(({ id }) => id === state.sort) ?? columns.find(({ id }) => id === view.usualSort)!
    const isAscending = column.id === state.sort && state.ascending
    order = orderText(column, isAscending)
    table.show({
      label,
      columns,
      rows: sorted(rows, column, isAscending),
      sort: { id: column.id, isAscending },
      nameOf: ({ name }) => name,
      isSelected: ({ node, owner }) => (owner >= 0 ? owner === tree.owner[selected] : node >= 0 && node === selected),
      isGone: ({ owner }) => owner >= 0 && isGone(owner),
      hasRemovals: view.canRemove && rows.some(({ owner }) => owner >= 0),
      isRemoved: ({ owner }) =>
        owner < 0 || !view.canRemove ? undefined : actions.isRemoved({ kind: 'owner', owner }),
    })
    tableArea.replaceChildren(table.element)
  }
  const showSearch = (): void => {
    found = search(tree, state.find)
    if (found === undefined) sums.textContent = ''
    else {
      const whole = tree.total[0]!
      const { matches, own, unpacked } = found
      const content = unpacked > 0 ? `, ${formatBytes(unpacked, 'iec')} unpacked` : ''
      sums.replaceChildren(
        `${plural(matches.length, 'match', 'matches')}: `,
        element('strong', { 'data-bytes': String(own) }, formatBytes(own, 'iec')),
        ` (${formatPercent(own, whole)}${content})`,
      )
    }
  }
  const showRemoval = (): void => {
    const answer = current.model === undefined ? undefined : withoutRemoved(current.model, removed)
    const gone = new Set(answer?.nodes)
    isGone = (owner) => gone.has(owner)
    bar.show(current.model, removed, answer)
  }
  const showPlace = (): void => {
    replaceIn(crumbs, crumbsTo(tree, top, labelOf, sizeOf, zoomTo))
    showMap()
    showPanel()
    if (state.tab === 'here') showTable()
    else table.refresh()
  }
  const showControls = (): void => {
    const { view } = current
    const parts: Node[] = []
    if (view.views.length > 1) {
      parts.push(choice('Group by', view.views, state.view, (chosen) => changeView(chosen, ownerAbove(tree, selected))))
    }
    if (view.colours.length > 1) {
      parts.push(
        choice('Colour', view.colours, state.colour, (colour) => {
          update({ colour })
          showLegend()
          showMap()
        }),
      )
    }
    switches.replaceChildren(...parts)
    const known = view.tabs.map(([tab]) => tab)
    if (!known.includes(state.tab)) state = { ...state, tab: known[0]! }
    const tabChoice = () =>
      choice('Rows', view.tabs, state.tab, (tab) => {
        update({ tab })
        showTable()
      })
    tabs.replaceChildren(...(view.tabs.length > 1 ? [tabChoice()] : []))
  }
  const showDocument = (): void => {
    current = openDocument(state.document)
    const { view, model } = current
    tree = view.treeOf(state.view)
    top = nodeAt(tree, state.at)
    selected = nodeAt(tree, state.selected === '' ? state.at : state.selected)
    removed = model === undefined ? [] : state.without.flatMap((text) => readRemoval(text, model) ?? [])
    find.value = state.find
    document.title = `${view.name} – isoscope`
    frame.heading.replaceChildren(nameText(view.name))
    frame.sizeLine.textContent = view.sizeText
    frame.facts.textContent = view.facts.join(' · ')
    frame.warnings.replaceChildren(...remarksOf(view))
    showControls()
    showSearch()
    showLegend()
    showRemoval()
    showPlace()
    if (state.tab !== 'here') showTable()
  }

  let waiting: ReturnType<typeof setTimeout> | undefined
  find.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(() => {
      update({ find: find.value })
      showSearch()
      showMap()
      showTable()
    }, 60)
  })
  addEventListener(
    'hashchange',
    () => {
      state = readState(address.read(), data.documents.length, first)
      showDocument()
    },
    { signal },
  )
  addEventListener(
    'keydown',
    (event) => {
      const isTyping = event.target instanceof HTMLInputElement && event.target.type === 'search'
      if ((event.ctrlKey || event.metaKey) && event.key === 'z' && !isTyping) {
        event.preventDefault()
        undo()
      } else if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault()
        find.focus()
      }
    },
    { signal },
  )
  chooser.value = String(state.document)
  chooser.addEventListener('change', () => {
    steps.length = 0
    const document = Number(chooser.value)
    const { view, tab } = beginOf(openDocument(document).view, data.start)
    update({ ...FIRST_STATE, document, view, tab, find: state.find, colour: state.colour })
    showDocument()
  })

  const held = { map: map.element, bar: bar.element, themes: themes.element }
  fillFrame(root, frame, held, { version: data.version, footing, meanings: MEANINGS, keys: KEYS })
  showDocument()
}

function open(document: PageDocument): OpenDocument {
  if (document.kind === 'diff') return { view: diffView(document), model: undefined }
  const model = imageModel(document)
  return { view: imageView(model), model }
}

/** The warnings of a document, which are open if not all of it could be read. */
function remarksOf({ warnings, isWhole }: DocumentView): readonly Node[] {
  if (warnings.length === 0) return []
  // A damaged image may have thousands, so they scroll, also by the keyboard.
  const list = element('ul', { tabindex: '0' }, ...warnings.map((text) => element('li', {}, nameText(text))))
  const summary = element('summary', {}, plural(warnings.length, 'remark'))
  const details = element('details', isWhole ? {} : { open: '' }, summary, list)
  return [element('section', { 'aria-label': 'Remarks' }, details)]
}

/** The state that the data asks for: an owner that is selected, or a tab. */
function firstState({ start }: PageData, openDocument: (number: number) => OpenDocument): PageState {
  if (start === undefined) return FIRST_STATE
  const { view } = openDocument(0)
  const begin = { ...beginOf(view, start), ...(start.tab === undefined ? {} : { tab: start.tab }) }
  const node = start.owner === undefined ? -1 : view.nodeOfOwner(begin.view, start.owner)
  return { ...FIRST_STATE, ...begin, ...(node < 0 ? {} : { selected: pathTo(view.treeOf(begin.view), node) }) }
}

/** The grouping and the rows that a document begins with. */
function beginOf({ beginBy }: DocumentView, start: PageStart | undefined): Pick<PageState, 'view' | 'tab'> {
  return start?.by === undefined || beginBy === undefined ? FIRST_STATE : beginBy(start.by)
}
