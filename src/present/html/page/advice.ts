import { formatBytes, plural } from '../../units.ts'
import type { PageAdviceItem } from '../page-data.ts'
import type { PanelActions } from './document-view.ts'
import { element } from './element.ts'
import type { ImageModel } from './image-model.ts'
import { ownerList } from './owner-list.ts'
import { removeButton } from './remove-button.ts'

/** An entry of the advice. Its sources are texts, not links: a page asks no host for anything. */
export function adviceCard(
  { id, title, options, saves, note, loses, sureness, sources, isFollowed, removes }: PageAdviceItem,
  actions: PanelActions,
  names?: HTMLElement,
): HTMLElement {
  return element(
    'div',
    { class: 'card' },
    element(
      'p',
      {},
      element('strong', {}, saves === null ? 'not counted' : `≈ ${formatBytes(saves, 'iec')}`),
      ` ${title}`,
      ...(isFollowed ? [element('span', { class: 'tag' }, 'recommended')] : []),
    ),
    ...(options.length === 0
      ? []
      : [element('pre', { tabindex: '0', 'aria-label': `NixOS options for ${title}` }, options.join('\n'))]),
    ...(note === '' ? [] : [element('p', { class: 'note' }, note)]),
    element('p', { class: 'note' }, `You lose: ${loses}.`.replace('..', '.')),
    ...(names === undefined ? [] : [names]),
    ...(removes === undefined ? [] : [removeButton({ kind: 'advice', id }, 'Pretend to follow it', title, actions)]),
    element(
      'details',
      {},
      element('summary', {}, 'Sources'),
      element('p', { class: 'note' }, sureness),
      element('ul', { class: 'sources' }, ...sources.map((source) => element('li', {}, source))),
    ),
  )
}

/** All advice for an image, for its tab. */
export function adviceList(model: ImageModel, actions: PanelActions): HTMLElement {
  const { items, total } = model.data.advice!
  const counted = items.filter(({ isFollowed }) => isFollowed).length
  const sum = `${plural(counted, 'entry', 'entries')} together save ≈ ${formatBytes(total, 'iec')} of ${formatBytes(model.data.size, 'iec')}. They come from a table of NixOS options; the bytes are computed in this image.`
  return element(
    'div',
    { class: 'advice' },
    element('p', { class: 'note' }, sum),
    ...items.map((item) =>
      adviceCard(item, actions, item.owners.length === 0 ? undefined : ownerList(item.owners, model, actions)),
    ),
  )
}
