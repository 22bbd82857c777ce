import { HINT_TABLE, surenessOf } from '../analyses/advise/hint-table.ts'
import { optionLine } from '../analyses/advise/module-settings.ts'
import type { Advice, AdviceItem, UncountedItem } from '../analyses/advise.ts'
import type { ImageSummary } from '../inventory/image-summary.ts'
import {
  about,
  bytes,
  type Cell,
  count,
  joined,
  MISSING,
  type NameCell,
  name,
  plural,
  share,
  text,
  type Words,
} from './cell.ts'
import type { Column } from './column.ts'
import { linesOf, type Section, tableOf } from './section.ts'
import type { View } from './view.ts'

export interface AdviseContext {
  readonly image: ImageSummary
  readonly nameOf: (node: number) => NameCell
  /** How many entries to show; 0 for all. */
  readonly top: number
}

type Row = AdviceItem | UncountedItem

/** What to change in the configuration of an image. */
export function adviseView(advice: Advice, context: AdviseContext): View<Row> {
  const { items, uncounted } = advice
  const { top } = context
  const shown = top === 0 ? items : items.slice(0, top)
  return {
    sections: () => [
      header(advice, context),
      ...(shown.length === 0 ? [] : [table(shown, items.length)]),
      ...shown.map((item) => entrySection(item, context)),
      footer(advice, context),
    ],
    rows: () => ({ columns: COLUMNS, rows: [...items, ...uncounted] }),
  }
}

function item(value: (item: AdviceItem) => Cell): (row: Row) => Cell {
  return (row) => ('alone' in row ? value(row) : MISSING)
}

const COLUMNS: readonly Column<Row>[] = [
  { id: 'id', heading: 'entry', isName: true, value: ({ hint }) => text(hint.id) },
  { id: 'followed', heading: 'followed', value: ({ isFollowed }) => ({ kind: 'flag', isSet: isFollowed }) },
  { id: 'frees', heading: 'alone', value: item(({ alone }) => about(alone.bytes)) },
  { id: 'cumulative', heading: 'cumulative', value: item(({ cumulative }) => about(cumulative)) },
  { id: 'reason', heading: 'reason', only: 'programs', value: ({ reason }) => text(reason) },
  { id: 'title', heading: 'about', isName: true, value: ({ hint }) => text(hint.title) },
  {
    id: 'options',
    heading: 'options',
    only: 'programs',
    value: ({ hint }) => ({ kind: 'names', names: hint.options.map((option) => name(optionLine(option))) }),
  },
  { id: 'known', heading: 'known', only: 'programs', value: ({ hint }) => text(surenessOf(hint)) },
]

function header({ items, uncounted, release, kernel }: Advice, { image }: AdviseContext): Section {
  const facts: readonly Words[] = [
    [`NixOS${release === undefined ? ' of an unknown release' : ` ${release}`}`],
    ...(kernel === undefined ? [] : [[`Linux ${kernel}`]]),
    [
      count(items.length + uncounted.length),
      ' of ',
      ...plural(HINT_TABLE.entries.length, 'entry', 'entries'),
      ` of the table of NixOS options (${HINT_TABLE.made}) apply`,
    ],
  ]
  return {
    title: [text(image.name)],
    note: [bytes(image.size)],
    body: { kind: 'lines', lines: [{ phrases: facts }] },
  }
}

function table(shown: readonly AdviceItem[], all: number): Section {
  const hidden = all - shown.length
  return {
    title: ['Options'],
    note: ['(≈ is what references of this image hold; a rebuild packs the rest anew)'],
    body: tableOf(COLUMNS, shown),
    ...(hidden > 0 ? { hints: [['[', ...plural(hidden, 'more entry', 'more entries'), '] -n 0 shows all']] } : {}),
  }
}

function entrySection({ hint, chain, doubt }: AdviceItem, { nameOf }: AdviseContext): Section {
  const lines: readonly Words[] = [
    ...hint.options.map((option): Words => ['set ', text(optionLine(option))]),
    ...(hint.edit === undefined ? [] : [['first ', text(hint.edit)]]),
    ...(chain.length === 0
      ? []
      : [
          [
            'found ',
            ...joined(
              chain.map((node) => [nameOf(node)]),
              ' → ',
            ),
          ],
        ]),
    ...(hint.loses === '' ? [] : [['loses ', text(hint.loses)]]),
    ...(doubt === undefined ? [] : [['doubt ', text(doubt)]]),
    ...hint.sources.slice(0, 1).map((source): Words => ['source ', text(source)]),
  ]
  return { title: [text(hint.id), ': ', text(hint.title)], body: linesOf(...lines), folded: 'too' }
}

function footer({ total, followed, uncounted }: Advice, { image }: AdviseContext): Section {
  const freed: Words =
    followed.ids.size === 0
      ? ['No entry is followed.']
      : [
          about(total.bytes),
          ' (',
          share(total.bytes, image.size),
          ') go with the ',
          ...plural(followed.ids.size, 'entry', 'entries'),
          ' that are followed; isoscope advise --nix prints a module.',
        ]
  const unknown = uncounted.filter(({ doubt }) => doubt === undefined)
  const notCounted: Words = [
    'Not counted: ',
    ...joined(
      unknown.map(({ hint }) => [text(hint.id)]),
      ', ',
    ),
    '.',
  ]
  return { body: linesOf(freed, ...(unknown.length === 0 ? [] : [notCounted])) }
}
