import { HINT_TABLE, surenessOf } from '../analyses/advise/hint-table.ts'
import { optionLine } from '../analyses/advise/module-settings.ts'
import type { Advice, AdviceItem, UncountedItem } from '../analyses/advise.ts'
import type { ImageSummary } from '../inventory/image-summary.ts'
import { type EntryContext, entryFacts } from './advise-entry.ts'
import { noteWords } from './advise-words.ts'
import {
  about,
  bytes,
  type Cell,
  count,
  joined,
  MISSING,
  name,
  plural,
  share,
  text,
  type Words,
  words,
} from './cell.ts'
import { type Choice, chosen, showsAll } from './choice.ts'
import { type Column, sortKeys } from './column.ts'
import { linesOf, type Section, tableOf } from './section.ts'
import type { View } from './view.ts'

export interface AdviseContext extends EntryContext {
  readonly image: ImageSummary
  /** The image as the user named it. */
  readonly name: string
  /** The entries that the user named. */
  readonly apply: readonly string[] | undefined
  /** Which entries to show. */
  readonly choice: Choice
}

type Row = AdviceItem | UncountedItem

/** What to change in the configuration of an image. */
export function adviseView(advice: Advice, context: AdviseContext): View<Row> {
  const { items, uncounted } = advice
  const shownOf = (choice: Choice): readonly AdviceItem[] => chosen(items, COLUMNS, choice, gainOf)
  return {
    sections: () => {
      const shown = shownOf(context.choice)
      return [
        header(advice, context),
        ...(items.length === 0 ? [] : [table(shown, items, context)]),
        ...shown.map((item) => entrySection(item, advice, context)),
        footer(advice, context),
      ]
    },
    rows: () => ({ columns: COLUMNS, rows: [...shownOf({ ...context.choice, top: 0 }), ...uncounted] }),
  }
}

/** What an entry frees, alone or with others. */
function gainOf({ alone, withOthers }: AdviceItem): number {
  return Math.max(alone.bytes, withOthers?.bytes ?? 0)
}

function item(value: (item: AdviceItem) => Cell): (row: Row) => Cell {
  return (row) => ('alone' in row ? value(row) : MISSING)
}

const COLUMNS: readonly Column<Row>[] = [
  {
    id: 'id',
    heading: 'entry',
    isName: true,
    value: ({ hint }) => text(hint.id),
    sort: ({ hint }) => hint.id,
  },
  { id: 'followed', heading: '', only: 'people', value: ({ isFollowed }) => (isFollowed ? words('*') : MISSING) },
  {
    id: 'followed',
    heading: 'followed',
    only: 'programs',
    value: ({ isFollowed }) => ({ kind: 'flag', isSet: isFollowed }),
  },
  {
    id: 'frees',
    heading: 'alone',
    value: item(({ alone }) => about(alone.bytes)),
    sort: (row) => ('alone' in row ? gainOf(row) : 0),
  },
  {
    id: 'cumulative',
    heading: 'cumulative',
    only: 'people',
    value: item(({ cumulative, isFollowed }) => (isFollowed ? about(cumulative) : words('(', about(cumulative), ')'))),
    sort: (row) => ('cumulative' in row ? row.cumulative : 0),
  },
  { id: 'cumulative', heading: 'cumulative', only: 'programs', value: item(({ cumulative }) => about(cumulative)) },
  {
    id: 'note',
    heading: '',
    isName: true,
    dispensable: 1,
    only: 'people',
    value: item((one) => {
      const note = noteWords(one)
      return { kind: 'wordings', wordings: [note, one.reason === undefined ? note : [one.reason]] }
    }),
  },
  { id: 'reason', heading: 'reason', only: 'programs', value: ({ reason }) => text(reason) },
  { id: 'title', heading: 'about', only: 'programs', value: ({ hint }) => text(hint.title) },
  {
    id: 'options',
    heading: 'options',
    only: 'programs',
    value: ({ hint }) => ({ kind: 'names', names: hint.options.map((option) => name(optionLine(option))) }),
  },
  { id: 'known', heading: 'known', only: 'programs', value: ({ hint }) => text(surenessOf(hint)) },
]

/** What entries are sorted by. */
export const ADVISE_SORT_KEYS: readonly string[] = sortKeys(COLUMNS)

function header({ items, uncounted, release, kernel }: Advice, { image, name: its }: AdviseContext): Section {
  const facts: readonly Words[] = [
    [`NixOS${release === undefined ? ' of an unknown release' : ` ${release}`}`],
    ...(kernel === undefined ? [] : [[`Linux ${kernel}`]]),
    [bytes(image.size)],
  ]
  return {
    title: [text(its)],
    note: joined(facts, ' · '),
    body: linesOf(
      [
        ...[count(items.length + uncounted.length), ' of ', ...plural(HINT_TABLE.entries.length, 'entry', 'entries')],
        ` of the table of NixOS options (${HINT_TABLE.made}) apply.`,
      ],
      ['≈ is what references of this image hold; a rebuild packs the rest anew.'],
      ['* is followed; in parentheses is what another would bring after all followed ones that free more.'],
    ),
  }
}

function table(shown: readonly AdviceItem[], all: readonly AdviceItem[], { choice }: AdviseContext): Section {
  const hidden = all.length - shown.length
  const large = all.filter((one) => gainOf(one) >= choice.min).length
  const everything = showsAll(choice, shown.length, large, all.length)
  return {
    body: tableOf(COLUMNS, shown),
    ...(hidden > 0 ? { hints: [['[', ...plural(hidden, 'more entry', 'more entries'), `; ${everything}]`]] } : {}),
  }
}

/** An entry by itself. It is left out where another one does the same, or where it frees little. */
function entrySection(one: AdviceItem, advice: Advice, context: AdviseContext): Section {
  const { hint, isFollowed, reason } = one
  const isNamed = context.apply?.includes(hint.id) === true
  const isTold = isFollowed || isNamed || !/ does it$|frees little/.test(reason ?? '')
  return {
    title: [isFollowed ? '* ' : '', text(hint.id)],
    note: [text(hint.title)],
    body: { kind: 'facts', facts: entryFacts(one, advice, context) },
    folded: isTold ? 'too' : 'only',
  }
}

function footer({ items, uncounted, untested, total, followed }: Advice, context: AdviseContext): Section {
  const { image, name: its, apply } = context
  const known = uncounted.filter(({ doubt }) => doubt === undefined)
  const entries = followed.ids.size
  return {
    body: linesOf(
      entries === 0
        ? ['No entry is followed.']
        : [
            ...[about(total.bytes), ' (', share(total.bytes, image.size), ') go with the '],
            ...[...plural(entries, 'entry', 'entries'), ' marked *: isoscope advise ', text(its)],
            `${apply === undefined ? '' : ` --apply ${apply.join(',')}`} --nix prints a module.`,
          ],
      ...(apply === undefined && items.some(({ isFollowed }) => !isFollowed)
        ? [['--apply ID,ID follows the entries that you name.']]
        : []),
      ...(known.length === 0
        ? []
        : [[`Not counted: ${known.map(({ hint }) => `${hint.id} (${hint.uncounted})`).join('; ')}.`]]),
      ...untested.map(({ hint, reason }): Words => [`Not tested: ${hint.id} (${reason}).`]),
    ),
  }
}
