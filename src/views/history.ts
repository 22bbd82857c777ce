import type { DiffRow } from '../analyses/diff.ts'
import type { History, HistoryImage, HistoryLine, HistoryStep } from '../analyses/history.ts'
import type { UsedOrder, VersionPlace } from '../analyses/image-order.ts'
import { causesOf, type StepCause } from '../analyses/step-causes.ts'
import { bytes, type Cell, change, count, type Line, MISSING, name, plural, text, type Words, words } from './cell.ts'
import { changeColumns } from './change-columns.ts'
import { type Column, sorted, sortKeys } from './column.ts'
import { rowName, rowReason } from './diff-rows.ts'
import { timeText } from './metadata.ts'
import { nounsOf } from './nouns.ts'
import { optionName } from './option-words.ts'
import { kindWord } from './owners.ts'
import { regionName } from './region-name.ts'
import { type Section, type Table, tableOf } from './section.ts'
import type { View } from './view.ts'

/** Which images and changes to show. */
export interface HistoryChoice {
  /** How many steps and lines, largest first; 0 for all. */
  readonly top: number
  /** One of `HISTORY_SORT_KEYS`; undefined for the order of the images. */
  readonly sort: string | undefined
  /** Smaller causes are summed up, in bytes. */
  readonly min: number
}

/** How many causes of a step people see. */
const MOST_CAUSES = 3

/** An image, what changed in it, or a sum: what the rows of a history are. */
interface Row {
  readonly kind: 'image' | 'change' | 'rest' | 'more' | 'total'
  readonly image?: HistoryImage | undefined
  readonly change?: DiffRow | undefined
  readonly label: Cell
  readonly why: Cell
  readonly delta: number | undefined
}

/** How images became other images: their sizes, and what caused each step. Rows for programs have all changes that are kept. */
export function historyView(history: History, choice: HistoryChoice): View<Row> {
  const columns = columnsOf(history)
  return {
    sections: () => [linesSection(history, choice), stepsSection(history, choice, columns)],
    rows: () => ({ columns, rows: programRows(history) }),
  }
}

function columnsOf({ kind }: Pick<History, 'kind'>): readonly Column<Row>[] {
  const ofImage =
    (value: (image: HistoryImage) => Cell) =>
    ({ kind: its, image }: Row): Cell =>
      its === 'image' && image !== undefined ? value(image) : MISSING
  const ofChange = changeColumns(({ change: row, image }: Row) =>
    row === undefined ? undefined : { row, directories: image!.step!.directories },
  )
  return [
    { id: 'image', heading: 'image', only: 'programs', value: ({ image }) => text(image?.path) },
    {
      id: 'kind',
      heading: 'kind',
      only: 'programs',
      value: ({ kind: its, change: row }) =>
        text(row === undefined ? its : kindWord(row.kind, row.newPath ?? row.oldPath)),
    },
    { id: 'label', heading: 'label', only: 'programs', value: ofImage(({ summary }) => text(summary.label)) },
    {
      id: 'volumeId',
      heading: 'volume ID',
      only: 'programs',
      value: ofImage(({ summary: { volumeId } }) => (volumeId === null ? MISSING : name(volumeId))),
    },
    {
      id: 'created',
      heading: 'created',
      only: 'programs',
      value: ofImage(({ summary: { created } }) => (created === undefined ? MISSING : count(created))),
    },
    {
      id: 'size',
      heading: 'size',
      value: ofImage(({ summary }) => bytes(summary.size)),
      sort: ({ image }) => image?.summary.size ?? 0,
    },
    {
      id: 'delta',
      heading: 'change',
      value: ({ delta }) => (delta === undefined ? MISSING : change(delta)),
      sort: ({ delta }) => Math.abs(delta ?? 0),
    },
    {
      id: 'ownerCount',
      heading: nounsOf(kind).owner[1],
      dispensable: 1,
      value: ofImage(({ summary }) => count(summary.owners)),
      sort: ({ image }) => image?.summary.owners ?? 0,
    },
    {
      id: 'class',
      heading: 'class',
      only: 'programs',
      value: ({ change: row }) => (row === undefined ? MISSING : text(row.class)),
    },
    ...Object.values(ofChange),
    { id: 'shown', heading: 'image, and what changed', isName: true, only: 'people', value: ({ label }) => label },
    { id: 'why', heading: 'why', isName: true, remark: 'aside', only: 'people', value: ({ why }) => why },
  ]
}

/** What images are sorted by. */
export const HISTORY_SORT_KEYS: readonly string[] = sortKeys(columnsOf({ kind: 'nix' }))

/** A row for each image, behind it one for each change from the image before, and one for the sum of further changes. */
function* programRows({ images }: History): Generator<Row> {
  for (const image of images) {
    const { step } = image
    yield { kind: 'image', image, label: MISSING, why: MISSING, delta: step?.delta }
    if (step === undefined) continue
    for (const row of step.changes) {
      yield { kind: 'change', image, change: row, label: MISSING, why: MISSING, delta: row.delta }
    }
    if (step.rest.rows > 0) yield { kind: 'rest', image, label: MISSING, why: MISSING, delta: step.rest.delta }
  }
}

function stepsSection(history: History, choice: HistoryChoice, columns: readonly Column<Row>[]): Section {
  const { images } = history
  const chosen = chosenImages(history, choice, columns)
  const named = imageNames(images.map(({ path }) => path))
  const rows: Row[] = []
  let skipped: HistoryImage[] = []
  const skip = (): void => {
    if (skipped.length > 0) rows.push(skippedRow(skipped))
    skipped = []
  }
  const add = (image: HistoryImage, at: number): void => {
    rows.push({
      kind: 'image',
      image,
      label: name(named[at]!),
      why: releaseWords(image, history.order),
      delta: image.step?.delta,
    })
    if (image.step !== undefined) rows.push(...causeRows(image.step, history, choice))
  }
  if (choice.sort === undefined) {
    for (const [at, image] of images.entries()) {
      if (!chosen.has(image)) {
        skipped.push(image)
        continue
      }
      skip()
      add(image, at)
    }
  } else {
    const places = new Map(images.map((image, at) => [image, at]))
    const imageRows = [...chosen].map((image): Row => {
      return { kind: 'image', image, label: MISSING, why: MISSING, delta: image.step?.delta }
    })
    for (const { image } of sorted(imageRows, columns, choice.sort, 'delta')) add(image!, places.get(image!)!)
    skipped = images.filter((image) => !chosen.has(image))
  }
  skip()
  const isHidden = chosen.size < images.length
  return {
    title: ['What changed from each image to the next'],
    body: tableOf(columns, rows, ({ kind }) => kind === 'more' || kind === 'rest'),
    hints: [
      ...(isHidden ? [['-n 0 shows all images']] : []),
      ...(images.length > 1 ? [['isoscope diff OLD NEW tells all of a step']] : []),
    ],
  }
}

/** The first image, and those with the largest steps. */
function chosenImages(
  { images }: History,
  { top }: HistoryChoice,
  columns: readonly Column<Row>[],
): ReadonlySet<HistoryImage> {
  if (top === 0) return new Set(images)
  const rows = images.slice(1).map((image): Row => {
    return { kind: 'image', image, label: MISSING, why: MISSING, delta: image.step?.delta }
  })
  const largest = sorted(rows, columns, 'delta').slice(0, top)
  return new Set([...images.slice(0, 1), ...largest.map(({ image }) => image!)])
}

function skippedRow(images: readonly HistoryImage[]): Row {
  const delta = images.reduce((sum, { step }) => sum + (step?.delta ?? 0), 0)
  const label = words(
    '[',
    ...plural(images.length, 'image'),
    images.length === 1 ? ' with a smaller step]' : ' with smaller steps]',
  )
  return { kind: 'more', label, why: MISSING, delta }
}

/** The causes of a step, and a sum of those that have no row. */
function causeRows(step: HistoryStep, { kind }: History, { min }: HistoryChoice): readonly Row[] {
  const causes = causesOf(step.changes)
  const shown = causes.filter(({ delta }) => Math.abs(delta) >= min).slice(0, MOST_CAUSES)
  const left = step.delta - shown.reduce((sum, { delta }) => sum + delta, 0)
  const hidden = step.changes.length + step.rest.rows - shown.reduce((sum, { changes }) => sum + changes.length, 0)
  const rows = shown.map((cause): Row => {
    const label = indented(causeName(cause, kind))
    return { kind: 'change', label, why: causeReason(cause), delta: cause.delta }
  })
  if (hidden === 0) return rows
  return [
    ...rows,
    {
      kind: 'rest',
      label: words('  [', ...plural(hidden, shown.length > 0 ? 'more change' : 'change'), ']'),
      why: MISSING,
      delta: left,
    },
  ]
}

/** "perl 5.42.0", "texinfo 7.2 and 4 more". */
export function causeName({ changes }: StepCause, kind: string): Cell {
  const [first, ...others] = changes
  const named = rowName(first, nounsOf(kind).brief)
  return others.length === 0 ? named : words(named, ' and ', count(others.length), ' more')
}

/** What became of it, through which reference, and the option for it. */
export function causeReason({ changes }: StepCause): Cell {
  const [first] = changes
  const reason = rowReason(first)
  const lines: readonly Line[] = reason.kind === 'lines' ? reason.lines : []
  const option = changes.find((row) => row.option !== undefined)?.option
  const isPlain = lines.length === 0 && (first.class === 'new' || first.class === 'gone')
  const phrases: readonly Words[] = [
    ...(isPlain ? [[first.class]] : []),
    ...lines.flatMap((line) => line.phrases),
    ...(option === undefined ? [] : [[`option: ${optionName(option)}`]]),
  ]
  return phrases.length === 0 ? MISSING : { kind: 'lines', lines: [{ phrases }] }
}

function indented(cell: Cell): Cell {
  if (cell.kind !== 'wordings') return words('  ', cell)
  return { kind: 'wordings', wordings: cell.wordings.map((some) => ['  ', ...some]) }
}

/** Paths without the directory that all of them are in. */
export function imageNames(paths: readonly string[]): readonly string[] {
  const [first = ''] = paths
  let end = paths.length > 1 ? first.lastIndexOf('/') + 1 : 0
  while (end > 0 && !paths.every((path) => path.startsWith(first.slice(0, end)))) {
    end = first.slice(0, end - 1).lastIndexOf('/') + 1
  }
  return paths.map((path) => path.slice(end))
}

/** What places a version among others: the label, the volume ID; by date, the date. */
function releaseWords({ summary }: HistoryImage, { by, places }: UsedOrder): Cell {
  const { label, volumeId, created } = summary
  const parts: readonly Words[] = [
    ...(by === 'date' && created !== undefined ? [[timeText(created)]] : []),
    ...(places.includes('label') && label !== null ? [[text(label)]] : []),
    ...(places.includes('volumeId') && volumeId !== null ? [[name(volumeId)]] : []),
  ]
  return parts.length === 0 ? MISSING : { kind: 'lines', lines: [{ phrases: parts }] }
}

/** Where versions were read. */
const PLACES: Readonly<Record<VersionPlace, string>> = {
  label: 'the label of NixOS',
  volumeId: 'the volume ID',
  fileName: 'the file name',
}

/** "by version in the label of NixOS, then in the file name". */
export function orderText({ by, places }: UsedOrder): string {
  if (by === 'given') return 'as given'
  return by === 'date'
    ? 'by the date in each image'
    : `by version in ${places.map((place) => PLACES[place]).join(', then in ')}`
}

/** The whole, the owners, and the lines that changed most. */
interface LineRow {
  readonly first: Cell
  readonly last: Cell
  readonly delta: Cell
  readonly trend: readonly number[]
  readonly label: Cell
  readonly isAside: boolean
}

const LINE_COLUMNS: readonly Column<LineRow>[] = [
  { id: 'first', heading: 'first', dispensable: 1, value: ({ first }) => first },
  { id: 'last', heading: 'last', value: ({ last }) => last },
  { id: 'delta', heading: 'change', value: ({ delta }) => delta },
  { id: 'trend', heading: 'trend', isText: true, value: ({ trend }) => ({ kind: 'sparkline', numbers: trend }) },
  { id: 'label', heading: 'of', isName: true, value: ({ label }) => label },
]

function linesSection(history: History, { top }: HistoryChoice): Section {
  const { images, kind, order, lines } = history
  const shown = top === 0 ? lines : lines.slice(0, top)
  const owners = images.map(({ summary }) => summary.owners)
  const rows = [
    bytesRow(
      'the file',
      images.map(({ summary }) => summary.size),
    ),
    ...(owners.every((number) => number === 0) ? [] : [countRow(nounsOf(kind).owner[1], owners)]),
    ...shown.map((line) => bytesRow(lineLabel(line), line.sizes(), line.isRest)),
  ]
  const left = lines.length - shown.length
  const noun = lines.some((line) => line.kind === 'package') ? 'more package' : 'more region'
  return {
    title: [...plural(images.length, 'image'), `, ordered ${orderText(order)}`],
    body: tableOf(LINE_COLUMNS, rows, ({ isAside }) => isAside) satisfies Table,
    hints: left === 0 ? [] : [['and ', ...plural(left, noun), ' that changed less; -n 0 shows all']],
  }
}

/** "perl"; "[rest of nix-store.squashfs]" for what no package has. */
export function lineLabel({ kind, name: its, isRest }: Pick<HistoryLine, 'kind' | 'name' | 'isRest'>): Cell {
  if (isRest) return its === '/' ? words('[rest of the image]') : words('[rest of ', regionName(its), ']')
  return kind === 'region' ? regionName(its) : name(its)
}

function bytesRow(label: Cell | string, sizes: readonly number[], isAside = false): LineRow {
  const [first, last] = [sizes[0] ?? 0, sizes.at(-1) ?? 0]
  return {
    ...{ first: bytes(first), last: bytes(last), delta: change(last - first), trend: sizes, isAside },
    label: typeof label === 'string' ? words(label) : label,
  }
}

function countRow(label: string, counts: readonly number[]): LineRow {
  const [first, last] = [counts[0] ?? 0, counts.at(-1) ?? 0]
  const sign = last > first ? '+' : last < first ? '−' : ''
  const delta = words(sign, count(Math.abs(last - first)))
  return { first: count(first), last: count(last), delta, trend: counts, label: words(label), isAside: false }
}
