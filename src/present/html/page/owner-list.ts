import { formatBytes, formatCount } from '../../units.ts'
import type { PanelActions } from './document-view.ts'
import { button, element, nameText } from './element.ts'
import type { ImageModel } from './image-model.ts'

/** How many names a list shows at first. */
export const SHOWN = 8

/** The name of an owner, which leads to it. */
export function ownerButton(owner: number, { owners }: ImageModel, actions: PanelActions): HTMLButtonElement {
  const made = button('', () => actions.selectOwner(owner), { class: 'link', title: owners.paths[owner]! })
  made.append(nameText(owners.labels[owner]!))
  return made
}

/** Owners with their sizes; a button shows those behind the first ones. */
export function ownerList(some: readonly number[], model: ImageModel, actions: PanelActions): HTMLElement {
  const item = (owner: number): HTMLElement =>
    element(
      'li',
      {},
      ownerButton(owner, model, actions),
      element('span', { class: 'size' }, formatBytes(model.owners.own[owner]!, 'iec')),
    )
  const list = element('ul', { class: 'owners' }, ...some.slice(0, SHOWN).map(item))
  const rest = some.slice(SHOWN)
  if (rest.length === 0) return list
  const more = button(
    `${formatCount(rest.length)} more`,
    () => {
      list.append(...rest.map(item))
      more.remove()
      list.querySelectorAll('button')[SHOWN]?.focus()
    },
    { class: 'link more' },
  )
  return element('div', {}, list, more)
}
