import { FormatError } from '../../../parsers/bytes/errors.ts'
import { type History, startHistory } from '../../analyses/history.ts'
import { type OrderedImages, orderImages, type ReleasedImage, versionOf } from '../../analyses/image-order.ts'
import { type Release, releaseOf } from '../../inventory/image-summary.ts'
import { historyJson } from '../../present/json/history.ts'
import { historyView } from '../../views/history.ts'
import type { HistoryArguments } from '../definitions/history.ts'
import { EXIT, type ExitCode, type Explain, UsageError } from '../exit-codes.ts'
import { isMistyped, MistypedWord } from '../mistyped-word.ts'
import { openNamed } from '../open.ts'
import { type OpenSide, openSide } from '../open-side.ts'
import { choiceOf, limitsOf } from '../option-values.ts'
import { PAGE_FORMATS } from '../options.ts'
import { say } from '../output.ts'
import { destinationsOf, printView } from '../print-view.ts'
import { savedReport } from '../saved-report.ts'
import { seriesFiles } from '../series-files.ts'

/** How many changes of a step are kept. Text shows a few; a page and JSON have these, and the sum of the others. */
const MOST_CHANGES = 100

/** `isoscope history IMAGE...`: how images became larger or smaller, and what caused it. */
export async function runHistory(options: HistoryArguments, explain: Explain): Promise<ExitCode> {
  destinationsOf(options, PAGE_FORMATS)
  for (const image of options.images) if (isMistyped(image)) throw new MistypedWord(image)
  const choice = { ...choiceOf({ ...options, sort: '' }), sort: options.sort }
  let isWhole = true
  /** Does something with an image. If it cannot be read, we say so, and go on with the others. */
  const tried = async <Answer>(act: () => Answer | Promise<Answer>): Promise<Answer | undefined> => {
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
  const released: ReleasedImage[] = []
  for (const path of seriesFiles(options.images)) {
    const release = await tried(() => releaseIn(path, options))
    if (release !== undefined) released.push({ path, release })
  }
  const ordered = orderedBy(released, options)
  const history = await historyOf(ordered, options, (path) => tried(() => openSide(path, options, true)))
  if (history.images.length === 0) throw new UsageError('no image could be read')
  if (history.images.some(({ complete }) => !complete)) isWhole = false
  const page = async () => (await import('../html-documents.ts')).historyPage(history)
  await printView({ ...historyView(history, choice), json: () => historyJson(history), page }, options)
  return isWhole ? EXIT.ok : EXIT.failed
}

/** Which release an image is of. We read its headers only: the rest comes later, in the order of the series. */
function releaseIn(path: string, options: HistoryArguments): Release {
  const saved = savedReport(path, limitsOf(options.parserLimit))
  if (saved !== undefined) return saved.summary!
  const open = openNamed(path, options)
  try {
    return releaseOf(open)
  } finally {
    open.close()
  }
}

/** @throws {UsageError} if not all images have what the user wants them ordered by */
function orderedBy(images: readonly ReleasedImage[], { order }: HistoryArguments): OrderedImages<ReleasedImage> {
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
  { order, images }: OrderedImages<ReleasedImage>,
  { by }: HistoryArguments,
  open: (path: string) => Promise<OpenSide | undefined>,
): Promise<History> {
  const taker = startHistory(by, MOST_CHANGES)
  let before: OpenSide | undefined
  try {
    for (const { path } of images) {
      const now = await open(path)
      if (now === undefined) continue
      const last = before
      before = now
      try {
        taker.add(path, last?.inventory, now.inventory, now.isWhole)
      } finally {
        last?.close()
      }
    }
  } finally {
    before?.close()
  }
  return taker.history(order)
}
