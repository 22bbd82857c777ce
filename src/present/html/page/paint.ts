import { formatBytes } from '../../units.ts'
import { type Box, HEADING, hasHeading } from './layout.ts'
import type { Palette } from './palette.ts'
import type { Tree } from './tree.ts'

/** What a map shows. */
export interface MapContent {
  readonly tree: Tree
  /** The node that fills the map. */
  readonly top: number
  readonly selected: number
  readonly label: (node: number) => string
  readonly sizeOf: (node: number) => string
  readonly colour: (node: number) => string
  /** 1 for nodes that a search found, 2 for nodes above these; undefined without a search. */
  readonly marks: Uint8Array | undefined
  /** Whether a node goes with what the reader pretends to remove. */
  readonly isGone: (node: number) => boolean
  readonly palette: Palette
}

const FONT = '500 11px system-ui, -apple-system, "Segoe UI", sans-serif'

/** The boxes that the pointer and the keyboard are on. */
interface Pointed {
  readonly hovered: Box | undefined
  readonly focused: Box | undefined
}

/** Paints the boxes of a map. */
export function paintBoxes(pen: CanvasRenderingContext2D, boxes: readonly Box[], content: MapContent): void {
  const { colour, marks, isGone, palette } = content
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
}

/** Outlines the boxes that the reader is at. */
export function paintOutlines(
  pen: CanvasRenderingContext2D,
  boxes: readonly Box[],
  { selected, palette }: MapContent,
  { hovered, focused }: Pointed,
): void {
  for (const box of boxes) {
    if (box.node === selected && box.small === undefined && box.depth > 0) outline(pen, box, palette.text, 2)
  }
  if (hovered !== undefined && hovered.depth > 0) outline(pen, hovered, palette.text, 1)
  if (focused !== undefined) outline(pen, focused, palette.mark, 3)
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
  if (isOpen && !hasHeading(box)) return
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
