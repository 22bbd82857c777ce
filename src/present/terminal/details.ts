import { without } from '../../analyses/without.ts'
import { UNREACHABLE } from '../../graph/dominator-tree.ts'
import { neighbours } from '../../graph/reference-graph.ts'
import { fullName } from '../../owners/names.ts'
import { rowReason } from '../diff-words.ts'
import { printable } from '../text/printable.ts'
import { rootReason } from '../text/root-reason.ts'
import { formatBytes, formatDelta, plural } from '../units.ts'
import { type Explorer, shown } from './explorer.ts'
import { type Level, selectedIn } from './level.ts'
import type { Row } from './list.ts'

/** The name of the row at the cursor in full, and its sizes; '' for both in an empty list. */
export function detailTexts(state: Explorer): readonly [name: string, facts: string] {
  const level = shown(state)
  const row = selectedIn(level)
  if (row === undefined) return ['', '']
  if (row.change !== undefined) return [row.label, changeFacts(state, row)]
  if (row.node !== undefined && level.list.kind !== 'copies')
    return [fullNameOf(state, row.node), ownerFacts(state, row.node)]
  const above = level.list.kind === 'folder' && level.list.path !== '' ? `${level.list.path}/` : ''
  return [above + row.label, rowFacts(state, level, row)]
}

function fullNameOf({ exploration }: Explorer, node: number): string {
  const { inventory, sizes } = exploration
  return printable(fullName(inventory.directory, sizes.graph.keys[node]!))
}

function ownerFacts({ exploration, unit, whatIf }: Explorer, node: number): string {
  const { sizes, files, hasReferences } = exploration
  const size = (bytes: Float64Array): string => formatBytes(bytes[node]!, unit)
  const root = sizes.roots.find((some) => some.node === node)
  const countOf = (lists: typeof sizes.graph.references): number =>
    neighbours(lists, node).filter((other) => other !== node).length
  const state = whatIf.removal.owners.includes(node) ? ['removed'] : whatIf.gone.has(node) ? ['goes'] : []
  const links = hasReferences
    ? [
        root === undefined ? `pulled in by ${countOf(sizes.graph.referrers)}` : `root: ${rootReason(root)}`,
        `pulls in ${countOf(sizes.graph.references)}`,
      ]
    : []
  const unreached = sizes.tree.parent[node] === UNREACHABLE ? ['no root leads to it'] : []
  return [
    ...state,
    `own ${size(sizes.own)}`,
    ...(hasReferences ? [`retained ${size(sizes.retained)}`] : []),
    `unpacked ${size(sizes.unpacked)}`,
    plural(files[node]!, 'file'),
    ...unreached,
    ...links,
  ].join(' · ')
}

function rowFacts({ unit }: Explorer, { list }: Level, { sizes, opens, note }: Row): string {
  const own = list.kind === 'folder' && list.owner !== undefined ? 'stored' : 'own'
  const files = opens?.kind === 'folder' ? [plural(opens.folder.files, 'file')] : []
  return [
    ...(sizes.own === undefined ? [] : [`${own} ${formatBytes(sizes.own, unit)}`]),
    ...(sizes.unpacked === undefined ? [] : [`unpacked ${formatBytes(sizes.unpacked, unit)}`]),
    ...files,
    ...(note === undefined ? [] : [note]),
  ].join(' · ')
}

function changeFacts({ unit }: Explorer, { change }: Row): string {
  const { before, after, delta, unpackedDelta } = change!
  const reason = rowReason(change!)
  return [
    `${formatBytes(before, unit)} → ${formatBytes(after, unit)} (${formatDelta(delta, unit)})`,
    `unpacked ${formatDelta(unpackedDelta, unit)}`,
    ...(reason === '' ? [] : [reason]),
  ].join(' · ')
}

/** What a search found, added up; undefined if the list is not what a search found. */
export function sumText({ exploration, unit }: Explorer, { list, rows }: Level): string | undefined {
  if (list.kind !== 'matches' && list.kind !== 'found') return undefined
  const sum = (kind: 'own' | 'unpacked'): number => rows.reduce((total, { sizes }) => total + (sizes[kind] ?? 0), 0)
  const own = rows.some(({ sizes }) => sizes.own !== undefined) ? [`own ${formatBytes(sum('own'), unit)}`] : []
  const parts = [
    `${plural(rows.length, 'match', 'matches')}: ${[...own, `unpacked ${formatBytes(sum('unpacked'), unit)}`].join(', ')}`,
  ]
  if (list.kind === 'matches' && exploration.hasReferences && rows.length > 0) {
    const { freed } = without(exploration.sizes, { references: [], owners: rows.map(({ node }) => node!) })
    parts.push(`without all of them ≈ ${formatBytes(freed, unit)} go`)
  }
  return parts.join('; ')
}
