import type { PanelActions } from './document-view.ts'
import { button } from './element.ts'
import { type Removed, removalText } from './removal.ts'

/**
 * A button that pretends, or takes it back.
 * @param what it removes, for screen readers: several buttons on a page have the same label
 */
export function removeButton(
  removed: Removed,
  label: string,
  what: string,
  actions: Pick<PanelActions, 'toggleRemoved' | 'isRemoved'>,
): HTMLButtonElement {
  const made = button('', () => actions.toggleRemoved(removed), {
    ...{ class: 'action', 'data-removal': removalText(removed) },
    ...{ 'data-label': label, 'data-what': what },
  })
  showState(made, actions.isRemoved(removed))
  return made
}

/** Shows on all such buttons what is removed now. */
export function refreshRemoveButtons(root: HTMLElement, isRemoved: (text: string) => boolean): void {
  for (const each of root.querySelectorAll<HTMLElement>('[data-removal]'))
    showState(each, isRemoved(each.dataset['removal']!))
}

function showState(made: HTMLElement, isRemoved: boolean): void {
  const label = isRemoved ? 'Put back' : made.dataset['label']!
  made.textContent = label
  made.classList.toggle('pressed', isRemoved)
  made.setAttribute('aria-label', `${label}: ${made.dataset['what']!}`)
}
