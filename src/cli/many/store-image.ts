import { join } from 'node:path'
import { type Report, report } from '../../analyses/report.ts'
import type { ReportRow } from '../../analyses/report-rows.ts'
import { jsonText } from '../../present/json/json-text.ts'
import { reportJson } from '../../present/json/report.ts'
import { reportColumns } from '../../views/report.ts'
import { TABLES, type TableName } from '../../views/table-names.ts'
import type { ReportArguments } from '../definitions/report.ts'
import { isRemote } from '../image-file.ts'
import { type InventoryArguments, inventoryWith } from '../open-store.ts'
import { openSurvey, type SurveyArguments } from '../open-survey.ts'
import { rowPieces } from '../print-view.ts'
import { groupsOf, isWhole, ROWS, reportedRows } from '../reported-rows.ts'
import { notAnImage } from '../saved-report.ts'
import { readVersion } from '../version.ts'
import { isChanged, watchFile } from '../watched-files.ts'
import { withOpen } from '../with-open.ts'
import type { Answered } from './dataset-table.ts'
import { identityOf } from './identity-of.ts'
import { changed, IncompleteImage, incompleteness } from './image-problem.ts'
import { hasResult, prepareResults, writeResult } from './result-files.ts'

/** Formats of the file of an image. */
export type StoreFormat = 'json' | 'ndjson' | 'csv' | 'tsv' | 'parquet'

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
  /** The path of the file; for Parquet that of the table of images, which is written when the others are there. */
  readonly file: string
  /** The bytes of the image. The sizes in the file add up to it. */
  readonly size: number
  /** Whether it has been written; false if it was there. */
  readonly written: boolean
}

/**
 * Writes the report of an image into a directory, in a file that is named after the bytes of the image: whoever does it
 * again writes the same file. For Parquet it is a file in a folder of each table. `prepareStore` has made the directory.
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
    if (!(known instanceof Error)) {
      const file = resultPath(directory, known.identity, format)
      if (resume && hasResult(file)) return { ...known, file, written: false }
    }
    const hasInside = format === 'json' && (!isRemote(name) || options.deep === true)
    const inventory = await inventoryWith(survey, options, { inside: hasInside, equal: hasInside })
    const result = report(inventory)
    if (!isWhole(result, inventory)) throw new IncompleteImage(incompleteness(result.warnings, name))
    if (known instanceof Error) throw known
    const answered = { survey, inventory, report: result, identity: known.identity }
    const files = format === 'parquet' ? await tablesOf(answered) : { '': await piecesOf(answered, options) }
    if (isChanged(name)) throw new IncompleteImage(changed(name))
    for (const [table, pieces] of Object.entries(files)) {
      writeResult(join(directory, table, fileName(known.identity, format)), pieces)
    }
    return { ...known, file: resultPath(directory, known.identity, format), written: true }
  })
}

/** Makes the directory for `storeImage`, and removes what killed processes left in it. @throws {UsageError} */
export function prepareStore(directory: string, format: StoreFormat): void {
  prepareResults(directory)
  if (format === 'parquet') for (const table of TABLES) prepareResults(join(directory, table))
}

/** The file that says that an image is done: of several, the one that is written last. */
function resultPath(directory: string, identity: string, format: StoreFormat): string {
  return join(directory, format === 'parquet' ? LAST : '', fileName(identity, format))
}

const LAST = 'images' satisfies TableName

function fileName(identity: string, format: StoreFormat): string {
  return `${identity}.${format}`
}

/** What `storeImage` did, as a line of NDJSON. */
export function storedLine(image: string, stored: StoredImage): string {
  return `${jsonText({ image, ...stored })}\n`
}

async function piecesOf(
  { survey, inventory, report: result }: Answered,
  { format, by, top = ROWS }: StoreOptions,
): Promise<Iterable<string>> {
  if (format === 'parquet') throw new Error('tables of Parquet are several files')
  if (format === 'json') return reportJson(result, inventory, { owned: survey.files, outside: survey.outside })
  const rows = summed(reportedRows(result, groupsOf(by, result, survey), { top, min: 0 }), result)
  const { head, pieces } = await rowPieces({ columns: reportColumns(result), rows }, format)
  return [head, ...pieces]
}

/** The file of each table, in the order in which they are written. */
async function tablesOf(answered: Answered): Promise<Record<string, readonly Uint8Array[]>> {
  const { datasetTable } = await import('./dataset-table.ts')
  const { ParquetFile } = await import('../../present/parquet/parquet-file.ts')
  const files: Record<string, readonly Uint8Array[]> = {}
  for (const table of [...TABLES.filter((each) => each !== LAST), LAST as TableName]) {
    const made = datasetTable(table, answered)
    const own = made.values[made.columns.findIndex(({ id }) => id === 'own')]
    if (own !== undefined)
      checkSum(
        own.reduce<number>((sum, bytes) => sum + Number(bytes), 0),
        answered.report,
      )
    const file = new ParquetFile(table, made.columns, readVersion())
    files[table] = [file.add(made), file.finish()]
  }
  return files
}

/** The same rows, whose sum is checked before a file with them gets its name. */
function* summed(rows: Iterable<ReportRow>, result: Report): Generator<ReportRow> {
  let sum = 0
  for (const row of rows) {
    sum += row.own
    yield row
  }
  checkSum(sum, result)
}

function checkSum(sum: number, { image }: Report): void {
  if (sum !== image.size) throw new Error(`its rows add up to ${sum} bytes, and it has ${image.size}`)
}
