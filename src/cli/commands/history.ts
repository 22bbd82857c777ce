import { FormatError } from '../../../parsers/bytes/errors.ts'
import { type History, startHistory } from '../../analyses/history.ts'
import { type OrderedImages, orderImages, versionOf } from '../../analyses/image-order.ts'
import { historyJson } from '../../present/json/history.ts'
import { historyView } from '../../views/history.ts'
import type { Dataset } from '../dataset/dataset-images.ts'
import type { HistoryArguments } from '../definitions/history.ts'
import { EXIT, type ExitCode, type Explain, UsageError } from '../exit-codes.ts'
import { isMistyped, MistypedWord } from '../mistyped-word.ts'
import { choiceOf } from '../option-values.ts'
import { PAGE_FORMATS } from '../options.ts'
import { say } from '../output.ts'
import { destinationsOf, printView } from '../print-view.ts'
import { seriesFiles } from '../series-files.ts'
import { type OpenPart, type SeriesImage, seriesImages } from '../series-images.ts'

/** How many changes of a step are kept. Text shows a few; a page and JSON have these, and the sum of the others. */
const MOST_CHANGES = 100

/** `isoscope history IMAGE...`: how images became larger or smaller, and what caused it. */
export async function runHistory(options: HistoryArguments, explain: Explain): Promise<ExitCode> {
  destinationsOf(options, PAGE_FORMATS)
  for (const image of options.images) if (isMistyped(image)) throw new MistypedWord(image)
  const choice = { ...choiceOf({ ...options, sort: '' }), sort: options.sort }
  let isWhole = true
  /** Does something with an image. If it cannot be read, we say so, and go on with the others. */
  const tried = async <Answer>(act: () => Promise<Answer>): Promise<Answer | undefined> => {
    try {
      return await act()
    } catch (thrown) {
      const error = await explain(thrown)
      if (!(error instanceof UsageError || error instanceof FormatError)) throw error
      say(error.message)
      isWhole = false
      return undefined
    }
  }
  const datasets: Dataset[] = []
  try {
    const images: SeriesImage[] = []
    for (const file of seriesFiles(options.images)) {
      images.push(...((await tried(() => seriesImages(file, options, datasets))) ?? []))
    }
    const history = await historyOf(orderedBy(images, options), options, (image) => tried(() => image.open()))
    if (history.images.length === 0) throw new UsageError('no image could be read')
    const page = async () => (await import('../html-documents.ts')).historyPage(history)
    await printView({ ...historyView(history, choice), json: () => historyJson(history), page }, options)
    return isWhole && history.images.every(({ complete }) => complete) ? EXIT.ok : EXIT.failed
  } finally {
    for (const dataset of datasets) dataset.close()
  }
}

/** @throws {UsageError} if not all images have what the user wants them ordered by */
function orderedBy(images: readonly SeriesImage[], { order }: HistoryArguments): OrderedImages<SeriesImage> {
  const found = orderImages(images, order)
  if (found !== undefined) return found
  const places = ['label', 'volumeId', 'fileName'] as const
  const lacking = images.find((image) =>
    order === 'date'
      ? image.release.created === undefined
      : places.every((place) => versionOf(image, place) === undefined),
  )
  if (order === 'date') throw new UsageError(`--order date: there is no date in ${lacking!.path}`)
  const which = lacking === undefined ? 'not all images have a version in the same place' : `${lacking.path} has none`
  throw new UsageError(
    `--order version: no label of NixOS, volume ID or file name has a version in all images: ${which}`,
  )
}

/** Takes the history of images in their order. At any time two of them are open. */
async function historyOf(
  { order, images }: OrderedImages<SeriesImage>,
  { by }: HistoryArguments,
  open: (image: SeriesImage) => Promise<OpenPart | undefined>,
): Promise<History> {
  const taker = startHistory(by, MOST_CHANGES)
  let before: OpenPart | undefined
  try {
    for (const image of images) {
      const now = await open(image)
      if (now === undefined) continue
      const last = before
      before = now
      try {
        taker.add(image.path, last?.inventory, now.inventory, now.isWhole)
      } finally {
        last?.close()
      }
    }
  } finally {
    before?.close()
  }
  return taker.history(order)
}
