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

/** Rows that come and go together. */
const CHUNK = 50
/** How far from the screen rows are made. */
const NEAR = '800px'
/** So many rows are printed with all cells, and the names of the others. */
const MOST_PRINTED = 5000

/**
 * A table with sorted columns, for any number of rows. Only rows near the screen are elements. The others are the text of
 * their names, a line each at its place, so that a search of the browser finds them; found, they come near. Arrow keys go
 * from row to row, Enter opens one, and Space removes it.
 * @param signal ends what it listens to outside itself
 */
export function createTable<Row>(
  signal: AbortSignal,
  events: TableEvents<Row>,
): {
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
  let chunks: readonly HTMLElement[] = []
  let current = 0
  const filled = new Set<HTMLElement>()
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        const chunk = target as HTMLElement
        if (isIntersecting) fill(chunk)
        else if (chunk !== chunkOf(current)) empty(chunk)
      }
    },
    { rootMargin: NEAR },
  )

  const chunkOf = (index: number): HTMLElement | undefined => chunks[Math.floor(index / CHUNK)]
  const rowsOf = (chunk: HTMLElement): readonly Row[] => {
    const start = Number(chunk.dataset['start'])
    return content!.rows.slice(start, start + CHUNK)
  }
  const fill = (chunk: HTMLElement): void => {
    if (content === undefined || filled.has(chunk)) return
    filled.add(chunk)
    const start = Number(chunk.dataset['start'])
    chunk.setAttribute('role', 'rowgroup')
    chunk.removeAttribute('aria-hidden')
    chunk.classList.remove('names')
    chunk.replaceChildren(...rowsOf(chunk).map((row, at) => rowElement(row, start + at)))
  }
  /** Leaves the names of rows that are far away. They are hidden from screen readers, which count the rows that are there. */
  const empty = (chunk: HTMLElement): void => {
    filled.delete(chunk)
    chunk.removeAttribute('role')
    chunk.setAttribute('aria-hidden', 'true')
    chunk.classList.add('names')
    const name = nameColumn(content!)
    chunk.textContent = rowsOf(chunk)
      .map((row) => name.text(row))
      .join('\n')
  }
  const rowElement = (data: Row, index: number): HTMLElement => {
    const { columns, hasRemovals } = content!
    const cells = columns.map((column): HTMLElement => {
      const text = column.text(data)
      return column.id === 'name'
        ? element('div', { role: 'rowheader', class: 'cell name', title: text }, nameText(text), fateText())
        : element('div', { role: 'gridcell', class: cellClass(column) }, text)
    })
    if (hasRemovals) cells.push(removalCell(data))
    const row = element(
      'div',
      {
        ...{ role: 'row', class: 'row', tabindex: index === current ? '0' : '-1' },
        ...{ 'aria-rowindex': String(index + 2), 'data-row': String(index) },
      },
      ...cells,
    )
    mark(row)
    return row
  }
  const removalCell = (data: Row): HTMLElement => {
    const cell = element('div', { role: 'gridcell', class: 'cell remove' })
    if (content!.isRemoved(data) === undefined) return cell
    const label = `pretend that ${content!.nameOf(data)} is removed`
    cell.append(element('input', { type: 'checkbox', tabindex: '-1', 'aria-label': label }))
    return cell
  }
  /** Shows whether a row is selected, removed or gone. */
  const mark = (row: HTMLElement): void => {
    const data = content!.rows[Number(row.dataset['row'])]!
    row.setAttribute('aria-selected', String(content!.isSelected(data)))
    const isGone = content!.isGone(data)
    row.classList.toggle('gone', isGone)
    row.querySelector('.fate')!.textContent = isGone ? ', goes' : ''
    const box = row.querySelector('input')
    if (box !== null) box.checked = content!.isRemoved(data) === true
  }
  const elementAt = (index: number): HTMLElement | undefined => {
    const chunk = chunkOf(index)
    return chunk !== undefined && filled.has(chunk) ? (chunk.children[index % CHUNK] as HTMLElement) : undefined
  }
  /** Makes a row the one that the Tab key leads to. */
  const makeCurrent = (index: number): void => {
    elementAt(current)?.setAttribute('tabindex', '-1')
    const left = chunkOf(current)!
    current = index
    if (left !== chunkOf(index)) {
      // It was kept for its row; observed anew, it tells whether it is near.
      observer.unobserve(left)
      observer.observe(left)
    }
    fill(chunkOf(index)!)
    elementAt(index)!.setAttribute('tabindex', '0')
  }
  const focusRow = (index: number): void => {
    if (content === undefined || content.rows.length === 0) return
    makeCurrent(Math.max(0, Math.min(content.rows.length - 1, index)))
    const row = elementAt(current)!
    row.focus({ preventScroll: true })
    row.scrollIntoView({ block: 'nearest' })
  }
  const rowOf = (event: Event): HTMLElement | null => (event.target as Element).closest<HTMLElement>('[data-row]')

  body.addEventListener('click', (event) => {
    const row = rowOf(event)
    if (row === null || content === undefined) return
    const index = Number(row.dataset['row'])
    const data = content.rows[index]!
    if ((event.target as Element).closest('.remove') !== null) {
      if (content.isRemoved(data) !== undefined) events.onRemove(data)
      return
    }
    makeCurrent(index)
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
      End: content.rows.length - 1,
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
  // What is printed is not on the screen.
  addEventListener(
    'beforeprint',
    () => {
      for (const chunk of chunks.slice(0, MOST_PRINTED / CHUNK)) fill(chunk)
    },
    { signal },
  )

  return {
    element: grid,
    show(next) {
      content = next
      observer.disconnect()
      filled.clear()
      current = 0
      grid.setAttribute('aria-label', next.label)
      grid.setAttribute('aria-rowcount', String(next.rows.length + 1))
      grid.style.setProperty('--columns', templateOf(next))
      head.replaceChildren(headRow(next, events))
      chunks = Array.from({ length: Math.ceil(next.rows.length / CHUNK) }, (_, number) => {
        const start = number * CHUNK
        const chunk = element('div', { class: 'chunk', 'data-start': String(start) })
        chunk.style.setProperty('--rows', String(Math.min(CHUNK, next.rows.length - start)))
        if (number === 0) fill(chunk)
        else empty(chunk)
        return chunk
      })
      body.replaceChildren(...chunks)
      for (const chunk of chunks) observer.observe(chunk)
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

/** Says whether a row goes, to those who do not see that it is struck out. */
function fateText(): HTMLElement {
  return element('span', { class: 'unseen fate' })
}

function nameColumn<Row>({ columns }: TableContent<Row>): PageColumn<Row> {
  return columns.find(({ id }) => id === 'name')!
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
