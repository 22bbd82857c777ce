import type { Without } from '../../../analyses/without.ts'
import { formatBytes, formatCount, formatPercent, plural } from '../../units.ts'
import { button, element, nameText, replaceIn } from './element.ts'
import type { ImageModel } from './image-model.ts'
import type { Removed } from './removal.ts'

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
  show(model: ImageModel | undefined, removed: readonly Removed[], answer: Without | undefined): void
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
      const { freed, gone } = answer
      const freedText = `${formatBytes(freed, 'iec')} less, ${formatPercent(freed, size)}`
      total.replaceChildren(
        `${formatBytes(size, 'iec')} → `,
        element('strong', { 'data-bytes': String(size - freed) }, `≈ ${formatBytes(size - freed, 'iec')}`),
        ` (${freedText}; ${formatCount(freed)} bytes). ${gone.length === 0 ? 'Nothing goes: other references hold it.' : `${plural(gone.length, ...noun)} ${gone.length === 1 ? 'goes' : 'go'}.`}`,
      )
      told.textContent = total.textContent
      const texts = removed.map((one) => ({ one, text: nameOf(one, model) }))
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

function nameOf(removed: Removed, { owners }: ImageModel): string {
  if (removed.kind === 'owner') return owners.labels[removed.owner]!
  const [first] = removed.references
  const more = removed.references.length - 1
  return `${owners.labels[first!.from]} → ${owners.labels[first!.to]}${more === 0 ? '' : ` +${more}`}`
}
