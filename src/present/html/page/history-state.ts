/** How a chart draws its lines: on top of each other, or each from zero with the whole above. */
const CHART_KINDS = ['area', 'lines'] as const
export type ChartKind = (typeof CHART_KINDS)[number]

/** What the table of a page about a series has. */
const HISTORY_TABS = ['changes', 'images', 'lines'] as const
export type HistoryTab = (typeof HISTORY_TABS)[number]

/** What such a page shows, as far as a link can say it. */
export interface HistoryState {
  /** The number of the image, from 0. */
  readonly image: number
  readonly chart: ChartKind
  readonly tab: HistoryTab
  /** The number of the line that the reader chose; -1 for none. */
  readonly line: number
  /** The column that the table is sorted by, and how; '' for its own order. */
  readonly sort: string
  readonly ascending: boolean
  readonly find: string
}

/** The state that a page begins with: the last image. */
export function firstHistoryState(images: number): HistoryState {
  return { image: images - 1, chart: 'area', tab: 'changes', line: -1, sort: '', ascending: false, find: '' }
}

/** A state as the part of an address after "#": what differs from the first state. Images count from 1 there. */
export function historyStateText(state: HistoryState, first: HistoryState): string {
  const parameters = new URLSearchParams()
  const add = (name: string, value: string, usual: string): void => {
    if (value !== usual) parameters.set(name, value)
  }
  add('image', String(state.image + 1), String(first.image + 1))
  add('chart', state.chart, first.chart)
  add('tab', state.tab, first.tab)
  add('line', String(state.line), String(first.line))
  add('sort', state.sort, first.sort)
  add('ascending', String(state.ascending), String(first.ascending))
  add('find', state.find, first.find)
  return parameters.toString()
}

/** Reads a state back. What makes no sense is as in the first state. */
export function readHistoryState(text: string, images: number, lines: number, first: HistoryState): HistoryState {
  const parameters = new URLSearchParams(text)
  const numberBelow = (name: string, count: number, usual: number, base: number): number => {
    const number = Number(parameters.get(name) ?? Number.NaN) - base
    return Number.isInteger(number) && number >= 0 && number < count ? number : usual
  }
  return {
    image: numberBelow('image', images, first.image, 1),
    chart: CHART_KINDS.find((kind) => kind === parameters.get('chart')) ?? first.chart,
    tab: HISTORY_TABS.find((tab) => tab === parameters.get('tab')) ?? first.tab,
    line: numberBelow('line', lines, first.line, 0),
    sort: parameters.get('sort') ?? first.sort,
    ascending: parameters.get('ascending') === 'true',
    find: parameters.get('find') ?? first.find,
  }
}
