import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { ReportTotals } from '../../present/text/reports.ts'
import type { ReportArguments } from '../definitions/report.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { isMistyped, MistypedWord } from '../mistyped-word.ts'
import { choiceOf, limitsOf, sizeOf, threadsOf, unitOf } from '../option-values.ts'
import { flushOut, writeOut } from '../output.ts'
import { type Destinations, destinationsOf, type Format } from '../print-view.ts'
import { writeFileWhole } from '../write-file.ts'
import type { ManyFormat, ManyRequest } from './answer-image.ts'
import { listedImages } from './image-list.ts'
import { answerAboutAll } from './image-processes.ts'
import { prepareResults } from './result-files.ts'

/** Whether a command line is about many images, of which each has an answer of its own. */
export function isAboutMany({ images = [], filesFrom, outputDir, resume }: ReportArguments): boolean {
  return images.length > 1 || filesFrom !== undefined || outputDir !== undefined || resume === true
}

/**
 * Reports on many images, one after the other: a row for each owner, or a file for each image. If we cannot read one of
 * them, we say so and report on the others.
 */
export async function reportOnMany(options: ReportArguments): Promise<ExitCode> {
  const { images = [], filesFrom, outputDir, header, imagesAtOnce } = options
  checkOptions(options)
  const { format, path } = placeOf(options)
  for (const image of images) if (isMistyped(image)) throw new MistypedWord(image)
  if (outputDir !== undefined) prepareResults(outputDir)
  const isCached = filesFrom === undefined && outputDir === undefined
  // A list may have more images than the cache keeps, and each would make it look through all that it has.
  const request: ManyRequest = { options: isCached ? options : { ...options, noCache: true }, format }
  const target = path === undefined ? standardOutput() : fileTarget(path)
  const totals: ReportTotals[] = []
  let exitCode: ExitCode = EXIT.ok
  let hasHead = false
  try {
    await answerAboutAll(listedImages(images, filesFrom, header), request, imagesAtOnce, async (answer) => {
      if (answer.hasFailed) exitCode = EXIT.failed
      if (answer.totals !== undefined) totals.push(answer.totals)
      if (answer.pieces.length === 0) return
      await target.write(hasHead ? answer.pieces : [answer.head, ...answer.pieces])
      hasHead = true
    })
    if (format === 'text') {
      const { reportsText } = await import('../../present/text/reports.ts')
      await target.write([reportsText(totals, unitOf(options))])
    }
  } catch (error) {
    await target.abandon(error)
    throw error
  }
  await target.finish()
  return exitCode
}

/** Refuses what would be wrong for every image, once. */
function checkOptions(options: ReportArguments): void {
  const { parserLimit, offset, outputDir, resume, imagesAtOnce } = options
  limitsOf(parserLimit)
  threadsOf(options)
  if (offset !== undefined) sizeOf('offset', offset)
  const { min } = choiceOf(options)
  if (imagesAtOnce < 1) throw new UsageError('--images-at-once: takes a whole number of processes, 1 or more')
  if (outputDir === undefined && resume === true) throw new UsageError('--resume: needs --output-dir')
  if (outputDir === undefined) return
  if (options.output !== undefined) throw new UsageError('--output-dir and --output cannot be given together')
  if (options.in !== undefined) throw new UsageError('--output-dir: its files are about whole images; leave out --in')
  if (min > 0) throw new UsageError('--output-dir: the rows of a file add up to the image; leave out --min')
}

/** Where the answers go, and in which format. */
function placeOf(options: ReportArguments): { readonly format: ManyFormat; readonly path?: string } {
  const { format, json, filesFrom, outputDir, output } = options
  const isUnsaid = format === undefined && json !== true && output === undefined
  if (isUnsaid && (outputDir !== undefined || filesFrom !== undefined)) return { format: 'ndjson' }
  const { stdout, files }: Destinations = destinationsOf(options, true)
  if (files.length + (stdout === undefined ? 0 : 1) > 1) {
    throw new UsageError('-o: of several images there is one answer, which goes to one place')
  }
  const [file] = files
  const asked = file?.format ?? stdout!
  if (!(outputDir === undefined ? TOGETHER : APART).has(asked)) throw refusal(asked, outputDir !== undefined)
  const known = asked as ManyFormat
  return file === undefined ? { format: known } : { format: known, path: file.path }
}

/** Formats that images can share, and formats of a file for each. */
const TOGETHER: ReadonlySet<Format> = new Set(['text', 'ndjson', 'csv', 'tsv'])
const APART: ReadonlySet<Format> = new Set(['json', 'ndjson', 'csv', 'tsv'])

function refusal(format: Format, isApart: boolean): UsageError {
  if (isApart) return new UsageError(`--output-dir: has files of ndjson, json, csv and tsv only, and no ${format}`)
  if (format === 'html') return new UsageError('several images in one page: isoscope html IMAGE... -o FILE')
  const more = format === 'json' ? '; --output-dir writes a document for each' : ''
  return new UsageError(`several images can be written as text, ndjson, csv and tsv only${more}`)
}

/** Where pieces go, each as soon as it is there. */
interface Target {
  write(pieces: readonly string[]): Promise<void>
  finish(): Promise<void>
  abandon(error: unknown): Promise<void>
}

function standardOutput(): Target {
  return {
    async write(pieces) {
      await writeOut(pieces)
      await flushOut()
    },
    async finish() {},
    async abandon() {},
  }
}

/** A file that is there when all of it is. */
function fileTarget(path: string): Target {
  const stream = new PassThrough()
  const written = writeFileWhole(path, stream)
  // Who writes or finishes is told.
  written.catch(() => stream.destroy())
  stream.on('error', () => {})
  return {
    async write(pieces) {
      for (const piece of pieces) if (!stream.write(piece)) await Promise.race([once(stream, 'drain'), written])
    },
    async finish() {
      stream.end()
      await written
    },
    async abandon(error) {
      stream.destroy(error as Error)
      await written.catch(() => {})
    },
  }
}
