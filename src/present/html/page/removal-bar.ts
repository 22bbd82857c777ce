import type { Freed } from '../../../analyses/advise/freed.ts'
import { formatBytes, formatCount, formatPercent, plural } from '../../units.ts'
import { button, element, nameText, replaceIn } from './element.ts'
import type { ImageModel } from './image-model.ts'
import { type Removed, removalName } from './removal.ts'

export interface RemovalEvents {
  onPutBack(removed: Removed): void
  onUndo(): void
  onClear(): void
  /** The focus is in it, and it goes away. */
  onFocusLost(): void
}

/** How many names it shows. */
const SHOWN = 6

/** What the image would be without what the reader pretends to remove. `told` says it to screen readers. */
export function createRemovalBar(
  events: RemovalEvents,
  told: HTMLElement,
): {
  readonly element: HTMLElement
  show(model: ImageModel | undefined, removed: readonly Removed[], answer: Freed | undefined): void
} {
  const total = element('p', { class: 'total' })
  const chips = element('ul', { class: 'chips', 'aria-label': 'pretended to be removed' })
  const undo = button('Undo', events.onUndo, { class: 'action' })
  const clear = button('Put all back', events.onClear, { class: 'action' })
  const bar = element(
    'section',
    { class: 'removal', 'aria-label': 'What if' },
    total,
    chips,
    element('div', { class: 'actions' }, undo, clear),
  )
  bar.hidden = true
  return {
    element: bar,
    show(model, removed, answer) {
      const isEmpty = model === undefined || removed.length === 0
      if (isEmpty && bar.contains(document.activeElement)) events.onFocusLost()
      bar.hidden = isEmpty
      if (model === undefined || answer === undefined) {
        if (total.textContent !== '') told.textContent = 'Nothing is removed.'
        total.textContent = ''
        return
      }
      const { size, noun } = model.data
      const { bytes: freed } = answer
      const freedText = `${formatBytes(freed, 'iec')} less, ${formatPercent(freed, size)}`
      total.replaceChildren(
        `${formatBytes(size, 'iec')} → `,
        element('strong', { 'data-bytes': String(size - freed) }, `≈ ${formatBytes(size - freed, 'iec')}`),
        ` (${freedText}; ${formatCount(freed)} bytes). ${whatGoes(answer, noun)}`,
      )
      told.textContent = total.textContent
      const texts = removed.map((one) => ({ one, text: removalName(one, model) }))
      replaceIn(chips, [
        ...texts.slice(0, SHOWN).map(({ one, text }) => {
          const chip = button('', () => events.onPutBack(one), { class: 'chip', 'aria-label': `put back ${text}` })
          chip.append(nameText(text), element('span', { 'aria-hidden': 'true' }, ' ×'))
          return element('li', {}, chip)
        }),
        ...(texts.length > SHOWN ? [element('li', {}, `and ${formatCount(texts.length - SHOWN)} more`)] : []),
      ])
    },
  }
}

function whatGoes({ bytes, nodes, parts }: Freed, noun: readonly [one: string, several: string]): string {
  const what = [
    ...(nodes.length === 0 ? [] : [plural(nodes.length, ...noun)]),
    ...(parts.length === 0 ? [] : [plural(parts.length, 'file or part of one', 'files or parts of files')]),
  ]
  if (bytes === 0 && what.length === 0) return 'Nothing goes: other references hold it.'
  return `${what.join(' and ')} ${nodes.length + parts.length === 1 ? 'goes' : 'go'}.`
}
