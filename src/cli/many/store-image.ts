import { FormatError } from '../../../parsers/bytes/errors.ts'
import type { ByteSource } from '../../../parsers/bytes/source.ts'
import { type Report, report } from '../../analyses/report.ts'
import type { ReportRow } from '../../analyses/report-rows.ts'
import { contentIdentity } from '../../images/content-identity.ts'
import type { Survey } from '../../inventory/survey.ts'
import type { Inventory } from '../../inventory/take-inventory.ts'
import { fileSource } from '../../platform/node/file-source.ts'
import { jsonText } from '../../present/json/json-text.ts'
import { reportJson } from '../../present/json/report.ts'
import { reportColumns } from '../../views/report.ts'
import type { ReportArguments } from '../definitions/report.ts'
import { imageFileOf, isRemote } from '../image-file.ts'
import { systemReason } from '../open.ts'
import { type InventoryArguments, inventoryWith } from '../open-store.ts'
import { openSurvey, type SurveyArguments } from '../open-survey.ts'
import { sizeOf } from '../option-values.ts'
import { rowPieces } from '../print-view.ts'
import { groupsOf, isWhole, ROWS, reportedRows } from '../reported-rows.ts'
import { notAnImage } from '../saved-report.ts'
import { isChanged, watchFile } from '../watched-files.ts'
import { withOpen } from '../with-open.ts'
import { IncompleteImage, incompleteness } from './image-problem.ts'
import { hasResult, resultPath, writeResult } from './result-files.ts'

/** Formats of the file of an image. */
export type StoreFormat = 'json' | 'ndjson' | 'csv' | 'tsv'

/** Where the file of an image goes, and how it is read. */
export interface StoreOptions
  extends Omit<SurveyArguments, 'image' | 'references' | 'noCache' | 'in' | 'tree'>,
    InventoryArguments,
    Pick<ReportArguments, 'by' | 'top'> {
  readonly directory: string
  readonly format: StoreFormat
  /** Whether an image whose file is there is left alone. */
  readonly resume: boolean
}

/** The file of an image. */
export interface StoredImage {
  /** The identity of the image, which is the name of the file. */
  readonly identity: string
  /** The path of the file. */
  readonly file: string
  /** The bytes of the image. The sizes in the file add up to it. */
  readonly size: number
  /** Whether it has been written; false if it was there. */
  readonly written: boolean
}

/**
 * Writes the report of an image into a directory, in a file that is named after the bytes of the image: whoever does it
 * again writes the same file. `prepareResults` has made the directory.
 * @param name a path, or what `withListed` has a name for
 * @throws {FormatError} or {UsageError} if there is no report; {IncompleteImage} if it is not whole
 */
export async function storeImage(name: string, options: StoreOptions): Promise<StoredImage> {
  const { directory, format, resume } = options
  watchFile(name)
  // So many images would only push each other out of the cache.
  return withOpen(openSurvey({ ...options, image: name, noCache: true }), async ({ survey }) => {
    if (survey.parts.saved !== undefined) throw notAnImage(name)
    const known = identityOf(name, survey, options)
    const there = typeof known === 'string' ? resultPath(directory, known, format) : ''
    if (resume && hasResult(there)) {
      return { identity: String(known), file: there, size: survey.open.file.size, written: false }
    }
    const hasInside = format === 'json' && (!isRemote(name) || options.deep === true)
    const inventory = await inventoryWith(survey, options, { inside: hasInside })
    const result = report(inventory)
    if (!isWhole(result, inventory)) throw new IncompleteImage(incompleteness(result.warnings, name))
    if (typeof known !== 'string') throw known
    if (isChanged(name))
      throw new IncompleteImage({ code: 'IO', message: `${name}: the file changed while it was read` })
    writeResult(there, await piecesOf(result, inventory, survey, options))
    return { identity: known, file: there, size: result.image.size, written: true }
  })
}

/** What `storeImage` did, as a line of NDJSON. */
export function storedLine(image: string, stored: StoredImage): string {
  return `${jsonText({ image, ...stored })}\n`
}

/** The identity of an image, or why it has none. Its report will say better what is wrong with it. */
function identityOf(name: string, survey: Survey, { offset }: StoreOptions): string | Error {
  let file: ByteSource | undefined
  try {
    file = fileSource(imageFileOf(name), name)
    return contentIdentity(file, offset === undefined ? 0 : sizeOf('offset', offset), () => survey.open)
  } catch (error) {
    if (error instanceof FormatError || systemReason(error) !== undefined) return error as Error
    throw error
  } finally {
    file?.close()
  }
}

async function piecesOf(
  result: Report,
  inventory: Inventory,
  survey: Survey,
  { format, by, top = ROWS }: StoreOptions,
): Promise<Iterable<string>> {
  if (format === 'json') return reportJson(result, inventory, { owned: survey.files, outside: survey.outside })
  const rows = summed(reportedRows(result, groupsOf(by, result, survey), { top, min: 0 }), result.image.size)
  const { head, pieces } = await rowPieces({ columns: reportColumns(result), rows }, format)
  return [head, ...pieces]
}

/** The same rows. @throws {Error} if they do not add up to the image, before a file with them gets its name */
function* summed(rows: Iterable<ReportRow>, size: number): Generator<ReportRow> {
  let sum = 0
  for (const row of rows) {
    sum += row.own
    yield row
  }
  if (sum !== size) throw new Error(`its rows add up to ${sum} bytes, and it has ${size}`)
}
