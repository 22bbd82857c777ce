import { FormatError } from '../../../parsers/bytes/errors.ts'
import { type EqualContents, equalContents } from '../../analyses/duplicates.ts'
import { type Report, report } from '../../analyses/report.ts'
import {
  directoryGroups,
  fileGroups,
  packageGroups,
  type ReportGroups,
  regionGroups,
} from '../../analyses/report-groups.ts'
import { type ReportRow, reportRows, rowsBeside } from '../../analyses/report-rows.ts'
import { limitsOfReport } from '../../inventory/same-contents.ts'
import type { Survey } from '../../inventory/survey.ts'
import type { Inventory } from '../../inventory/take-inventory.ts'
import { reportJson } from '../../present/json/report.ts'
import { reportColumns, reportSections } from '../../views/report.ts'
import type { ReportArguments } from '../definitions/report.ts'
import { EXIT, type ExitCode, type Explain, UsageError } from '../exit-codes.ts'
import { fileSizes, requireGrouping } from '../groupings.ts'
import { isRemote } from '../image-file.ts'
import { isMistyped, MistypedWord } from '../mistyped-word.ts'
import { inventoryWith } from '../open-store.ts'
import { openSurvey } from '../open-survey.ts'
import { choiceOf, unitOf } from '../option-values.ts'
import { say, writeOut } from '../output.ts'
import { printProblems } from '../print-problems.ts'
import { type Destinations, type Drawing, destinationsOf, formatsOf, printView, rowLines } from '../print-view.ts'
import { noteLeftOut } from '../server-bytes.ts'
import { withOpen } from '../with-open.ts'

/** Store paths that a report lists where it need not fit a screen. */
const ROWS = 20

/** `isoscope IMAGE...`: what every byte of it is for. */
export async function runReport(options: ReportArguments, explain: Explain): Promise<ExitCode> {
  const destinations = destinationsOf(options, true)
  if (options.images.length === 1) return reportOn(options.images[0]!, destinations, options)
  const { stdout: format, files } = destinations
  if (files.length > 0) throw new UsageError('-o: saves the report of one image only')
  if (format === 'html') throw new UsageError('several images in one page: isoscope html IMAGE... -o FILE')
  if (format === 'json' || format === 'md' || format === undefined) {
    throw new UsageError('several images can be written as text, ndjson, csv and tsv only')
  }
  return reportOnSeveral(options.images, format, options, explain)
}

async function reportOn(image: string, destinations: Destinations, options: ReportArguments): Promise<ExitCode> {
  const chosen = { ...choiceOf({ ...options, top: options.top ?? ROWS }), verbose: options.verbose }
  // Rows do not tell what is inside, which may have to be unpacked.
  const isTold = formatsOf(destinations).some((as) => as === 'text' || as === 'json' || as === 'md')
  const inside = isTold && (!isRemote(image) || options.deep === true)
  return withOpen(openSurvey({ ...options, image }), async ({ survey }) => {
    const inventory = await inventoryWith(survey, options, { inside })
    const result = report(inventory)
    const by = groupsOf(options.by, result, survey)
    const choices = { ...chosen, by, contents: inside ? equalFiles(survey, inventory) : undefined }
    const { fittedReport } = await import('../../present/text/fitted-report.ts')
    const view = {
      sections: () => reportSections(result, choices),
      rows: () => ({
        columns: reportColumns(result),
        rows: rowsFrom(
          by === undefined ? reportRows(result) : [...by.rows(choices.top), ...rowsBeside(result, by.by)],
          chosen.min,
        ),
      }),
      json: (saved: boolean) =>
        reportJson(result, inventory, saved ? { owned: survey.files, outside: survey.outside } : undefined),
      ...(options.top === undefined
        ? { fitted: (drawing: Drawing, height: number) => [fittedReport(result, choices, height, drawing)] }
        : {}),
      page: async () => {
        const { imagePage, startBy } = await import('../html-documents.ts')
        return imagePage(survey, { ...options, image }, startBy(options.by))
      },
    }
    await printView(view, options, destinations)
    if (isTold && !inside) noteLeftOut(survey)
    printProblems(result.warnings, options.verbose)
    return isWhole(result, inventory) ? EXIT.ok : EXIT.failed
  })
}

/** Which of its files an image without owners has several times; undefined if it has owners, or no contents. */
function equalFiles(survey: Survey, { twice }: Inventory): EqualContents | undefined {
  if (survey.keys.length > 0) return undefined
  const contents = survey.sameContents(false, limitsOfReport(survey.file.size))
  return contents && equalContents(contents, twice?.copies)
}

/** The rows for programs, without the smaller ones. Unless the user leaves some out, they add up to the file. */
function* rowsFrom(rows: Iterable<ReportRow>, min: number): Generator<ReportRow> {
  for (const row of rows) if (row.own >= min) yield row
}

/** What the rows are, if the user wants others than owners. */
function groupsOf(by: ReportArguments['by'], result: Report, survey: Survey): ReportGroups | undefined {
  switch (by) {
    case undefined:
      return undefined
    case 'region':
      return regionGroups(result)
    case 'directory':
      return directoryGroups(fileSizes(by, survey))
    case 'file':
      return fileGroups(fileSizes(by, survey))
    case 'path':
    case 'package':
      requireGrouping(by, survey)
      return by === 'path' ? undefined : packageGroups(result)
  }
}

function isWhole({ image, references }: Report, { inside, hidden }: Inventory): boolean {
  const areUnread = (hidden?.warnings.length ?? 0) > 0
  return image.complete && inside?.complete !== false && references?.complete !== false && !areUnread
}

/** A table of several images. If we cannot read one of them, we say so and report on the others. */
async function reportOnSeveral(
  images: readonly string[],
  format: 'text' | 'ndjson' | 'csv' | 'tsv',
  options: ReportArguments,
  explain: Explain,
): Promise<ExitCode> {
  for (const image of images) if (isMistyped(image)) throw new MistypedWord(image)
  let exitCode: ExitCode = EXIT.ok
  const summaries: Report[] = []
  const { min } = choiceOf({ ...options, top: 0 })
  let hasHead = false
  for (const image of images) {
    try {
      await withOpen(openSurvey({ ...options, image }), async ({ survey }) => {
        const inventory = await inventoryWith(survey, options)
        const result = report(inventory)
        if (format === 'text') summaries.push(result)
        else {
          await writeOut(
            await rowLines(
              { columns: reportColumns(result), rows: rowsFrom(reportRows(result), min) },
              format,
              !hasHead,
            ),
          )
          hasHead = true
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
