import { formatBytes, formatCount, formatDelta, formatPercent, plural } from '../../units.ts'
import type { HistoryData, PageHistory } from '../page-data.ts'
import { beginsAscending, orderText, sorted } from './columns.ts'
import { button, choice, element, factList, nameText, replaceIn } from './element.ts'
import { createFrame, fillFrame } from './frame.ts'
import { createChart } from './history-chart.ts'
import { chartLines } from './history-layout.ts'
import { type HistoryRow, historyTable } from './history-rows.ts'
import { firstHistoryState, type HistoryState, historyStateText, readHistoryState } from './history-state.ts'
import { hasWords, wordsOf } from './search.ts'
import { createTable } from './table.ts'
import { themeChoice } from './theme-choice.ts'

const KEYS =
  'Keys: / searches, arrows go from image to image in the chart, and from row to row in the table; Enter chooses a row.'

/** What the words of the page mean. */
const MEANINGS = {
  size: 'bytes of the image file; at each image, all parts of the chart add up to it',
  change: 'bytes more or fewer than in the image before',
}

/** Shows a series of images in a page. It reads where to begin from the address, and writes there what the reader sees. */
export function startHistory({ version, history }: HistoryData, root: HTMLElement): void {
  const { images, lines } = history
  const first = firstHistoryState(images.length)
  let state = readHistoryState(location.hash.slice(1), images.length, lines.length, first)
  const themes = themeChoice(() => showChart())
  const frame = createFrame([])
  const { crumbs, switches, legend, panel, tabs, sums, told, tableArea, find } = frame

  const update = (change: Partial<HistoryState>): void => {
    state = { ...state, ...change }
    const text = historyStateText(state, first)
    globalThis.history.replaceState(null, '', text === '' ? location.pathname + location.search : `#${text}`)
  }
  const selectImage = (image: number): void => {
    if (image === state.image) return
    update({ image })
    showImage()
    if (state.tab === 'changes') showTable()
    else table.refresh()
  }
  const selectRow = ({ number }: HistoryRow): void => {
    if (state.tab === 'images') selectImage(number)
    else if (state.tab === 'lines') {
      update({ line: state.line === number ? -1 : number })
      showChart()
      table.refresh()
    }
  }
  const chart = createChart(selectImage)
  const table = createTable<HistoryRow>(new AbortController().signal, {
    onSort(id) {
      const isSame = state.sort === id
      update({ sort: id, ascending: isSame ? !state.ascending : beginsAscending(id) })
      showTable()
      tableArea.querySelector<HTMLElement>('[aria-sort="ascending"] button, [aria-sort="descending"] button')?.focus()
    },
    onSelect: selectRow,
    onOpen: selectRow,
    onRemove() {},
  })

  const showChart = (): void => {
    const shown = chartLines(lines, state.line)
    const stressed = lines[state.line]?.name
    chart.show({ history, lines: shown, kind: state.chart, image: state.image, stressed, palette: themes.palette() })
    // As in the stack: the one on top first.
    legend.replaceChildren(
      ...[...shown].reverse().map(({ name, own, colour }) => {
        const patch = element('span', { class: 'patch', 'aria-hidden': 'true' })
        const { fill, stroke } = themes.palette().series(colour)
        patch.style.background = state.chart === 'area' ? fill : stroke
        const size = element('span', { class: 'size' }, formatBytes(own[state.image]!, 'iec'))
        return element('li', {}, patch, nameText(name), size)
      }),
    )
  }
  const showImage = (): void => {
    showChart()
    const at = state.image
    const position = element('span', { class: 'size' }, `image ${formatCount(at + 1)} of ${formatCount(images.length)}`)
    replaceIn(crumbs, [
      stepButton('‹', 'previous image', at - 1),
      element('strong', {}, nameText(images[at]!.name)),
      stepButton('›', 'next image', at + 1),
      position,
    ])
    replaceIn(panel, panelOf(history, at))
    panel.scrollTop = 0
  }
  const stepButton = (sign: string, label: string, image: number): HTMLElement => {
    const isThere = image >= 0 && image < images.length
    return button(sign, () => (isThere ? selectImage(image) : undefined), {
      ...{ class: 'action step', 'aria-label': label, 'aria-disabled': String(!isThere) },
    })
  }
  const showTable = (): void => {
    const { label, columns, rows } = historyTable(history, state.tab, state.image)
    const words = wordsOf(state.find)
    const found = rows.filter(({ name, change }) =>
      hasWords(`${name} ${change?.word ?? ''} ${change?.reason ?? ''}`, words),
    )
    const column = columns.find(({ id }) => id === state.sort)
    table.show({
      label,
      columns,
      rows: column === undefined ? found : sorted(found, column, state.ascending),
      sort: { id: column?.id ?? '', isAscending: state.ascending },
      nameOf: ({ name }) => name,
      isSelected: ({ number }) => number >= 0 && number === (state.tab === 'images' ? state.image : state.line),
      isGone: () => false,
      hasRemovals: false,
      isRemoved: () => undefined,
    })
    told.textContent = column === undefined ? '' : orderText(column, state.ascending)
    sums.textContent = words.length === 0 ? '' : plural(found.length, 'match', 'matches')
    tableArea.replaceChildren(table.element)
  }
  const showControls = (): void => {
    switches.replaceChildren(
      choice(
        'Chart',
        [
          ['area', 'stacked'],
          ['lines', 'lines'],
        ] as const,
        state.chart,
        (chosen) => {
          update({ chart: chosen })
          showChart()
        },
      ),
    )
    const [initial = '', ...letters] = history.linesOf
    tabs.replaceChildren(
      choice(
        'Rows',
        [
          ['changes', 'Changes'],
          ['images', 'Images'],
          ['lines', initial.toUpperCase() + letters.join('')],
        ] as const,
        state.tab,
        (tab) => {
          update({ tab, sort: '', ascending: false })
          showTable()
        },
      ),
    )
  }
  const showAll = (): void => {
    find.value = state.find
    showControls()
    showImage()
    showTable()
  }

  let waiting: ReturnType<typeof setTimeout> | undefined
  find.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(() => {
      update({ find: find.value })
      showTable()
    }, 60)
  })
  addEventListener('hashchange', () => {
    state = readHistoryState(location.hash.slice(1), images.length, lines.length, first)
    showAll()
  })
  addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLInputElement && event.target.type === 'search'
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    find.focus()
  })
  const [oldest, newest] = [images[0]!, images.at(-1)!]
  const delta = newest.size - oldest.size
  document.title = `${history.name} – isoscope`
  frame.heading.replaceChildren(nameText(history.name))
  frame.sizeLine.textContent = `${formatBytes(oldest.size, 'iec')} → ${formatBytes(newest.size, 'iec')} · ${formatDelta(delta, 'iec')} (${formatPercent(delta, oldest.size).replace('-', '−')})`
  frame.facts.textContent = `${plural(images.length, 'image')}, ${history.order}`
  const footing = `This file holds the sizes of ${plural(images.length, 'image')}, and no contents of files. It asks the network for nothing.`
  const bar = element('div')
  bar.hidden = true
  fillFrame(
    root,
    frame,
    { map: chart.element, bar, themes: themes.element },
    { version, footing, meanings: MEANINGS, keys: KEYS },
  )
  showAll()
}

/** What is told of an image: its size, what changed in it, and what caused that. */
function panelOf({ images, noun }: PageHistory, at: number): readonly Node[] {
  const [image, before] = [images[at]!, images[at - 1]]
  const { size, owners, came, went, facts, isWhole, causes } = image
  const signs = [...(came > 0 ? [`+${formatCount(came)}`] : []), ...(went > 0 ? [`−${formatCount(went)}`] : [])]
  const counts = `${formatCount(owners)}${signs.length === 0 ? '' : ` (${signs.join(', ')})`}`
  const step: readonly (readonly [string, string])[] =
    before === undefined
      ? []
      : [
          [
            'change',
            `${formatDelta(size - before.size, 'iec')} (${formatPercent(size - before.size, before.size).replace('-', '−')})`,
          ],
          ['in bytes', formatDelta(size - before.size, 'bytes')],
        ]
  const all: readonly (readonly [string, string])[] = [
    ['size', `${formatBytes(size, 'iec')} · ${formatCount(size)} bytes`],
    ...step,
    ...(owners === 0 && went === 0 ? [] : [[noun[1], counts] as const]),
    ...facts,
    ...(isWhole ? [] : [['read', 'not completely'] as const]),
  ]
  const listed = causes.map(({ name, reason, delta }) => {
    const why = reason === '' ? [] : [element('div', { class: 'note' }, nameText(reason))]
    const sum = element('span', { class: 'size', 'data-bytes': String(delta) }, formatDelta(delta, 'iec'))
    return element('li', {}, element('div', {}, nameText(name), ...why), sum)
  })
  const heading = element('h2', { tabindex: '-1' }, nameText(image.name))
  if (before === undefined)
    return [heading, factList(all), element('p', { class: 'note' }, 'The series begins with it.')]
  const section =
    listed.length === 0
      ? element('p', { class: 'note' }, 'No part of it changed its size.')
      : element('section', {}, element('h3', {}, 'Caused by'), element('ul', { class: 'owners' }, ...listed))
  return [heading, factList(all), section]
}
