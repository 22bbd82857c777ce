import { report } from '../../analyses/report.ts'
import { nextTurn } from '../../platform/node/next-turn.ts'
import type { TableValues } from '../../present/parquet/table-values.ts'
import type { ReportTotals } from '../../present/text/reports.ts'
import { reportColumns } from '../../views/report.ts'
import type { TableName } from '../../views/table-names.ts'
import type { ReportArguments } from '../definitions/report.ts'
import { isRemote, type ListedImage, withListed } from '../image-file.ts'
import { inventoryWith } from '../open-store.ts'
import { openSurvey } from '../open-survey.ts'
import { choiceOf } from '../option-values.ts'
import { say } from '../output.ts'
import { printProblems } from '../print-problems.ts'
import { rowPieces } from '../print-view.ts'
import { groupsOf, isWhole, ROWS, reportedRows } from '../reported-rows.ts'
import { endWatch, isChanged } from '../watched-files.ts'
import { withOpen } from '../with-open.ts'
import { identityOf } from './identity-of.ts'
import { changed, type ImageProblem, incompleteness, problemLine, problemOf } from './image-problem.ts'
import { type StoredImage, type StoreFormat, storedLine, storeImage } from './store-image.ts'

/** The table of Parquet that is written if the user names none. */
export const OWNERS = 'owners' satisfies TableName

/** What is asked about each of many images. It is sent to the processes that answer. */
export interface ManyRequest {
  readonly options: ReportArguments
  readonly format: ManyFormat
}

/** Formats of many images together, and of a file for each. */
export type ManyFormat = 'text' | StoreFormat

/** The answer about one of many images. */
export interface ImageAnswer {
  /** The line above the rows of all images; '' if the format has none. */
  readonly head: string
  /** Its rows. */
  readonly pieces: readonly string[]
  /** Its rows of a table of Parquet. */
  readonly table?: TableValues
  /** Its line of a table of images; absent if we could not read it, and in other formats. */
  readonly totals?: ReportTotals
  /** Whether it is no whole answer. Then it has been said why. */
  readonly hasFailed: boolean
  /** Its file, if it has one. */
  readonly stored?: StoredImage
  /** Why we could not read it. */
  readonly problem?: ImageProblem
}

/** The answer about an image. It throws no error, but says it. */
export async function answerAbout(image: ListedImage, request: ManyRequest): Promise<ImageAnswer> {
  const answer = await withListed(image, () => answerOrProblem(image.name, request))
  // What waits for its time, such as the end of a thread that is not used any more.
  await nextTurn()
  return answer
}

async function answerOrProblem(name: string, request: ManyRequest): Promise<ImageAnswer> {
  try {
    const { outputDir } = request.options
    const ask = (): Promise<ImageAnswer> =>
      outputDir === undefined ? answerOf(name, request) : storedAnswer(name, outputDir, request)
    const isTakenFirst = request.options.download === true && isRemote(name)
    const answer = isTakenFirst ? await (await import('../downloads.ts')).withDownloads(ask, name) : await ask()
    if (!isChanged(name)) return answer
    return failed(name, changed(name), request)
  } catch (error) {
    return failed(name, await problemOf(error, name), request)
  } finally {
    endWatch(name)
  }
}

async function answerOf(name: string, { options, format }: ManyRequest): Promise<ImageAnswer> {
  return withOpen(openSurvey({ ...options, image: name }), async ({ survey }) => {
    const taken = await inventoryWith(survey, options)
    // Saved reports may be about images of one name, so that we call each by its own.
    const inventory = survey.parts.saved === undefined ? taken : { ...taken, image: { ...taken.image, name } }
    const result = report(inventory)
    const whole = isWhole(result, inventory)
    printProblems(result.warnings, options.verbose)
    if (format === 'text' || format === 'json') {
      const { totalsOf } = await import('../../present/text/reports.ts')
      return { head: '', pieces: [], totals: totalsOf(result), hasFailed: !whole }
    }
    if (format === 'parquet') {
      const { datasetTable } = await import('./dataset-table.ts')
      const known = survey.parts.saved === undefined ? identityOf(name, survey, options) : undefined
      const identity = known === undefined || known instanceof Error ? undefined : known.identity
      const table = datasetTable(options.table ?? OWNERS, { survey, inventory, report: result, identity })
      return { head: '', pieces: [], table, hasFailed: !whole }
    }
    const choice = choiceOf({ ...options, top: options.top ?? ROWS })
    const rows = reportedRows(result, groupsOf(options.by, result, survey), choice)
    const { head, pieces } = await rowPieces({ columns: reportColumns(result), rows }, format)
    const problem = whole || format !== 'ndjson' ? [] : [problemLine(name, incompleteness(result.warnings, name))]
    return { head, pieces: [...pieces, ...problem], hasFailed: !whole }
  })
}

/** Writes the file of an image; the row says which one. */
async function storedAnswer(name: string, directory: string, { options, format }: ManyRequest): Promise<ImageAnswer> {
  if (format === 'text') throw new Error('an image has no file of text')
  const stored = await storeImage(name, { ...options, directory, format, resume: options.resume === true })
  return { head: '', pieces: [storedLine(name, stored)], hasFailed: false, stored }
}

/** Says on stderr why there is no answer, and in a row if rows can. */
export function failed(name: string, problem: ImageProblem, { options, format }: ManyRequest): ImageAnswer {
  say(problem.message)
  const hasRow = format === 'ndjson' || options.outputDir !== undefined
  return { head: '', pieces: hasRow ? [problemLine(name, problem)] : [], hasFailed: true, problem }
}
