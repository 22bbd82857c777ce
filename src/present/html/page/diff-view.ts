import { formatBytes, formatCount, formatDelta, formatPercent, plural } from '../../units.ts'
import { DIFF_CHANGES, type PageDiff, type PageDiffRow } from '../page-data.ts'
import { CHANGE_COLUMNS } from './change-columns.ts'
import { pageColumns } from './columns.ts'
import type { DocumentView, Row } from './document-view.ts'
import { button, element, factList, nameText } from './element.ts'
import { hasWords, wordsOf } from './search.ts'
import { treeOf } from './tree.ts'

const ACTION = { class: 'action' } as const

/** What the groups of a comparison are called. */
const GROUPS: Readonly<Record<(typeof DIFF_CHANGES)[number], string>> = {
  grew: 'Grew',
  new: 'New',
  shrank: 'Shrank',
  gone: 'Gone',
  'same size': 'Same size',
}

/** A comparison as a page shows it: the area of a row is by how much it changed. */
export function diffView(diff: PageDiff): DocumentView {
  const { rows, old, new: now } = diff
  const groups = DIFF_CHANGES.map((change) => ({ change, rows: rows.filter((row) => row.change === change) })).filter(
    (group) => group.rows.some(({ before, after }) => before !== after),
  )
  const tree = treeOf({
    ...{ name: diff.name, kind: 'i', own: 0, unpacked: 0, owner: -1 },
    below: groups.map((group) => ({
      ...{ name: GROUPS[group.change], kind: 'r', own: 0, unpacked: 0, owner: -1 },
      below: group.rows.map(({ name, before, after }) => {
        return { name, kind: 'o', own: Math.abs(after - before), unpacked: 0, owner: -1, below: [] }
      }),
    })),
  })
  // In preorder, each group is a node before its rows.
  const rowAt = [undefined, ...groups.flatMap((group) => [undefined, ...group.rows])]
  const nodeOf = new Map(rowAt.flatMap((row, node) => (row === undefined ? [] : [[row, node] as const])))
  const changes = ['same size', ...groups.flatMap(({ change, rows: some }) => [change, ...some.map(() => change)])]
  const delta = now.size - old.size
  const data = new Map<Row, PageDiffRow>()
  const tableRows = rows.map((row): Row => {
    const made = { node: nodeOf.get(row) ?? -1, owner: -1, name: row.name }
    data.set(made, row)
    return made
  })
  const columns = pageColumns(CHANGE_COLUMNS, (row: Row) => data.get(row)!)
  return {
    name: diff.name,
    sizeText: `${formatBytes(old.size, 'iec')} → ${formatBytes(now.size, 'iec')} · ${formatDelta(delta, 'iec')} (${formatPercent(delta, old.size).replace('-', '−')})`,
    facts: [plural(rows.length, 'change')],
    warnings: diff.warnings,
    isWhole: true,
    views: [['places', 'change']],
    tabs: [['owners', 'Changes']],
    colours: [['kind', 'change']],
    treeOf: () => tree,
    sizeOf: (node) => `${formatBytes(tree.total[node]!, 'iec')} of changes`,
    label: (_, node) => tree.names[node]!,
    nodeOfOwner: () => -1,
    table(state) {
      const words = wordsOf(state.find)
      const shown = tableRows.filter((row) => hasWords(`${row.name} ${data.get(row)!.word}`, words))
      return { label: 'changes', columns, rows: shown }
    },
    colourOf: (_, palette) => (node) => palette.changes[changes[node]!]!,
    legend: (_, palette) =>
      groups.map(({ change, rows: some }) => ({
        colour: palette.changes[change]!,
        label: GROUPS[change].toLowerCase(),
        bytes: some.reduce((sum, { before, after }) => sum + Math.abs(after - before), 0),
      })),
    panel(_, node, actions) {
      const row = rowAt[node]
      if (row === undefined) {
        const heading = element('h2', { tabindex: '-1' }, nameText(tree.names[node]!))
        const own = groups.filter(({ change }) => node === 0 || GROUPS[change] === tree.names[node])
        const facts = own.map((group) => [GROUPS[group.change].toLowerCase(), sumText(group.rows)] as const)
        const whole = [
          ['change', formatDelta(delta, 'iec')],
          ['in bytes', formatDelta(delta, 'bytes')],
          ['before', `${formatBytes(old.size, 'iec')} · ${formatCount(old.size)} bytes`],
          ['after', `${formatBytes(now.size, 'iec')} · ${formatCount(now.size)} bytes`],
        ] as const
        return [heading, factList(node === 0 ? [...whole, ...facts] : facts)]
      }
      const facts: (readonly [string, string])[] = [
        ['change', formatDelta(row.after - row.before, 'iec')],
        ['in bytes', formatDelta(row.after - row.before, 'bytes')],
        ['before', `${formatBytes(row.before, 'iec')} · ${formatCount(row.before)} bytes`],
        ['after', `${formatBytes(row.after, 'iec')} · ${formatCount(row.after)} bytes`],
        ['what', row.word],
      ]
      if (row.reason !== '') facts.push(['why', row.reason])
      const [before, after] = row.owners
      const buttons = [
        ...(after < 0 ? [] : [button('See in the new image', () => actions.showIn(diff.new.document, after), ACTION)]),
        ...(before < 0
          ? []
          : [button('See in the old image', () => actions.showIn(diff.old.document, before), ACTION)]),
      ]
      return [
        element('h2', { tabindex: '-1' }, nameText(row.name)),
        factList(facts),
        element('div', { class: 'actions' }, ...buttons),
      ]
    },
    filesView: (view) => view,
    usualSort: 'size',
    canRemove: false,
  }
}

/** "−578.9 KiB in 14 changes". */
function sumText(rows: readonly PageDiffRow[]): string {
  const sum = rows.reduce((bytes, { before, after }) => bytes + after - before, 0)
  return `${formatDelta(sum, 'iec')} in ${plural(rows.length, 'change')}`
}
