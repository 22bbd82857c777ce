import { element } from './element.ts'

/** The parts of a page that its content goes into. */
export interface Frame {
  readonly heading: HTMLElement
  readonly sizeLine: HTMLElement
  readonly facts: HTMLElement
  readonly warnings: HTMLElement
  readonly crumbs: HTMLElement
  readonly switches: HTMLElement
  readonly legend: HTMLElement
  readonly panel: HTMLElement
  readonly tabs: HTMLElement
  readonly sums: HTMLElement
  /** Says to screen readers what changed elsewhere. It is always there, because they do not hear what comes with its text. */
  readonly told: HTMLElement
  readonly tableArea: HTMLElement
  readonly find: HTMLInputElement
  /** Chooses between documents. */
  readonly chooser: HTMLSelectElement
}

/** What a frame holds that works by itself. */
interface Held {
  readonly map: HTMLElement
  readonly bar: HTMLElement
  readonly themes: HTMLElement
}

/** What stands at the end of a page. */
export interface Footing {
  readonly version: string
  /** Where its data is. */
  readonly footing: string
  /** What its words mean. */
  readonly meanings: Readonly<Record<string, string>>
  /** What keys do. */
  readonly keys: string
}

/** @param documents to choose between */
export function createFrame(documents: readonly { readonly name: string }[]): Frame {
  const chooser = element('select', { id: 'document', 'aria-label': 'Image' })
  for (const [number, { name }] of documents.entries()) {
    chooser.append(element('option', { value: String(number) }, name))
  }
  const label = 'Search names and paths'
  return {
    heading: element('h1'),
    sizeLine: element('p', { class: 'size-line' }),
    facts: element('p', { class: 'facts' }),
    warnings: element('div', { class: 'warnings' }),
    crumbs: element('nav', { class: 'crumbs', 'aria-label': 'Place' }),
    switches: element('div', { class: 'switches' }),
    legend: element('ul', { class: 'legend', 'aria-label': 'Colours' }),
    panel: element('aside', { class: 'panel', 'aria-label': 'Selection' }),
    tabs: element('div', { class: 'tabs' }),
    sums: element('p', { class: 'sums', role: 'status' }),
    told: element('p', { class: 'unseen told', role: 'status' }),
    tableArea: element('div', { class: 'table-area' }),
    find: element('input', {
      ...{ type: 'search', id: 'find', placeholder: label, 'aria-label': label },
      ...{ autocomplete: 'off', spellcheck: 'false' },
    }),
    chooser,
  }
}

/** Puts the parts of a page together. */
export function fillFrame(root: HTMLElement, frame: Frame, { map, bar, themes }: Held, footing: Footing): void {
  const { heading, sizeLine, facts, find, chooser, tabs, sums, tableArea } = frame
  const rows = element(
    'section',
    { id: 'rows', class: 'rows', 'aria-label': 'Table', tabindex: '-1' },
    element('div', { class: 'bar' }, tabs, sums),
    tableArea,
  )
  const skip = element('a', { class: 'skip', href: '#rows' }, 'Skip to the table')
  skip.addEventListener('click', (event) => {
    // The address says what the page shows, so a link may not change it.
    event.preventDefault()
    rows.focus()
  })
  const choosers = chooser.length > 1 ? [chooser] : []
  root.replaceChildren(
    skip,
    element(
      'header',
      {},
      element('div', { class: 'title' }, element('p', { class: 'brand' }, 'isoscope'), heading, sizeLine, facts),
      element('div', { class: 'tools' }, ...choosers, element('div', { class: 'find', role: 'search' }, find), themes),
    ),
    frame.warnings,
    element(
      'main',
      {},
      element('div', { class: 'bar' }, frame.crumbs, frame.switches),
      element('div', { class: 'stage' }, map, frame.panel),
      frame.legend,
      rows,
      bar,
      frame.told,
    ),
    footerOf(footing),
  )
}

function footerOf({ version, footing, meanings, keys }: Footing): HTMLElement {
  const words = Object.entries(meanings).flatMap(([word, meaning]) => [
    element('dt', {}, word),
    element('dd', {}, meaning),
  ])
  return element(
    'footer',
    {},
    element('dl', { class: 'words' }, ...words),
    element('p', {}, `Made by isoscope ${version}. ${footing}`),
    element('p', {}, keys),
  )
}
