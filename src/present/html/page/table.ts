import { MEANINGS, type PageColumn } from './columns.ts'
import { button, element, nameText } from './element.ts'

/** What a table shows. */
export interface TableContent<Row> {
  /** What the rows are, for screen readers. */
  readonly label: string
  readonly columns: readonly PageColumn<Row>[]
  /** In their order. */
  readonly rows: readonly Row[]
  readonly sort: { readonly id: string; readonly isAscending: boolean }
  nameOf(row: Row): string
  isSelected(row: Row): boolean
  /** Whether it goes with what the reader pretends to remove. */
  isGone(row: Row): boolean
  /** Whether any row can be removed. */
  readonly hasRemovals: boolean
  /** Whether the reader pretends to remove it; undefined if that makes no sense. */
  isRemoved(row: Row): boolean | undefined
}

export interface TableEvents<Row> {
  onSort(id: string): void
  onSelect(row: Row): void
  /** The reader wants to see what is in it. */
  onOpen(row: Row): void
  onRemove(row: Row): void
}

/** Rows whose cells are filled together. */
const CHUNK = 50

/**
 * A table with sorted columns. The names of all rows are in the document, so that a search of the browser finds them; the
 * other cells are filled when they come near. Arrow keys go from row to row, Enter opens one, and Space removes it.
 */
export function createTable<Row>(events: TableEvents<Row>): {
  readonly element: HTMLElement
  show(content: TableContent<Row>): void
  /** Shows anew what is selected and removed. */
  refresh(): void
  focusRow(): void
} {
  const head = element('div', { role: 'rowgroup', class: 'table-head' })
  const body = element('div', { class: 'table-body', role: 'presentation' })
  const grid = element('div', { role: 'grid', class: 'table' }, head, body)
  let content: TableContent<Row> | undefined
  let rows: HTMLElement[] = []
  let current = 0
  const filled = new Set<Element>()
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) fill(target)
    },
    { rootMargin: '800px' },
  )

  const fill = (chunk: Element): void => {
    if (content === undefined || filled.has(chunk)) return
    filled.add(chunk)
    observer.unobserve(chunk)
    for (const row of chunk.children) fillRow(row as HTMLElement)
  }
  const fillRow = (row: HTMLElement): void => {
    const { columns, rows: all } = content!
    const data = all[Number(row.dataset['row'])]!
    for (const column of columns) {
      if (column.id === 'name') continue
      row.append(element('div', { role: 'gridcell', class: cellClass(column) }, column.text(data)))
    }
    mark(row)
    if (!content!.hasRemovals) return
    const removed = content!.isRemoved(data)
    const cell = element('div', { role: 'gridcell', class: 'cell remove' })
    if (removed !== undefined) {
      const box = element('input', {
        type: 'checkbox',
        tabindex: '-1',
        'aria-label': `pretend that ${content!.nameOf(data)} is removed`,
      })
      cell.append(box)
    }
    row.append(cell)
    mark(row)
  }
  /** Shows whether a row is selected, removed or gone. */
  const mark = (row: HTMLElement): void => {
    const data = content!.rows[Number(row.dataset['row'])]!
    row.setAttribute('aria-selected', String(content!.isSelected(data)))
    row.classList.toggle('gone', content!.isGone(data))
    const box = row.querySelector('input')
    if (box !== null) box.checked = content!.isRemoved(data) === true
  }
  const focusRow = (index: number): void => {
    const next = rows[Math.max(0, Math.min(rows.length - 1, index))]
    if (next === undefined) return
    rows[current]?.setAttribute('tabindex', '-1')
    current = Number(next.dataset['row'])
    next.setAttribute('tabindex', '0')
    fill(next.parentElement!)
    next.focus()
    next.scrollIntoView({ block: 'nearest' })
  }
  const rowOf = (event: Event): HTMLElement | null => (event.target as Element).closest<HTMLElement>('[data-row]')

  body.addEventListener('click', (event) => {
    const row = rowOf(event)
    if (row === null || content === undefined) return
    const data = content.rows[Number(row.dataset['row'])]!
    if ((event.target as Element).closest('.remove') !== null) {
      if (content.isRemoved(data) !== undefined) events.onRemove(data)
      return
    }
    rows[current]?.setAttribute('tabindex', '-1')
    current = Number(row.dataset['row'])
    row.setAttribute('tabindex', '0')
    events.onSelect(data)
  })
  body.addEventListener('dblclick', (event) => {
    const row = rowOf(event)
    if (row !== null && content !== undefined) events.onOpen(content.rows[Number(row.dataset['row'])]!)
  })
  body.addEventListener('keydown', (event) => {
    const row = rowOf(event)
    if (row === null || content === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const index = Number(row.dataset['row'])
    const data = content.rows[index]!
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + 15,
      PageUp: index - 15,
      Home: 0,
      End: rows.length - 1,
    }
    const step = steps[event.key]
    if (step !== undefined) focusRow(step)
    else if (event.key === 'Enter') events.onOpen(data)
    else if (event.key === ' ') {
      events.onSelect(data)
      if (content.isRemoved(data) !== undefined) events.onRemove(data)
    } else return
    event.preventDefault()
  })
  body.addEventListener('focusin', (event) => {
    const row = rowOf(event)
    if (row !== null) fill(row.parentElement!)
  })
  // What is printed is not on the screen.
  addEventListener('beforeprint', () => {
    for (const chunk of body.children) fill(chunk)
  })

  return {
    element: grid,
    show(next) {
      content = next
      observer.disconnect()
      filled.clear()
      current = 0
      rows = []
      grid.setAttribute('aria-label', next.label)
      grid.setAttribute('aria-rowcount', String(next.rows.length + 1))
      grid.style.setProperty('--columns', templateOf(next))
      head.replaceChildren(headRow(next, events))
      body.replaceChildren()
      const name = next.columns.find(({ id }) => id === 'name')!
      for (let start = 0; start < next.rows.length; start += CHUNK) {
        const chunk = element('div', { role: 'rowgroup', class: 'chunk' })
        for (let index = start; index < Math.min(start + CHUNK, next.rows.length); index += 1) {
          const text = name.text(next.rows[index]!)
          const cell = element('div', { role: 'rowheader', class: 'cell name', title: text }, nameText(text))
          const attributes = { role: 'row', class: 'row', tabindex: index === 0 ? '0' : '-1' }
          const row = element(
            'div',
            { ...attributes, 'aria-rowindex': String(index + 2), 'data-row': String(index) },
            cell,
          )
          rows.push(row)
          chunk.append(row)
        }
        chunk.style.setProperty('--rows', String(chunk.children.length))
        body.append(chunk)
        if (start === 0) fill(chunk)
        else observer.observe(chunk)
      }
      if (next.rows.length === 0) {
        const cell = element('div', { role: 'gridcell', class: 'cell name' }, 'No row matches.')
        body.append(element('div', { role: 'rowgroup' }, element('div', { role: 'row', class: 'row none' }, cell)))
      }
    },
    refresh() {
      for (const chunk of filled) for (const row of chunk.children) mark(row as HTMLElement)
    },
    focusRow: () => focusRow(current),
  }
}

function headRow<Row>({ columns, sort, hasRemovals }: TableContent<Row>, events: TableEvents<Row>): HTMLElement {
  const row = element('div', { role: 'row', class: 'row', 'aria-rowindex': '1' })
  for (const column of columns) {
    const { id, heading } = column
    const attributes = { role: 'columnheader', class: cellClass(column) }
    if (column.sort === undefined) {
      row.append(element('div', attributes, heading))
      continue
    }
    const isSorted = sort.id === id
    const order = !isSorted ? 'none' : sort.isAscending ? 'ascending' : 'descending'
    const label = button(heading, () => events.onSort(id), { title: MEANINGS[id] ?? heading })
    if (isSorted) label.append(element('span', { 'aria-hidden': 'true', class: 'order' }, sort.isAscending ? '▲' : '▼'))
    row.append(element('div', { ...attributes, 'aria-sort': order }, label))
  }
  const removal = { role: 'columnheader', class: 'cell remove', title: 'pretend that it is removed' }
  if (hasRemovals) row.append(element('div', removal, 'Remove'))
  return row
}

function cellClass<Row>({ id, isName }: PageColumn<Row>): string {
  return `cell ${id === 'name' ? 'name' : isName === true ? 'text' : 'number'} of-${id}`
}

/** The widths of the columns, as CSS has them. */
function templateOf<Row>({ columns, hasRemovals }: TableContent<Row>): string {
  const widths = columns.map(({ id, isName }) =>
    id === 'name'
      ? 'minmax(9rem, 1fr)'
      : isName === true
        ? 'minmax(7rem, 0.6fr)'
        : id === 'share'
          ? '3.8rem'
          : '5.8rem',
  )
  return [...widths, ...(hasRemovals ? ['4.2rem'] : [])].join(' ')
}
