import { formatBytes, formatPercent, plural } from '../../units.ts'
import { element } from './element.ts'
import { type Box, boxAt, boxBeside, type Direction, layOut } from './layout.ts'
import { type MapContent, paintBoxes, paintOutlines } from './paint.ts'

export interface MapEvents {
  onSelect(node: number): void
  onOpen(node: number): void
  onUp(): void
}

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

/**
 * A treemap on a canvas. For screen readers it is a list of the boxes of the first level; arrow keys go from box to box,
 * Enter opens one, and Escape goes back.
 */
export function createTreemap(events: MapEvents): {
  readonly element: HTMLElement
  show(content: MapContent): void
} {
  const canvas = element('canvas', { 'aria-hidden': 'true' })
  const tip = element('div', { class: 'tip', 'aria-hidden': 'true' })
  tip.hidden = true
  const list = element('div', { class: 'unseen' })
  const help = element(
    'div',
    { id: 'map-help' },
    'Arrow keys go from box to box, Enter opens a box, Escape goes back. The table below has the same data.',
  )
  help.hidden = true
  const attributes = { class: 'map', role: 'listbox', tabindex: '0', 'aria-describedby': help.id }
  const map = element('div', attributes, canvas, tip, list, help)
  const pen = canvas.getContext('2d')!
  // All boxes without outlines: they change seldom, and the pointer moves often.
  const ground = element('canvas')
  const groundPen = ground.getContext('2d')!
  let isGroundPainted = false
  let content: MapContent | undefined
  let boxes: readonly Box[] = []
  let hovered: Box | undefined
  /** The box of the first level that the keyboard is at. */
  let focused: Box | undefined
  /** What screen readers read, for each box of the first level. */
  const options = new Map<Box, HTMLElement>()
  let pending = 0

  /** @param from the node to be at, if it has a box */
  const layOutAnew = (from?: number): void => {
    if (content === undefined) return
    const { clientWidth: width, clientHeight: height } = canvas
    for (const each of [canvas, ground]) {
      each.width = Math.round(width * devicePixelRatio)
      each.height = Math.round(height * devicePixelRatio)
    }
    boxes = layOut(content.tree, content.top, width, height)
    hovered = undefined
    tip.hidden = true
    options.clear()
    for (const box of boxes) {
      if (box.depth !== 1) continue
      options.set(box, element('div', { role: 'option', id: `box-${options.size}`, 'aria-selected': 'false' }))
    }
    list.replaceChildren(...options.values())
    describeOptions()
    focused = undefined
    if (isFocused()) goTo(boxOf(from ?? content.selected))
    else map.removeAttribute('aria-activedescendant')
    isGroundPainted = false
    paint()
  }
  const paint = (): void => {
    cancelAnimationFrame(pending)
    pending = requestAnimationFrame(() => {
      if (content === undefined || canvas.width === 0 || canvas.height === 0) return
      if (!isGroundPainted) {
        groundPen.setTransform(1, 0, 0, 1, 0, 0)
        groundPen.clearRect(0, 0, ground.width, ground.height)
        groundPen.scale(devicePixelRatio, devicePixelRatio)
        paintBoxes(groundPen, boxes, content)
        isGroundPainted = true
      }
      pen.setTransform(1, 0, 0, 1, 0, 0)
      pen.clearRect(0, 0, canvas.width, canvas.height)
      pen.drawImage(ground, 0, 0)
      pen.scale(devicePixelRatio, devicePixelRatio)
      paintOutlines(pen, boxes, content, { hovered, focused: isFocused() ? focused : undefined })
      // A page that draws says so; tests wait for it.
      canvas.dataset['boxes'] = `${boxes.length} of ${content.tree.count}`
    })
  }
  const isFocused = (): boolean => document.activeElement === map
  /** The box of the first level that a node lies in; the largest one if it has none. */
  const boxOf = (node: number): Box | undefined => {
    const { end } = content!.tree
    const [first] = options.keys()
    return (
      [...options.keys()].find((box) => box.small === undefined && node >= box.node && node < end[box.node]!) ?? first
    )
  }
  const goTo = (box: Box | undefined): void => {
    if (focused !== undefined) options.get(focused)?.setAttribute('aria-selected', 'false')
    focused = box
    const option = box === undefined ? undefined : options.get(box)
    option?.setAttribute('aria-selected', 'true')
    if (option === undefined) map.removeAttribute('aria-activedescendant')
    else map.setAttribute('aria-activedescendant', option.id)
  }
  const describeOptions = (): void => {
    for (const [box, option] of options) {
      const text = describe(box)
      // A screen reader may read again what is set again.
      if (option.textContent !== text) option.textContent = text
    }
  }
  /** The box of the first level that a box lies in. */
  const firstLevel = (box: Box): Box =>
    boxes.find(
      (other) =>
        other.depth === 1 && box.x0 >= other.x0 && box.x1 <= other.x1 && box.y0 >= other.y0 && box.y1 <= other.y1,
    ) ?? box
  const describe = (box: Box): string => {
    const { tree, label, isGone } = content!
    const { node, small } = box
    if (small !== undefined) return `${plural(small, 'smaller part')} of ${label(node)}`
    const bytes = tree.total[node]!
    const unpacked = tree.unpacked[node]!
    return [
      `${label(node)}: ${formatBytes(bytes, 'iec')}`,
      formatPercent(bytes, tree.total[0]!),
      ...(unpacked > 0 ? [`${formatBytes(unpacked, 'iec')} unpacked`] : []),
      ...(isGone(node) ? ['goes'] : []),
    ].join(', ')
  }
  const focusOn = (box: Box | undefined): void => {
    if (box === undefined) return
    goTo(box)
    if (box.small === undefined) events.onSelect(box.node)
    paint()
  }

  canvas.addEventListener('pointermove', ({ offsetX, offsetY }) => {
    const box = boxAt(boxes, offsetX, offsetY)
    if (box !== hovered) {
      hovered = box
      tip.textContent = box === undefined ? '' : describe(box)
      paint()
    }
    tip.hidden = box === undefined || box.depth === 0
    if (tip.hidden) return
    // Towards the middle, so that it stays in the map; to measure it would lay out the whole page.
    const isRight = offsetX > canvas.clientWidth / 2
    const isLow = offsetY > canvas.clientHeight / 2
    const [x, y] = [isRight ? offsetX - 10 : offsetX + 14, isLow ? offsetY - 8 : offsetY + 18]
    tip.style.transform = `translate(${x}px, ${y}px) translate(${isRight ? '-100%' : '0'}, ${isLow ? '-100%' : '0'})`
  })
  canvas.addEventListener('pointerleave', () => {
    hovered = undefined
    tip.hidden = true
    paint()
  })
  canvas.addEventListener('click', ({ offsetX, offsetY }) => {
    const box = boxAt(boxes, offsetX, offsetY)
    if (box === undefined || box.depth === 0) return
    goTo(firstLevel(box))
    events.onSelect(box.node)
  })
  canvas.addEventListener('dblclick', ({ offsetX, offsetY }) => {
    const box = boxAt(boxes, offsetX, offsetY)
    if (box !== undefined && box.depth > 0) events.onOpen(firstLevel(box).node)
  })
  map.addEventListener('focus', () => {
    goTo(focused ?? boxOf(content!.selected))
    paint()
  })
  map.addEventListener('blur', paint)
  map.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const direction = ARROWS[event.key]
    const known = [...options.keys()]
    if (direction !== undefined) focusOn(focused === undefined ? known[0] : boxBeside(boxes, focused, direction))
    else if (event.key === 'Home') focusOn(known[0])
    else if (event.key === 'End') focusOn(known.at(-1))
    else if (event.key === 'Enter' && focused !== undefined) events.onOpen(focused.node)
    else if (event.key === 'Escape' || event.key === 'Backspace') events.onUp()
    else return
    event.preventDefault()
  })
  new ResizeObserver(() => layOutAnew()).observe(canvas)

  return {
    element: map,
    show(next) {
      const before = content
      content = next
      const { tree, top, label, sizeOf } = next
      map.setAttribute('aria-label', `Treemap of ${label(top)}, ${sizeOf(top)}`)
      isGroundPainted = false
      if (before === undefined || before.tree !== tree) layOutAnew()
      // Going back, we are at the box that we come from.
      else if (before.top !== top) layOutAnew(before.top)
      else {
        describeOptions()
        paint()
      }
    },
  }
}
