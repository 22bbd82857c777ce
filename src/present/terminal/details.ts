import { freedWithout } from '../../analyses/without.ts'
import { fullName, nameOf } from '../../owners/names.ts'
import { rowReason } from '../../views/diff-rows.ts'
import { rootReason } from '../../views/references.ts'
import { printable } from '../text/printable.ts'
import { formatBytes, formatDelta, plural } from '../units.ts'
import { type Explorer, shown } from './explorer.ts'
import { type Level, selectedIn } from './level.ts'
import type { Row } from './list.ts'
import { textOfCell, textOfWords } from './plain-text.ts'

/** The name of the row at the cursor in full, and facts about it, the most important first; none in an empty list. */
export function detailTexts(state: Explorer): readonly [name: string, facts: readonly string[]] {
  const level = shown(state)
  const row = selectedIn(level)
  if (row === undefined) return ['', []]
  if (row.change !== undefined) return [row.label.trimStart(), changeFacts(state, row)]
  if (row.node !== undefined && level.list.kind !== 'copies')
    return [fullNameOf(state, row.node), ownerFacts(state, row.node)]
  const hasPath = level.list.kind === 'folder' && level.list.path !== '' && row.isRest !== true
  const above = hasPath ? `${level.list.path}/` : ''
  return [above + row.label, rowFacts(state, level, row)]
}

function fullNameOf({ exploration }: Explorer, node: number): string {
  const { inventory, sizes } = exploration
  return printable(fullName(inventory.directory, sizes.graph.keys[node]!))
}

/** The columns of owners that the line about a row names. */
const FACTS = ['own', 'retained', 'unpacked', 'closure'] as const

function ownerFacts({ exploration, columns, unit, whatIf }: Explorer, node: number): readonly string[] {
  const { sizes, owners } = exploration
  const row = owners[node]!
  const root = sizes.roots.find((some) => some.node === node)
  const [own, retained, unpacked, closure] = FACTS.map((id) => {
    const column = columns.find((some) => some.id === id)
    return column === undefined ? [] : [`${column.heading} ${textOfCell(column.value(row), unit)}`]
  })
  return [
    ...(whatIf.removal.owners.includes(node) ? ['removed'] : whatIf.gone.has(node) ? ['goes'] : []),
    ...own!,
    ...retained!,
    ...unpacked!,
    plural(row.files, 'file'),
    ...(row.reached === false ? ['no root leads to it'] : []),
    ...closure!,
    ...(root === undefined || row.reached === undefined ? [] : [`root: ${textOfWords(rootReason(root), unit)}`]),
  ]
}

function rowFacts({ unit }: Explorer, { list }: Level, { sizes, saves, opens, note, partOf }: Row): readonly string[] {
  if (saves !== undefined) return [`${formatBytes(saves, unit)} could be saved`, note ?? '']
  if (sizes === undefined) return []
  const own = formatBytes(sizes.own, unit)
  if (list.kind !== 'folder' && list.kind !== 'found' && list.kind !== 'files') return [`own ${own}`]
  const { folder } = list.kind === 'folder' ? list : list.below
  if (note !== undefined) return [`own ${own}`, note]
  return [
    ...(folder.own === undefined ? [] : [`own ${own}`]),
    ...(partOf === undefined ? [] : [`of ${printable(nameOf(partOf))}`]),
    `unpacked ${formatBytes(sizes.unpacked, unit)}`,
    ...(opens?.kind === 'folder' ? [plural(opens.folder.files, 'file')] : []),
  ]
}

function changeFacts({ unit }: Explorer, { change }: Row): readonly string[] {
  const { before, after, delta, unpackedDelta } = change!
  const reason = textOfCell(rowReason(change!), unit)
  return [
    `${formatBytes(before, unit)} → ${formatBytes(after, unit)} (${formatDelta(delta, unit)})`,
    `unpacked ${formatDelta(unpackedDelta, unit)}`,
    ...(reason === '' ? [] : [reason]),
  ]
}

/** What a search found, added up, the most important first; undefined if the list is not what a search found. */
export function sumTexts({ exploration, unit }: Explorer, { list, rows }: Level): readonly string[] | undefined {
  if (list.kind !== 'matches' && list.kind !== 'found') return undefined
  const sum = (kind: 'own' | 'unpacked'): string =>
    formatBytes(
      rows.reduce((total, { sizes }) => total + (sizes?.[kind] ?? 0), 0),
      unit,
    )
  if (rows.length === 0) return ['nothing matches']
  const isOwnKnown = list.kind === 'matches' || list.below.folder.own !== undefined
  const count = plural(rows.length, 'match', 'matches')
  const isFreed = list.kind === 'matches' && exploration.hasReferences
  const owners = rows.map(({ node }) => node!)
  return [
    isOwnKnown ? `${count}: own ${sum('own')}` : count,
    ...(isFreed
      ? [`removing all frees ≈ ${formatBytes(freedWithout(exploration.sizes, { references: [], owners }), unit)}`]
      : []),
    `unpacked ${sum('unpacked')}`,
  ]
}
