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
  // All boxes without outlines: they change seldom, and the pointer moves often.
  const ground = element('canvas')
  const groundPen = ground.getContext('2d')!
  let isGroundPainted = false
  let content: MapContent | undefined
  let boxes: readonly Box[] = []
  let hovered: Box | undefined
  let focused: Box | undefined
  let pending = 0

  const layOutAnew = (): void => {
    if (content === undefined) return
    const { clientWidth: width, clientHeight: height } = canvas
    for (const each of [canvas, ground]) {
      each.width = Math.round(width * devicePixelRatio)
      each.height = Math.round(height * devicePixelRatio)
    }
    boxes = layOut(content.tree, content.top, width, height)
    hovered = undefined
    focused = undefined
    tip.hidden = true
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
      isGroundPainted = false
      if (isNew) layOutAnew()
      else paint()
    },
    boxCount: () => boxes.length,
  }
}
