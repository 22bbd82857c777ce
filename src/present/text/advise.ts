import { HINT_TABLE } from '../../analyses/advise/hint-table.ts'
import { optionLine } from '../../analyses/advise/module-settings.ts'
import type { Advice, AdviceItem } from '../../analyses/advise.ts'
import type { GraphSizes } from '../../analyses/graph-sizes.ts'
import type { Evidence } from '../../inventory/evidence.ts'
import type { ImageSummary } from '../../inventory/image-summary.ts'
import { referenceKey } from '../../owners/named-reference.ts'
import { countText, estimateText, fileText, goneText, idsText, noteText, surenessText } from '../advise-words.ts'
import { formatBytes, formatPercent, plural, type Unit } from '../units.ts'
import { printable, printableText, shortenMiddle } from './printable.ts'
import { bold, dim, inAscii, type TextStyle } from './style.ts'
import { formatTable } from './table.ts'
import { fitting, wrap } from './wrap.ts'

export interface AdviseTextOptions {
  readonly image: ImageSummary
  /** The image as the user named it. */
  readonly name: string
  readonly sizes: GraphSizes
  /** What a store path is called, by its number. */
  readonly names: readonly string[]
  readonly evidence: Evidence
  readonly style: TextStyle
  readonly unit: Unit
  /** How many entries we show. */
  readonly top: number
  /** The entries that the user named. */
  readonly apply: readonly string[] | undefined
  /** Whether to tell what looks right and does not help. */
  readonly verbose: boolean
}

const COLUMNS = [
  { heading: '', align: 'left' },
  { heading: 'ALONE', align: 'right' },
  { heading: 'CUMULATIVE', align: 'right' },
  { heading: 'ENTRY', align: 'left' },
] as const

/** How many store paths we name of those that go, and references of those that are cut. */
const MOST_NAMED = 4
/** The width of the words before the lines of an entry. */
const LABEL = 9
const INDENT = '  '
/** The least that we keep of a note in the table. */
const MIN_NOTE = 20

/** What to change in the configuration of an image, as text that ends in a newline. */
export function adviseText(advice: Advice, options: AdviseTextOptions): string {
  const { style, top } = options
  const shown = advice.items.slice(0, top)
  const sections = [
    header(advice, options),
    ...(shown.length === 0 ? [] : [table(advice, shown, options)]),
    ...shown.filter((item) => isTold(item, options)).map((item) => entry(item, advice, options)),
    ...footer(advice, options),
  ]
  const text = `${sections.join('\n\n')}\n`
  return style.unicode ? text : inAscii(text)
}

function lines(text: string, { style }: AdviseTextOptions, indent = ''): string {
  return wrap(text, style.width, indent).join('\n')
}

function header({ items, uncounted, release, kernel }: Advice, options: AdviseTextOptions): string {
  const { image, name, style, unit } = options
  const facts = [
    `NixOS${release === undefined ? ' of an unknown release' : ` ${release}`}`,
    ...(kernel === undefined ? [] : [`Linux ${kernel}`]),
    formatBytes(image.size, unit),
  ].join(' · ')
  const room = style.width - facts.length - 3
  const counts = countText(items.length + uncounted.length, HINT_TABLE.entries.length)
  return [
    `${bold(shortenMiddle(printableText(name), room), style)}   ${facts}`,
    lines(`${counts} of the table of NixOS options (${HINT_TABLE.made}) apply.`, options),
    lines('≈ is what references of this image hold; a rebuild packs the rest anew.', options),
    lines('* is followed; in parentheses is what another would bring after those above.', options),
  ].join('\n')
}

function table(advice: Advice, shown: readonly AdviceItem[], options: AdviseTextOptions): string {
  const { style, unit } = options
  const cells = shown.map((item) => [
    item.isFollowed ? '*' : '',
    estimateText(item.alone.bytes, unit),
    item.isFollowed ? estimateText(item.cumulative, unit) : `(${estimateText(item.cumulative, unit)})`,
    item.hint.id,
  ])
  const widest = (column: number): number =>
    cells.reduce((most, row) => Math.max(most, row[column]!.length), COLUMNS[column]!.heading.length)
  const used = [0, 1, 2, 3].reduce((sum, column) => sum + Math.max(widest(column), column === 0 ? 1 : 0) + 2, 0)
  const room = style.width - used
  const idWidth = widest(3)
  const rows = shown.map((item, index) => {
    const note = noteText(item, unit)
    const id = cells[index]![3]!
    if (note === '' || room < MIN_NOTE) return cells[index]!
    return [
      ...cells[index]!.slice(0, 3),
      `${id.padEnd(idWidth)}  ${dim(fitting([note, item.reason ?? note], room), style)}`,
    ]
  })
  const more = advice.items.length - shown.length
  const rest = more === 0 ? [] : [dim(`[${plural(more, 'more entry', 'more entries')}; -n 0 shows all]`, style)]
  return [formatTable(COLUMNS, rows), ...rest].join('\n')
}

/** Whether an entry gets lines of its own: not if another one does the same, and not if it frees little. */
function isTold({ hint, reason, isFollowed }: AdviceItem, { apply }: AdviseTextOptions): boolean {
  return isFollowed || apply?.includes(hint.id) === true || !/ does it$|frees little/.test(reason ?? '')
}

function entry(item: AdviceItem, advice: Advice, options: AdviseTextOptions): string {
  const { hint, alone, removed, chain, files, doubt } = item
  const { style, unit, names, sizes, evidence, verbose } = options
  const nameOf = (node: number): string => names[node]!
  const labelled = (label: string, text: string): string[] =>
    text === ''
      ? []
      : wrap(text, style.width - LABEL - INDENT.length).map(
          (line, index) => INDENT + (index === 0 ? dim(label.padEnd(LABEL), style) : ' '.repeat(LABEL)) + line,
        )
  const [from, to] = chain.slice(-2)
  const keys = sizes.graph.keys
  const places =
    from === undefined || to === undefined
      ? []
      : (evidence.references.get(referenceKey({ from: keys[from]!, to: keys[to]! }))?.places ?? [])
  const [place] = places
  const where = place === undefined ? '' : ` (in ${printable(place.path === '' ? 'its own file' : place.path)})`
  const cuts = removed.references.slice(0, MOST_NAMED).map((each) => `${nameOf(each.from)} → ${nameOf(each.to)}`)
  const moreCuts = removed.references.length - cuts.length
  const mark = item.isFollowed ? '* ' : '  '
  const note = noteText(item, unit)
  return [
    ...wrap(`${mark}${bold(hint.id, style)}   ${hint.title}`, style.width, INDENT),
    ...hint.options.flatMap((option) => labelled('set', optionLine(option))),
    ...labelled('first', hint.edit ?? ''),
    ...labelled('frees', [estimateText(alone.bytes, unit) + (note === '' ? '' : `; ${note}`)].join('')),
    ...labelled('goes', goneText(alone, advice, nameOf, unit, MOST_NAMED)),
    ...labelled('found', chain.length === 0 ? '' : chain.map(nameOf).join(' → ') + where),
    ...labelled('files', files.map(fileText).join(', ')),
    ...labelled('cut', cuts.join(', ') + (moreCuts > 0 ? ` and ${moreCuts} more` : '')),
    ...labelled('loses', hint.loses),
    ...labelled('adds', hint.adds ?? ''),
    ...labelled('needs', [...hint.requires, ...(hint.needs.length > 0 ? [idsText(hint.needs)] : [])].join('; ')),
    ...labelled('known', surenessText(hint)),
    ...labelled('doubt', doubt ?? ''),
    ...(verbose
      ? hint.traps.flatMap((key) => {
          const { looks, really } = HINT_TABLE.traps[key]!
          return labelled('trap', `${looks}: ${really}`)
        })
      : []),
    ...hint.sources.slice(0, verbose ? hint.sources.length : 1).flatMap((source) => labelled('source', source)),
  ].join('\n')
}

function footer({ items, uncounted, untested, total, followed }: Advice, options: AdviseTextOptions): string[] {
  const { image, name, unit, apply } = options
  const named = apply === undefined ? '' : ` --apply ${apply.join(',')}`
  const known = uncounted.filter(({ doubt }) => doubt === undefined)
  const part = formatPercent(total.bytes, image.size)
  const count = followed.ids.size
  const sections = [
    count === 0
      ? 'No entry is followed.'
      : `${estimateText(total.bytes, unit)} (${part}) go with the ${plural(count, 'entry', 'entries')} marked *: isoscope advise ${printableText(name)}${named} --nix prints a module.`,
    ...(apply === undefined && items.some(({ isFollowed }) => !isFollowed)
      ? ['--apply ID,ID follows the entries that you name.']
      : []),
    ...(known.length === 0
      ? []
      : [`Not counted: ${known.map(({ hint }) => `${hint.id} (${hint.uncounted})`).join('; ')}.`]),
    ...untested.map(({ hint, reason }) => `Not tested: ${hint.id} (${reason}).`),
  ]
  return [sections.map((text) => lines(text, options, INDENT)).join('\n')]
}
