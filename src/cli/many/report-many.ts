import type { ReportArguments } from '../definitions/report.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import type { ListedImage } from '../image-file.ts'
import { isMistyped, MistypedWord } from '../mistyped-word.ts'
import { choiceOf, limitsOf, sizeOf, threadsOf } from '../option-values.ts'
import { REPORT_FORMATS } from '../options.ts'
import { type Destinations, destinationsOf, type Format } from '../print-view.ts'
import type { ManyFormat, ManyRequest } from './answer-image.ts'
import { listedImages } from './image-list.ts'
import { answerAboutAll } from './image-processes.ts'
import { prepareStore } from './store-image.ts'
import { targetOf } from './targets.ts'

/**
 * Reports on many images, one after the other: a row for each owner, or a file for each image. If we cannot read one of
 * them, we say so and report on the others.
 */
export async function reportOnMany(options: ReportArguments): Promise<ExitCode> {
  const { images = [], filesFrom, outputDir, header, imagesAtOnce } = options
  checkOptions(options)
  const { format, path } = placeOf(options)
  if (format === 'parquet' && (options.by !== undefined || choiceOf(options).min > 0)) {
    throw new UsageError('the tables of Parquet have rows of their own; leave out --by and --min, or see --table')
  }
  for (const image of images) if (isMistyped(image)) throw new MistypedWord(image)
  if (outputDir !== undefined && format !== 'text') prepareStore(outputDir, format)
  const isCached = filesFrom === undefined && outputDir === undefined
  // A list may have more images than the cache keeps, and each would make it look through all that it has.
  const request: ManyRequest = { options: isCached ? options : { ...options, noCache: true }, format }
  const target = await targetOf(format, path, options)
  const listed = listedImages(images, filesFrom, header)
  const asked = format === 'parquet' && outputDir === undefined ? eachOnce(listed) : listed
  let exitCode: ExitCode = EXIT.ok
  try {
    await answerAboutAll(asked, request, imagesAtOnce, async (answer) => {
      if (answer.hasFailed) exitCode = EXIT.failed
      await target.take(answer)
    })
    await target.finish()
  } catch (error) {
    await target.abandon(error)
    throw error
  }
  return exitCode
}

/** Images without those that were named before: nothing in a table would tell the rows of two times apart. */
async function* eachOnce(images: AsyncIterable<ListedImage>): AsyncGenerator<ListedImage> {
  const known = new Set<string>()
  for await (const image of images) {
    if (!known.has(image.name)) yield image
    known.add(image.name)
  }
}

/** More processes than any machine has processors for. */
const MOST_AT_ONCE = 4096

/** Refuses what would be wrong for every image, once. */
export function checkOptions(options: ReportArguments): void {
  const { parserLimit, offset, outputDir, resume, imagesAtOnce } = options
  limitsOf(parserLimit)
  threadsOf(options)
  if (offset !== undefined) sizeOf('offset', offset)
  const { min } = choiceOf(options)
  if (!Number.isInteger(imagesAtOnce) || imagesAtOnce < 1 || imagesAtOnce > MOST_AT_ONCE) {
    throw new UsageError(`--images-at-once: takes a whole number of processes, from 1 to ${MOST_AT_ONCE}`)
  }
  if (outputDir === undefined && resume === true) throw new UsageError('--resume: needs --output-dir')
  if (outputDir === undefined) return
  if (options.output !== undefined) throw new UsageError('--output-dir and --output cannot be given together')
  if (options.in !== undefined) throw new UsageError('--output-dir: its files are about whole images; leave out --in')
  if (options.table !== undefined) throw new UsageError('--output-dir: has all tables; leave out --table')
  if (min > 0) throw new UsageError('--output-dir: the rows of a file add up to the image; leave out --min')
}

/** Where the answers go, and in which format. */
function placeOf(options: ReportArguments): { readonly format: ManyFormat; readonly path?: string } {
  const { format, json, filesFrom, outputDir, output, table } = options
  const isUnsaid = format === undefined && json !== true && output === undefined && table === undefined
  if (isUnsaid && (outputDir !== undefined || filesFrom !== undefined)) return { format: 'ndjson' }
  const { stdout, files }: Destinations = destinationsOf(options, REPORT_FORMATS)
  if (files.length + (stdout === undefined ? 0 : 1) > 1) {
    throw new UsageError('-o: of several images there is one answer, which goes to one place')
  }
  const [file] = files
  const asked = file?.format ?? stdout!
  if (!(outputDir === undefined ? TOGETHER : APART).has(asked)) throw refusal(asked, outputDir !== undefined)
  if (asked !== 'parquet' && table !== undefined)
    throw new UsageError('--table: names a table of Parquet: -o FILE.parquet')
  const known = asked as ManyFormat
  if (known !== 'parquet' || outputDir !== undefined)
    return file === undefined ? { format: known } : { format: known, path: file.path }
  if (file === undefined) throw new UsageError('-f parquet: is for a file: add -o FILE.parquet')
  if (file.path.endsWith('.gz')) throw new UsageError(`${file.path}: Parquet is compressed in itself; leave out .gz`)
  return { format: known, path: file.path }
}

/** Formats that images can share, and formats of a file for each. */
const TOGETHER: ReadonlySet<Format> = new Set(['text', 'ndjson', 'csv', 'tsv', 'parquet'])
const APART: ReadonlySet<Format> = new Set(['json', 'ndjson', 'csv', 'tsv', 'parquet'])

function refusal(format: Format, isApart: boolean): UsageError {
  if (isApart) return new UsageError(`--output-dir: has files of ndjson, json, csv, tsv and parquet, and no ${format}`)
  if (format === 'html') return new UsageError('several images in one page: isoscope html IMAGE... -o FILE')
  const more = format === 'json' ? '; --output-dir writes a document for each' : ''
  return new UsageError(`several images can be written as text, ndjson, csv, tsv and parquet only${more}`)
}
