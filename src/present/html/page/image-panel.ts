import { chosenCuts } from '../../../analyses/cuts.ts'
import { why } from '../../../analyses/why.ts'
import { neighbours, type Reference } from '../../../graph/reference-graph.ts'
import { shortestSteps, UNREACHED } from '../../../graph/shortest-steps.ts'
import { formatBytes, formatCount, formatPercent, plural } from '../../units.ts'
import { adviceCard } from './advice.ts'
import { ratioText } from './columns.ts'
import type { PanelActions } from './document-view.ts'
import { button, element, nameText } from './element.ts'
import { type GraphModel, type ImageModel, isPackageOf } from './image-model.ts'
import { ownerButton, ownerList, SHOWN } from './owner-list.ts'
import { removalName } from './removal.ts'
import { removeButton } from './remove-button.ts'
import { chainTo, hasChildren, ownerAbove, type Tree } from './tree.ts'

/** What is known of a node: sizes, referrers, the shortest chain, what a cut frees, and advice. */
export function imagePanel(
  model: ImageModel,
  tree: Tree,
  node: number,
  label: (node: number) => string,
  actions: PanelActions,
): readonly Node[] {
  const { data, owners, graph } = model
  const owner = ownerAbove(tree, node)
  const isOwner = tree.owner[node]! >= 0
  const own = tree.total[node]!
  const parts: Node[] = [
    element('h2', { tabindex: '-1' }, nameText(label(node))),
    element('p', { class: 'path' }, nameText(isOwner ? owners.paths[owner]! : placeText(tree, node))),
  ]
  const facts: (readonly [string, string])[] = [
    ['on the image', `${formatBytes(own, 'iec')} · ${formatPercent(own, data.size)}`],
    ['in bytes', formatCount(own)],
  ]
  const unpacked = tree.unpacked[node]!
  const ratio = ratioText(own, unpacked)
  if (unpacked > 0) facts.push(['unpacked', `${formatBytes(unpacked, 'iec')}${ratio === '' ? '' : ` · ${ratio}`}`])
  if (isOwner) {
    if (owners.own[owner] !== own) facts.push(['own, everywhere', formatBytes(owners.own[owner]!, 'iec')])
    if (graph !== undefined) {
      facts.push(['retained', formatBytes(graph.sizes.retained[owner]!, 'iec')])
      facts.push(['closure', formatBytes(graph.closure[owner]!, 'iec')])
    }
    facts.push(['files', formatCount(Math.max(owners.files[owner]!, 0))])
  }
  parts.push(element('dl', {}, ...facts.flatMap(([term, text]) => [element('dt', {}, term), element('dd', {}, text)])))
  const buttons: Node[] = []
  if (actions.canOpen && hasChildren(tree, node))
    buttons.push(button('Open', () => actions.open(node), { class: 'action' }))
  if (isOwner && graph !== undefined)
    buttons.push(removeButton({ kind: 'owner', owner }, 'Pretend removed', owners.labels[owner]!, actions))
  if (buttons.length > 0) parts.push(element('div', { class: 'actions' }, ...buttons))
  if (node === 0 && graph !== undefined) parts.push(...bestCuts(model, graph, actions))
  if (owner >= 0 && !isOwner) {
    const noun = isPackageOf(model, owner) ? 'package' : 'store path'
    parts.push(section(`In this ${noun}`, ownerList([owner], model, actions)))
  }
  if (isOwner && graph !== undefined) parts.push(...whyParts(model, graph, owner, actions))
  if (isOwner && graph === undefined)
    parts.push(element('p', { class: 'note' }, 'References are not known, so neither is why it is there.'))
  const advice = data.advice?.items.filter((item) => item.owners.includes(owner)) ?? []
  if (isOwner && advice.length > 0) parts.push(section('Advice', ...advice.map((item) => adviceCard(item, actions))))
  return parts
}

/** How many cuts the image as a whole shows. */
const MOST_CUTS = 5

/** Who chose what a cut removes. */
function chosenBy({ data }: ImageModel): string {
  return data.noun[0] === 'package' ? 'chosen or recommended' : 'from the configuration'
}

/** The cuts that a user can make in the configuration, as the report has them. */
function bestCuts(model: ImageModel, { sizes }: GraphModel, actions: PanelActions): readonly Node[] {
  const cuts = chosenCuts(sizes).slice(0, MOST_CUTS)
  if (cuts.length === 0) return []
  const cards = cuts.map(({ from, to, bytes }) =>
    cutCard(
      from.map((referrer) => ({ from: referrer, to })),
      bytes,
      chosenBy(model),
      model,
      actions,
    ),
  )
  return [section('Best cuts', ...cards)]
}

function placeText(tree: Tree, node: number): string {
  return chainTo(tree, node)
    .slice(1)
    .map((at) => tree.names[at]!.replace(/^\//, ''))
    .join('/')
}

function section(title: string, ...content: readonly (Node | string)[]): HTMLElement {
  return element('section', {}, element('h3', {}, title), ...content)
}

function whyParts(model: ImageModel, graph: GraphModel, owner: number, actions: PanelActions): readonly Node[] {
  const { sizes, rootReasons } = graph
  const answer = why(sizes, owner, { from: undefined, all: false })
  const parts: Node[] = []
  const chain = shortestChain(graph, owner)
  if (chain.length > 1) {
    const steps = chain.map((step) => element('li', {}, ownerButton(step, model, actions)))
    parts.push(section('Shortest chain', element('ol', { class: 'chain' }, ...steps)))
  }
  const bySize = [...answer.referrers].sort((a, b) => model.owners.own[b]! - model.owners.own[a]! || a - b)
  if (bySize.length > 0)
    parts.push(section(`Pulled in by ${formatCount(bySize.length)}`, ownerList(bySize, model, actions)))
  const reason = rootReasons.get(owner)
  if (reason !== undefined) {
    parts.push(section('Why it is there', element('p', {}, `It is a root: ${reason}.`)))
    return [...parts, ...referenceParts(model, graph, owner, actions)]
  }
  const cuts = [answer.smallest, answer.direct].flatMap((cut) => (cut === undefined ? [] : [cut]))
  const shown = cuts.map((cut) =>
    cutCard(cut.references, cut.bytes, cut.builtIn === 0 ? chosenBy(model) : 'needs another build', model, actions),
  )
  const above = answer.single.filter(
    ({ from, to }) =>
      !cuts.some(
        (cut) => cut.references.length === 1 && cut.references[0]!.from === from && cut.references[0]!.to === to,
      ),
  )
  for (const { from, to, bytes } of above.slice(0, 3))
    shown.push(cutCard([{ from, to }], bytes, 'this reference alone', model, actions))
  if (shown.length > 0) parts.push(section('What a cut frees', ...shown))
  else if (bySize.length > 0) {
    parts.push(
      section(
        'What a cut frees',
        element('p', {}, 'It is a part of the system: what puts the system together leads to it.'),
      ),
    )
  } else parts.push(section('Why it is there', element('p', {}, 'Nothing that is needed refers to it.')))
  return [...parts, ...referenceParts(model, graph, owner, actions)]
}

function referenceParts(
  model: ImageModel,
  { sizes }: GraphModel,
  owner: number,
  actions: PanelActions,
): readonly Node[] {
  const references = [...neighbours(sizes.graph.references, owner)].filter((to) => to !== owner)
  if (references.length === 0) return []
  const bySize = references.sort((a, b) => model.owners.own[b]! - model.owners.own[a]! || a - b)
  return [section(`Pulls in ${formatCount(references.length)}`, ownerList(bySize, model, actions))]
}

/** The owners from a root down to one, on a shortest way. */
function shortestChain({ sizes }: GraphModel, owner: number): readonly number[] {
  const begins = sizes.roots.map(({ node }) => node)
  const { before, distance } = shortestSteps(sizes.graph.references, begins, owner)
  if (distance[owner] === UNREACHED) return []
  const chain: number[] = []
  for (let at = owner; at >= 0; at = before[at]!) chain.push(at)
  return chain.reverse()
}

/** References to remove together, what that frees, and a button that pretends it. */
function cutCard(
  references: readonly Reference[],
  bytes: number,
  remark: string,
  model: ImageModel,
  actions: PanelActions,
): HTMLElement {
  const item = ({ from, to }: Reference): HTMLElement =>
    element('li', {}, ownerButton(from, model, actions), ' → ', nameText(model.owners.labels[to]!))
  const more = references.length - SHOWN
  const removed = { kind: 'references', references } as const
  return element(
    'div',
    { class: 'card' },
    element(
      'p',
      {},
      element('strong', {}, `≈ ${formatBytes(bytes, 'iec')}`),
      ` if you remove ${plural(references.length, 'reference')}, ${remark}`,
    ),
    element('ul', { class: 'references' }, ...references.slice(0, SHOWN).map(item)),
    ...(more > 0 ? [element('p', { class: 'note' }, `and ${formatCount(more)} more`)] : []),
    removeButton(removed, 'Pretend cut', removalName(removed, model), actions),
  )
}
