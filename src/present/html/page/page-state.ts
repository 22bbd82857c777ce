/** What a page shows, as far as a link can say it. */
export interface PageState {
  /** The number of the document. */
  readonly document: number
  readonly view: View
  /** The path of the node that fills the map. */
  readonly at: string
  /** The path of the selected node. */
  readonly selected: string
  readonly tab: Tab
  /** The column that the table is sorted by, and how; '' for the usual one. */
  readonly sort: string
  readonly ascending: boolean
  readonly find: string
  readonly colour: Colour
  /** Texts of `removalText`. */
  readonly without: readonly string[]
}

export type View = 'places' | 'packages' | 'directories' | 'holders'
export type Tab = 'owners' | 'here' | 'files' | 'advice'
export type Colour = 'kind' | 'compression'

export const FIRST_STATE: PageState = {
  document: 0,
  view: 'places',
  at: '',
  selected: '',
  tab: 'owners',
  sort: '',
  ascending: false,
  find: '',
  colour: 'kind',
  without: [],
}

const VIEWS: readonly View[] = ['places', 'packages', 'directories', 'holders']
const TABS: readonly Tab[] = ['owners', 'here', 'files', 'advice']
const COLOURS: readonly Colour[] = ['kind', 'compression']

/** A state as the part of an address after "#": what differs from the first state. */
export function stateText(state: PageState, first: PageState = FIRST_STATE): string {
  const parameters = new URLSearchParams()
  const add = (name: string, value: string, usual: string): void => {
    if (value !== usual) parameters.set(name, value)
  }
  add('document', String(state.document), String(first.document))
  add('view', state.view, first.view)
  add('at', state.at, first.at)
  add('selected', state.selected, first.selected)
  add('tab', state.tab, first.tab)
  add('sort', state.sort, first.sort)
  add('ascending', String(state.ascending), String(first.ascending))
  add('find', state.find, first.find)
  add('colour', state.colour, first.colour)
  add('without', state.without.join(' '), first.without.join(' '))
  return parameters.toString()
}

/** Reads a state back. What makes no sense is as in the first state. */
export function readState(text: string, documents: number, first: PageState = FIRST_STATE): PageState {
  const parameters = new URLSearchParams(text)
  const textOf = (name: string, usual: string): string => parameters.get(name) ?? usual
  const oneOf = <Value extends string>(name: string, known: readonly Value[], usual: Value): Value =>
    known.find((value) => value === parameters.get(name)) ?? usual
  const document = Number(textOf('document', String(first.document)))
  return {
    document: Number.isInteger(document) && document >= 0 && document < documents ? document : first.document,
    view: oneOf('view', VIEWS, first.view),
    at: textOf('at', first.at),
    selected: textOf('selected', first.selected),
    tab: oneOf('tab', TABS, first.tab),
    sort: textOf('sort', first.sort),
    ascending: textOf('ascending', String(first.ascending)) === 'true',
    find: textOf('find', first.find),
    colour: oneOf('colour', COLOURS, first.colour),
    without: textOf('without', first.without.join(' '))
      .split(' ')
      .filter((word) => word !== ''),
  }
}
