import { hierarchy, treemap, treemapSquarify } from 'd3-hierarchy'
import { childrenOf, type Tree } from './tree.ts'

/** A rectangle of a treemap, in pixels. */
export interface Box {
  readonly node: number
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
  /** Levels below the node that fills the map. */
  readonly depth: number
  /** Whether boxes of the nodes below lie in it. */
  readonly isOpen: boolean
  /** How many nodes it stands for, if each is too small to show; `node` is then the one that they lie in. */
  readonly small?: number
}

/** The height of a heading, and the size from which a box has one. */
export const HEADING = 18
const MIN_HEADED = { width: 52, height: 44 }
/** Smaller boxes are not opened, and nodes with less room than this are shown together. In square pixels. */
const MIN_OPENED = 400
const MIN_AREA = 14
const MAX_DEPTH = 24

/**
 * Lays out what is below a node. Only nodes that have room get a box, so that the work depends on pixels, not on files.
 * Boxes come after the box that they lie in.
 */
export function layOut(tree: Tree, top: number, width: number, height: number): readonly Box[] {
  const boxes: Box[] = []
  const place = (box: Omit<Box, 'isOpen'>): void => {
    const { node, x0, y0, x1, y1, depth } = box
    const isHeaded = hasHeading(box)
    const edge = depth === 0 ? 0 : 2
    const inner = { x: x0 + edge, y: y0 + (isHeaded ? HEADING : edge), width: 0, height: 0 }
    inner.width = x1 - edge - inner.x
    inner.height = y1 - edge - inner.y
    const area = inner.width * inner.height
    const isBig = (x1 - x0) * (y1 - y0) >= MIN_OPENED && inner.width > 4 && inner.height > 4
    const children = box.small === undefined && isBig && depth < MAX_DEPTH ? childrenOf(tree, node) : []
    const total = tree.total[node]!
    const shown = children.filter((child) => (tree.total[child]! / total) * area >= MIN_AREA)
    boxes.push({ ...box, isOpen: shown.length > 0 })
    if (shown.length === 0) return
    const parts = shown.map((child) => ({ node: child, value: tree.total[child]!, small: 0 }))
    const rest = total - parts.reduce((sum, { value }) => sum + value, 0)
    if (rest > 0) parts.push({ node, value: rest, small: Math.max(children.length - shown.length, 1) })
    for (const part of squarified(parts, inner.width, inner.height)) {
      const at = { x0: inner.x + part.x0, y0: inner.y + part.y0, x1: inner.x + part.x1, y1: inner.y + part.y1 }
      const { small } = part.data
      place({ node: part.data.node, ...at, depth: depth + 1, ...(small === 0 ? {} : { small }) })
    }
  }
  if (tree.total[top]! > 0 && width > 0 && height > 0)
    place({ node: top, x0: 0, y0: 0, x1: width, y1: height, depth: 0 })
  return boxes
}

/** Whether a box that is open has room for a heading. */
export function hasHeading({ x0, y0, x1, y1, depth }: Omit<Box, 'isOpen' | 'node'>): boolean {
  return depth > 0 && x1 - x0 >= MIN_HEADED.width && y1 - y0 >= MIN_HEADED.height
}

interface Part {
  readonly node: number
  readonly value: number
  readonly small: number
}

function squarified(parts: readonly Part[], width: number, height: number) {
  const root = hierarchy<Part | { readonly parts: readonly Part[] }>({ parts }, (datum) =>
    'parts' in datum ? datum.parts : null,
  ).sum((datum) => ('value' in datum ? datum.value : 0))
  const laid = treemap<Part | { readonly parts: readonly Part[] }>()
    .tile(treemapSquarify)
    .size([width, height])
    .paddingInner(1)(root)
  // The gaps between boxes may take all of a thin one.
  return (laid.children ?? []).flatMap(({ data, x0, y0, x1, y1 }) =>
    'value' in data && x1 > x0 && y1 > y0 ? { data, x0, y0, x1, y1 } : [],
  )
}

/** The innermost box at a place. */
export function boxAt(boxes: readonly Box[], x: number, y: number): Box | undefined {
  let found: Box | undefined
  for (const box of boxes) if (x >= box.x0 && x < box.x1 && y >= box.y0 && y < box.y1) found = box
  return found
}

/** The direction of an arrow key. */
export type Direction = 'left' | 'right' | 'up' | 'down'

/** The closest box of the first level in a direction from another; undefined if there is none. */
export function boxBeside(boxes: readonly Box[], from: Box, direction: Direction): Box | undefined {
  const [x, y] = middleOf(from)
  let best: Box | undefined
  let least = Number.POSITIVE_INFINITY
  for (const box of boxes) {
    if (box.depth !== 1 || box === from) continue
    const [boxX, boxY] = middleOf(box)
    const [along, across] =
      direction === 'left' || direction === 'right'
        ? [direction === 'right' ? box.x0 - from.x1 : from.x0 - box.x1, Math.abs(boxY - y)]
        : [direction === 'down' ? box.y0 - from.y1 : from.y0 - box.y1, Math.abs(boxX - x)]
    if (along < -1) continue
    const distance = along * 2 + across
    if (distance < least) {
      least = distance
      best = box
    }
  }
  return best
}

function middleOf({ x0, y0, x1, y1 }: Box): readonly [x: number, y: number] {
  return [(x0 + x1) / 2, (y0 + y1) / 2]
}
