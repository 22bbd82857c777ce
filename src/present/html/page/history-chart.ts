import { formatBytes, formatDelta } from '../../units.ts'
import type { PageHistory } from '../page-data.ts'
import { element } from './element.ts'
import { type Band, type ChartLine, marksUpTo, namedSteps, spread, stacked } from './history-layout.ts'
import type { ChartKind } from './history-state.ts'
import type { Palette } from './palette.ts'
import { svg } from './svg.ts'

export interface ChartContent {
  readonly history: PageHistory
  readonly lines: readonly ChartLine[]
  readonly kind: ChartKind
  /** The number of the image that the page tells about. */
  readonly image: number
  /** The name of a line to stress; undefined for none. */
  readonly stressed: string | undefined
  readonly palette: Palette
}

/** The room around the drawing, in pixels. */
const EDGE = { left: 74, right: 16, top: 14, bottom: 30 }
/** The room for names of lines on the right, the width from which a chart has it, and the height of a name. */
const LABELS = { room: 150, from: 640, height: 14, length: 20 }
/** Pixels that a mark of the scale, and a name below the chart, should have. */
const MARK_ROOM = 56
const NAME_ROOM = 120
/** Characters of a name that fit into its room. */
const NAME_LENGTH = 18
/** The height of a band that has room for its name, and the width of a letter. */
const BAND_ROOM = 17
const LETTER = 6.6

const KEYS: Readonly<Record<string, (image: number, last: number) => number>> = {
  ArrowLeft: (image) => image - 1,
  ArrowDown: (image) => image - 1,
  ArrowRight: (image) => image + 1,
  ArrowUp: (image) => image + 1,
  Home: () => 0,
  End: (_, last) => last,
}

/**
 * A chart of a series. For the keyboard and for screen readers it is a slider over the images, whose value is told in
 * words; the tables below have the same data.
 */
export function createChart(onSelect: (image: number) => void): {
  readonly element: HTMLElement
  show(content: ChartContent): void
} {
  const tip = element('div', { class: 'tip', 'aria-hidden': 'true' })
  tip.hidden = true
  const drawing = svg('svg', { 'aria-hidden': 'true', focusable: 'false' })
  const chart = element(
    'div',
    { class: 'map chart', role: 'slider', tabindex: '0', 'aria-label': 'Image of the series', 'aria-valuemin': '1' },
    drawing,
    tip,
  )
  let content: ChartContent | undefined

  const draw = (): void => {
    const { clientWidth: width, clientHeight: height } = chart
    if (content === undefined || width === 0 || height === 0) return
    drawing.setAttribute('viewBox', `0 0 ${width} ${height}`)
    drawing.replaceChildren(...drawn(content, width, height))
    chart.dataset['drawn'] = content.kind
  }
  const imageAt = (event: MouseEvent): number => {
    const { left } = chart.getBoundingClientRect()
    const count = content!.history.images.length
    const room = chart.clientWidth - EDGE.left - rightEdge(content!, chart.clientWidth)
    const part = (event.clientX - left - EDGE.left) / Math.max(room, 1)
    return Math.max(0, Math.min(count - 1, Math.round(part * (count - 1)))) || 0
  }

  chart.addEventListener('click', (event) => {
    if (content !== undefined) onSelect(imageAt(event))
  })
  chart.addEventListener('mousemove', (event) => {
    if (content === undefined) return
    const image = imageAt(event)
    tip.textContent = imageText(content.history, image)
    tip.hidden = false
    const { left, top } = chart.getBoundingClientRect()
    const x = Math.min(event.clientX - left + 14, chart.clientWidth - tip.offsetWidth - 4)
    tip.style.transform = `translate(${Math.max(x, 0)}px, ${Math.max(event.clientY - top - 34, 0)}px)`
  })
  chart.addEventListener('mouseleave', () => {
    tip.hidden = true
  })
  chart.addEventListener('keydown', (event) => {
    const step = KEYS[event.key]
    if (step === undefined || content === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    const last = content.history.images.length - 1
    onSelect(Math.max(0, Math.min(last, step(content.image, last))))
  })
  new ResizeObserver(draw).observe(chart)

  return {
    element: chart,
    show(next) {
      content = next
      chart.setAttribute('aria-valuemax', String(next.history.images.length))
      chart.setAttribute('aria-valuenow', String(next.image + 1))
      chart.setAttribute('aria-valuetext', imageText(next.history, next.image))
      draw()
    },
  }
}

/** "nixos-26.05.iso, 136.0 MiB, −1.2 MiB". */
function imageText({ images }: PageHistory, at: number): string {
  const [image, before] = [images[at]!, images[at - 1]]
  const step = before === undefined ? '' : `, ${formatDelta(image.size - before.size, 'iec')}`
  return `${image.name}, ${formatBytes(image.size, 'iec')}${step}`
}

/** The room on the right, where lines have their names. */
function rightEdge({ kind }: ChartContent, width: number): number {
  return kind === 'lines' && width >= LABELS.from ? LABELS.room : EDGE.right
}

/** Where bytes and images are in a drawing. */
interface Scale {
  x(image: number): number
  y(bytes: number): number
}

function drawn(content: ChartContent, width: number, height: number): readonly SVGElement[] {
  const { history, lines, kind, image, palette } = content
  const { images } = history
  const sizes = images.map(({ size }) => size)
  const most = sizes.reduce((a, b) => Math.max(a, b), 0)
  const [right, bottom] = [width - rightEdge(content, width), height - EDGE.bottom]
  const marks = marksUpTo(most, (bottom - EDGE.top) / MARK_ROOM)
  const last = images.length - 1
  const scale: Scale = {
    x: (at) => (last === 0 ? (EDGE.left + right) / 2 : EDGE.left + ((right - EDGE.left) * at) / last),
    y: (bytes) => bottom - ((bottom - EDGE.top) * bytes) / marks.at(-1)!,
  }
  const label = { fill: palette.faint, 'font-size': 11 }
  const grid = marks.flatMap((bytes) => {
    const y = scale.y(bytes)
    return [
      svg('line', { x1: EDGE.left, x2: right, y1: y, y2: y, stroke: palette.grid }),
      svg('text', { ...label, x: EDGE.left - 8, y: y + 4, 'text-anchor': 'end' }, formatBytes(bytes, 'iec')),
    ]
  })
  const room = Math.max(Math.floor((right - EDGE.left) / NAME_ROOM), 1) + 1
  const names = namedSteps(images.length, room).map((at) => {
    const anchor = last === 0 ? 'middle' : at === 0 ? 'start' : at === last ? 'end' : 'middle'
    // The first name may begin left of its image, where the scale has its numbers above it.
    const x = at === 0 && last > 0 ? EDGE.left - 10 : scale.x(at)
    return svg('text', { ...label, x, y: height - 10, 'text-anchor': anchor }, shortened(images[at]!.name))
  })
  const at = scale.x(image)
  const cursor = [
    svg('line', {
      ...{ x1: at, x2: at, y1: EDGE.top - 6, y2: bottom, stroke: palette.mark },
      ...{ 'stroke-width': 2, 'stroke-dasharray': '4 3' },
    }),
    svg('circle', {
      cx: at,
      cy: scale.y(sizes[image]!),
      r: 5,
      fill: palette.mark,
      stroke: palette.ground,
      'stroke-width': 2,
    }),
  ]
  const body = kind === 'area' ? areas(stacked(lines), scale, content) : curves(lines, scale, content)
  const whole = svg('path', {
    ...{ d: pathOf(sizes, scale), fill: 'none', stroke: palette.text, 'stroke-width': 2.2, class: 'whole' },
    'stroke-linejoin': 'round',
  })
  const labels = right === width - EDGE.right ? [] : lineNames(lines, sizes, right, bottom, scale, palette)
  return [...grid, ...body, ...labels, whole, ...dots(sizes, scale, palette.text), ...names, ...cursor]
}

/** The names of lines behind their last images, and that of the whole. */
function lineNames(
  lines: readonly ChartLine[],
  sizes: readonly number[],
  right: number,
  bottom: number,
  { y }: Scale,
  palette: Palette,
): readonly SVGElement[] {
  const all = [
    { name: 'the file', own: sizes, stroke: palette.text },
    ...lines.map(({ name, own, colour }) => ({ name, own, stroke: palette.series(colour).stroke })),
  ]
  const wanted = all.map(({ own }) => y(own.at(-1)!))
  const places = spread(wanted, LABELS.height, bottom)
  return all.flatMap(({ name, stroke }, at) => {
    const place = places[at]!
    const text = name.length <= LABELS.length ? name : `${name.slice(0, LABELS.length - 1)}…`
    const leader = {
      d: `M${right + 5} ${wanted[at]!}L${right + 14} ${place}`,
      stroke,
      fill: 'none',
      'stroke-width': 1.5,
    }
    return [
      svg('path', leader),
      svg('text', { x: right + 18, y: place + 4, fill: palette.text, 'font-size': 11.5 }, text),
    ]
  })
}

/** A name of which the end says more than the beginning. */
function shortened(name: string): string {
  return name.length <= NAME_LENGTH ? name : `…${name.slice(1 - NAME_LENGTH)}`
}

function pathOf(bytes: readonly number[], { x, y }: Scale): string {
  return bytes.map((each, at) => `${at === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(each).toFixed(1)}`).join('')
}

/** Dots at each image, unless there are so many that they would be a line. */
function dots(bytes: readonly number[], { x, y }: Scale, fill: string): readonly SVGElement[] {
  if (bytes.length > 60) return []
  return bytes.map((each, at) => svg('circle', { cx: x(at), cy: y(each), r: 2.6, fill }))
}

function areas(
  bands: readonly Band[],
  scale: Scale,
  { palette, stressed, history }: ChartContent,
): readonly SVGElement[] {
  const { x, y } = scale
  const made = bands.map(({ name, from, to, colour }) => {
    const back = from.map((bytes, at) => `L${x(at).toFixed(1)} ${y(bytes).toFixed(1)}`).reverse()
    // A series of one image has no area, but a bar.
    const d =
      from.length === 1 ? `M${x(0) - 40} ${y(to[0]!)}h80V${y(from[0]!)}h-80Z` : `${pathOf(to, scale)}${back.join('')}Z`
    return svg('path', {
      ...{ d, fill: palette.series(colour).fill, stroke: palette.ground, 'stroke-width': 1 },
      ...(name === stressed ? { class: 'stressed', stroke: palette.mark, 'stroke-width': 2.5 } : { class: 'band' }),
    })
  })
  return [...made, ...bands.flatMap((band) => bandName(band, scale, palette, history.images.length - 1))]
}

/** The name of a band in it, where the band is highest, if it has room there. */
function bandName(
  { name, from, to, own }: Band,
  { x, y }: Scale,
  palette: Palette,
  last: number,
): readonly SVGElement[] {
  const heightAt = (at: number): number => y(from[at]!) - y(to[at]!)
  const best = own.reduce((best, _, at) => (heightAt(at) > heightAt(best) + 0.5 ? at : best), 0)
  const step = last === 0 ? 80 : x(1) - x(0)
  const room = best === 0 || best === last ? step : 2 * step
  if (heightAt(best) < BAND_ROOM || name.length * LETTER > room) return []
  const anchor = last === 0 ? 'middle' : best === 0 ? 'start' : best === last ? 'end' : 'middle'
  const beside = best === 0 && last > 0 ? 8 : best === last && last > 0 ? -8 : 0
  const at = { x: x(best) + beside, y: (y(from[best]!) + y(to[best]!)) / 2 + 4 }
  return [svg('text', { ...at, 'text-anchor': anchor, 'font-size': 11.5, fill: palette.text }, name)]
}

function curves(lines: readonly ChartLine[], scale: Scale, { palette, stressed }: ChartContent): readonly SVGElement[] {
  return lines.flatMap(({ name, own, colour }) => {
    const { stroke } = palette.series(colour)
    const isStressed = name === stressed
    return [
      svg('path', {
        ...{ d: pathOf(own, scale), fill: 'none', stroke, 'stroke-width': isStressed ? 4 : 2 },
        ...{ 'stroke-linejoin': 'round', class: isStressed ? 'stressed' : 'band' },
        ...(colour < 0 ? { 'stroke-dasharray': '2 4' } : {}),
      }),
      ...dots(own, scale, stroke),
    ]
  })
}
