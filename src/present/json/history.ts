import type { History, HistoryImage, HistoryLine, HistoryStep } from '../../analyses/history.ts'
import { printable, printableText } from '../text/printable.ts'
import { diffRowJson } from './diff.ts'
import { jsonRows, jsonText } from './json-text.ts'
import { named } from './named.ts'
import { ownerCountsJson } from './owner-counts.ts'

/** A history as JSON, in pieces: a series may have thousands of images. At each image the lines add up to its size. */
export function* historyJson({ by, order, images, lines }: History): Generator<string> {
  const head = { schema: 'isoscope/history@1', by, orderedBy: order.by, versionsFrom: order.places }
  yield `${jsonText(head).slice(0, -1)},\n"series":[`
  yield* jsonRows(images, imageJson)
  yield '],\n"lines":['
  yield* jsonRows(lines, lineJson)
  yield ']}\n'
}

function imageJson({ path, summary, complete, step }: HistoryImage): object {
  const { name, size, label, volumeId, created, owners, packages } = summary
  return {
    name,
    path: printableText(path),
    size,
    label,
    volumeId: volumeId === null ? null : printable(volumeId),
    created: created ?? null,
    ...ownerCountsJson(owners, packages),
    complete,
    step: step === undefined ? null : stepJson(step),
  }
}

function stepJson({ delta, counts, directories, changes, rest }: HistoryStep): object {
  return {
    delta,
    counts,
    rows: changes.map((row) => diffRowJson(row, directories)),
    restRows: rest.rows,
    restDelta: rest.delta,
  }
}

function lineJson({ kind, name, isRest, sizes }: HistoryLine): object {
  return { kind, ...named('name', name), isRest, ownByImage: sizes() }
}
