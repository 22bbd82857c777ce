import { formatBytes, formatPercent, plural } from '../../units.ts'
import { element } from './element.ts'
import { type Box, boxAt, boxBeside, type Direction, HEADING, layOut } from './layout.ts'
import type { Palette } from './palette.ts'
import type { Tree } from './tree.ts'

/** What a map shows. */
export interface MapContent {
  readonly tree: Tree
  /** The node that fills the map. */
  readonly top: number
  readonly selected: number
  readonly label: (node: number) => string
  readonly colour: (node: number) => string
  /** 1 for nodes that a search found, 2 for nodes above these; undefined without a search. */
  readonly marks: Uint8Array | undefined
  /** Whether a node goes with what the reader pretends to remove. */
  readonly isGone: (node: number) => boolean
  readonly palette: Palette
}

export interface MapEvents {
  onSelect(node: number): void
  onOpen(node: number): void
  onUp(): void
}

const FONT = '500 11px system-ui, -apple-system, "Segoe UI", sans-serif'
const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

/**
 * A treemap on a canvas. The table has the same data for screen readers; arrow keys go from box to box, Enter opens one,
 * and Escape goes back.
 */
export function createTreemap(events: MapEvents): {
  readonly element: HTMLElement
  show(content: MapContent): void
  /** How many boxes there are, for tests and measurements. */
  readonly boxCount: () => number
} {
  const canvas = element('canvas', {
    tabindex: '0',
    role: 'application',
    'aria-roledescription': 'treemap',
    'aria-describedby': 'map-help',
  })
  const tip = element('div', { class: 'tip', role: 'presentation' })
  tip.hidden = true
  const told = element('div', { class: 'unseen', 'aria-live': 'polite' })
  const help = element(
    'div',
    { class: 'unseen', id: 'map-help' },
    'Arrow keys go from box to box, Enter opens a box, Escape goes back. The table below has the same data.',
  )
  const frame = element('div', { class: 'map' }, canvas, tip, told, help)
  const pen = canvas.getContext('2d')!
  let content: MapContent | undefined
  let boxes: readonly Box[] = []
  let hovered: Box | undefined
  let focused: Box | undefined
  let pending = 0

  const layOutAnew = (): void => {
    if (content === undefined) return
    const { clientWidth: width, clientHeight: height } = canvas
    const ratio = devicePixelRatio
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(height * ratio)
    pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    boxes = layOut(content.tree, content.top, width, height)
    hovered = undefined
    focused = undefined
    tip.hidden = true
    paint()
  }
  const paint = (): void => {
    cancelAnimationFrame(pending)
    pending = requestAnimationFrame(() => {
      if (content !== undefined)
        paintBoxes(pen, canvas, boxes, content, { hovered, focused: isFocused() ? focused : undefined })
    })
  }
  const isFocused = (): boolean => document.activeElement === canvas
  /** The box of the first level that a box lies in. */
  const firstLevel = (box: Box): Box =>
    boxes.find(
      (other) =>
        other.depth === 1 && box.x0 >= other.x0 && box.x1 <= other.x1 && box.y0 >= other.y0 && box.y1 <= other.y1,
    ) ?? box
  const describe = (box: Box): string => {
    const { tree, label } = content!
    const whole = tree.total[0]!
    if (box.small !== undefined) return `${plural(box.small, 'smaller part')} of ${label(box.node)}`
    const bytes = tree.total[box.node]!
    return `${label(box.node)}: ${formatBytes(bytes, 'iec')}, ${formatPercent(bytes, whole)}`
  }
  const focusOn = (box: Box | undefined): void => {
    if (box === undefined) return
    focused = box
    told.textContent = describe(box)
    if (box.small === undefined) events.onSelect(box.node)
    paint()
  }

  canvas.addEventListener('pointermove', ({ offsetX, offsetY }) => {
    const box = boxAt(boxes, offsetX, offsetY)
    if (box !== hovered) {
      hovered = box
      paint()
    }
    tip.hidden = box === undefined || box.depth === 0
    if (box === undefined || box.depth === 0) return
    tip.textContent = describe(box)
    const left = Math.min(offsetX + 14, canvas.clientWidth - tip.offsetWidth - 4)
    const top = offsetY + 18 + tip.offsetHeight > canvas.clientHeight ? offsetY - tip.offsetHeight - 8 : offsetY + 18
    tip.style.transform = `translate(${Math.max(left, 0)}px, ${Math.max(top, 0)}px)`
  })
  canvas.addEventListener('pointerleave', () => {
    hovered = undefined
    tip.hidden = true
    paint()
  })
  canvas.addEventListener('click', ({ offsetX, offsetY }) => {
    const box = boxAt(boxes, offsetX, offsetY)
    if (box === undefined || box.depth === 0) return
    focused = firstLevel(box)
    events.onSelect(box.node)
  })
  canvas.addEventListener('dblclick', ({ offsetX, offsetY }) => {
    const box = boxAt(boxes, offsetX, offsetY)
    if (box !== undefined && box.depth > 0) events.onOpen(firstLevel(box).node)
  })
  canvas.addEventListener('focus', () => {
    focused ??= boxes.find(({ depth }) => depth === 1)
    if (focused !== undefined) told.textContent = describe(focused)
    paint()
  })
  canvas.addEventListener('blur', paint)
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const direction = ARROWS[event.key]
    if (direction !== undefined) {
      focusOn(
        focused === undefined
          ? boxes.find(({ depth }) => depth === 1)
          : boxBeside(boxes, firstLevel(focused), direction),
      )
    } else if (event.key === 'Enter' && focused !== undefined) events.onOpen(focused.node)
    else if (event.key === 'Escape' || event.key === 'Backspace') events.onUp()
    else return
    event.preventDefault()
  })
  new ResizeObserver(layOutAnew).observe(canvas)

  return {
    element: frame,
    show(next) {
      const isNew = content === undefined || content.tree !== next.tree || content.top !== next.top
      content = next
      const { tree, top, label } = next
      canvas.setAttribute('aria-label', `Treemap of ${label(top)}, ${formatBytes(tree.total[top]!, 'iec')}`)
      if (isNew) layOutAnew()
      else paint()
    },
    boxCount: () => boxes.length,
  }
}

interface Pointed {
  readonly hovered: Box | undefined
  readonly focused: Box | undefined
}

function paintBoxes(
  pen: CanvasRenderingContext2D,
  canvas: HTMLCanvasElement,
  boxes: readonly Box[],
  content: MapContent,
  { hovered, focused }: Pointed,
): void {
  const { tree, selected, colour, marks, isGone, palette } = content
  pen.clearRect(0, 0, canvas.width, canvas.height)
  pen.font = FONT
  pen.textBaseline = 'middle'
  for (const box of boxes) {
    const { node, x0, y0, x1, y1, depth, isOpen, small } = box
    if (depth === 0 && isOpen) continue
    const [width, height] = [x1 - x0, y1 - y0]
    pen.globalAlpha = marks === undefined || marks[node] === 1 || (isOpen && marks[node] === 2) ? 1 : 0.22
    pen.fillStyle = isOpen ? palette.frame(depth) : small !== undefined ? palette.unknown : colour(node)
    fillRound(pen, x0, y0, width, height)
    if (!isOpen && small === undefined && isGone(node)) hatch(pen, box, palette)
    if (width >= 34 && height >= 15) write(pen, box, content)
    pen.globalAlpha = 1
  }
  for (const box of boxes)
    if (box.node === selected && box.small === undefined && box.depth > 0) outline(pen, box, palette.text, 2)
  if (hovered !== undefined && hovered.depth > 0) outline(pen, hovered, palette.text, 1)
  if (focused !== undefined) outline(pen, focused, palette.mark, 3)
  // A page that draws says so; tests wait for it.
  canvas.dataset['boxes'] = `${boxes.length} of ${tree.count}`
}

function fillRound(pen: CanvasRenderingContext2D, x: number, y: number, width: number, height: number): void {
  const radius = Math.min(3, width / 4, height / 4)
  if (radius < 1) {
    pen.fillRect(x, y, width, height)
    return
  }
  pen.beginPath()
  pen.roundRect(x, y, width, height, radius)
  pen.fill()
}

function outline(pen: CanvasRenderingContext2D, { x0, y0, x1, y1 }: Box, colour: string, width: number): void {
  pen.strokeStyle = colour
  pen.lineWidth = width
  pen.strokeRect(x0 + width / 2, y0 + width / 2, x1 - x0 - width, y1 - y0 - width)
}

/** Diagonal lines over what goes. */
function hatch(pen: CanvasRenderingContext2D, { x0, y0, x1, y1 }: Box, { ground }: Palette): void {
  pen.save()
  pen.beginPath()
  pen.rect(x0, y0, x1 - x0, y1 - y0)
  pen.clip()
  pen.globalAlpha = 0.55
  pen.fillStyle = ground
  pen.fillRect(x0, y0, x1 - x0, y1 - y0)
  pen.globalAlpha = 0.9
  pen.strokeStyle = ground
  pen.lineWidth = 2
  pen.beginPath()
  for (let x = x0 - (y1 - y0); x < x1; x += 7) {
    pen.moveTo(x, y1)
    pen.lineTo(x + y1 - y0, y0)
  }
  pen.stroke()
  pen.restore()
}

/** The name and the size of a box, as far as there is room. */
function write(pen: CanvasRenderingContext2D, box: Box, { tree, label, palette }: MapContent): void {
  const { node, x0, y0, x1, y1, isOpen, small } = box
  const room = x1 - x0 - 10
  const hasHeading = isOpen && y1 - y0 >= 44 && x1 - x0 >= 52
  if (isOpen && !hasHeading) return
  const size = formatBytes(tree.total[node]!, 'iec')
  const name = small === undefined ? label(node) : `${small} smaller`
  pen.fillStyle = palette.text
  const y = y0 + HEADING / 2 + (isOpen ? 0.5 : 1)
  const sizeWidth = pen.measureText(size).width
  const isOneLine = isOpen || y1 - y0 < 32
  if (small !== undefined) {
    pen.fillText(fitted(pen, name, room), x0 + 5, y)
    return
  }
  const shown = fitted(pen, name, isOneLine && room > sizeWidth + 50 ? room - sizeWidth - 8 : room)
  pen.fillText(shown, x0 + 5, y)
  pen.fillStyle = palette.faint
  if (!isOneLine) {
    if (sizeWidth <= room) pen.fillText(size, x0 + 5, y + 14)
  } else if (room > sizeWidth + 50) pen.fillText(size, x1 - 5 - sizeWidth, y)
}

/** The beginning of a text that fits. */
function fitted(pen: CanvasRenderingContext2D, text: string, room: number): string {
  if (pen.measureText(text).width <= room) return text
  let [low, high] = [0, text.length]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (pen.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle
    else high = middle - 1
  }
  return low === 0 ? '' : `${text.slice(0, low)}…`
}
