import { formatPercent } from '../../units.ts'
import { button, element, nameText } from './element.ts'
import { chainTo, type Tree } from './tree.ts'

/** The way from the image down to the node that fills the map, as links, and the size of that node. */
export function crumbsTo(
  tree: Tree,
  top: number,
  labelOf: (node: number) => string,
  sizeOf: (node: number) => string,
  onOpen: (node: number) => void,
): readonly Node[] {
  const items = chainTo(tree, top).map((node) => {
    const link = button('', () => onOpen(node), node === top ? { 'aria-current': 'location' } : {})
    link.append(nameText(labelOf(node)))
    return element('li', {}, link)
  })
  const size = `${sizeOf(top)} · ${formatPercent(tree.total[top]!, tree.total[0]!)}`
  return [element('ol', {}, ...items), element('span', { class: 'size' }, size)]
}
