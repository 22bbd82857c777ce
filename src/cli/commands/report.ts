import { FormatError } from '../../../parsers/bytes/errors.ts'
import { type Report, report } from '../../analyses/report.ts'
import { reportRows } from '../../analyses/report-rows.ts'
import type { Inventory } from '../../inventory/take-inventory.ts'
import { reportJson } from '../../present/json/report.ts'
import type { SavedFiles } from '../../present/json/saved-files.ts'
import type { RowFormat } from '../../present/tables/rows.ts'
import { reportColumns, reportSections } from '../../views/report.ts'
import type { ReportArguments } from '../definitions/report.ts'
import { EXIT, type ExitCode, type Explain, UsageError } from '../exit-codes.ts'
import { isMistyped, MistypedWord } from '../mistyped-word.ts'
import { inventoryWith } from '../open-store.ts'
import { openSurvey } from '../open-survey.ts'
import { countOf, sizeOf, styleOf, unitOf } from '../option-values.ts'
import { joinPieces, say, writeOut } from '../output.ts'
import { printProblems } from '../print-problems.ts'
import { readVersion } from '../version.ts'
import { withOpen } from '../with-open.ts'
import { writeFileWhole } from '../write-file.ts'

/** The formats of a report. */
type ReportFormat = 'text' | 'json' | 'md' | RowFormat

/** The output name that means stdout. */
const STDOUT = '-'

/** Formats of saved reports, by the extension of the file, which may have .gz after it. */
const SAVED_FORMATS = ['json', 'ndjson', 'csv', 'tsv', 'md'] as const

/** `isoscope IMAGE...`: what every byte of it is for. */
export async function runReport(options: ReportArguments, explain: Explain): Promise<ExitCode> {
  const format = options.json === true ? 'json' : (options.format ?? 'text')
  const named = options.output ?? []
  const outputs = named.filter((path) => path !== STDOUT).map((path) => ({ path, format: savedFormatOf(path) }))
  const toStdout = format !== 'text' || outputs.length === 0 || named.includes(STDOUT)
  if (options.images.length === 1) return reportOn(options.images[0]!, toStdout ? format : undefined, outputs, options)
  if (outputs.length > 0) throw new UsageError('-o: saves the report of one image only')
  if (format === 'json' || format === 'md') {
    throw new UsageError('several images can be written as text, ndjson, csv and tsv only')
  }
  return reportOnSeveral(options.images, format, options, explain)
}

function savedFormatOf(path: string): (typeof SAVED_FORMATS)[number] {
  const format = SAVED_FORMATS.find((some) => path.endsWith(`.${some}`) || path.endsWith(`.${some}.gz`))
  if (format !== undefined) return format
  throw new UsageError(
    `${path}: a report is saved as ${SAVED_FORMATS.map((some) => `.${some}`).join(', ')}, or those with .gz`,
  )
}

/**
 * Reports on one image.
 * @param format the format for stdout; undefined to write nothing there
 */
async function reportOn(
  image: string,
  format: ReportFormat | undefined,
  outputs: readonly { readonly path: string; readonly format: ReportFormat }[],
  options: ReportArguments,
): Promise<ExitCode> {
  const min = sizeOf('min', options.min)
  const top = countOf('n', options.top)
  // Tables do not tell what is inside, which may have to be unpacked.
  const inside = [format, ...outputs.map((output) => output.format)].some(
    (as) => as === 'text' || as === 'json' || as === 'md',
  )
  return withOpen(openSurvey({ ...options, image }), async ({ survey }) => {
    const inventory = await inventoryWith(survey, options, { inside })
    const result = report(inventory)
    const write = async (as: ReportFormat, files?: SavedFiles): Promise<Iterable<string>> => {
      if (as === 'json') return reportJson(result, inventory, files)
      if (as === 'ndjson' || as === 'csv' || as === 'tsv') {
        return joinPieces([await headOf(result, as), ...(await linesOf(result, as))])
      }
      const sections = reportSections(result, { top, sort: options.sort, min, verbose: options.verbose })
      const fullPaths = options.fullPaths === true
      if (as === 'md') {
        const { sectionsMarkdown } = await import('../../present/markdown/sections.ts')
        return [sectionsMarkdown(sections, { unit: unitOf(options), fullPaths, version: readVersion() })]
      }
      // We import this only here, because the table library takes longer to load than the report takes to make.
      const { sectionsText } = await import('../../present/text/sections.ts')
      const style = styleOf(options.color, options.wide === true)
      return [sectionsText(sections, { style, unit: unitOf(options), fullPaths })]
    }
    for (const { path, format: as } of outputs) {
      await writeFileWhole(
        path,
        await write(as, as === 'json' ? { owned: survey.files, outside: survey.outside } : undefined),
      )
    }
    if (format !== undefined) await writeOut(await write(format))
    printProblems(result.warnings, options.verbose)
    return isWhole(result, inventory) ? EXIT.ok : EXIT.failed
  })
}

function isWhole({ image, references }: Report, { inside, hidden }: Inventory): boolean {
  const areUnread = (hidden?.warnings.length ?? 0) > 0
  return image.complete && inside?.complete !== false && references?.complete !== false && !areUnread
}

/** A table of several images. If we cannot read one of them, we say so and report on the others. */
async function reportOnSeveral(
  images: readonly string[],
  format: 'text' | RowFormat,
  options: ReportArguments,
  explain: Explain,
): Promise<ExitCode> {
  for (const image of images) if (isMistyped(image)) throw new MistypedWord(image)
  let exitCode: ExitCode = EXIT.ok
  const summaries: Report[] = []
  let hasHead = false
  for (const image of images) {
    try {
      await withOpen(openSurvey({ ...options, image }), async ({ survey }) => {
        const inventory = await inventoryWith(survey, options)
        const result = report(inventory)
        if (format === 'text') summaries.push(result)
        else {
          if (!hasHead) await writeOut([await headOf(result, format)])
          hasHead = true
          await writeOut(joinPieces(await linesOf(result, format)))
        }
        printProblems(result.warnings, options.verbose)
        if (!isWhole(result, inventory)) exitCode = EXIT.failed
      })
    } catch (thrown) {
      const error = await explain(thrown)
      if (!(error instanceof UsageError || error instanceof FormatError)) throw error
      say(error.message)
      exitCode = EXIT.failed
    }
  }
  if (format === 'text') {
    const { reportsText } = await import('../../present/text/reports.ts')
    await writeOut([reportsText(summaries, unitOf(options))])
  }
  return exitCode
}

/** The line above the rows, however many images they are of. */
async function headOf(result: Report, format: RowFormat): Promise<string> {
  const { headLine } = await import('../../present/tables/rows.ts')
  return headLine(reportColumns(result), format)
}

async function linesOf(result: Report, format: RowFormat): Promise<readonly string[]> {
  const { rowLine } = await import('../../present/tables/rows.ts')
  return Array.from(reportRows(result), rowLine(reportColumns(result), format))
}
