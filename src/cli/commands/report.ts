import { report } from '../../analyses/report.ts'
import { reportJson } from '../../present/json/report.ts'
import { reportColumns, reportSections } from '../../views/report.ts'
import type { ReportArguments } from '../definitions/report.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { isRemote } from '../image-file.ts'
import { isAboutMany } from '../many/is-about-many.ts'
import { inventoryWith } from '../open-store.ts'
import { openSurvey } from '../open-survey.ts'
import { choiceOf } from '../option-values.ts'
import { REPORT_FORMATS } from '../options.ts'
import { printProblems } from '../print-problems.ts'
import { type Destinations, type Drawing, destinationsOf, formatsOf, printView } from '../print-view.ts'
import { groupsOf, isWhole, ROWS, reportedRows } from '../reported-rows.ts'
import { noteLeftOut } from '../server-bytes.ts'
import { withOpen } from '../with-open.ts'

/** `isoscope IMAGE...`: what every byte of it is for. */
export async function runReport(options: ReportArguments): Promise<ExitCode> {
  const { images = [], filesFrom } = options
  if (images.length === 0 && filesFrom === undefined) {
    throw new UsageError('report needs an image: isoscope report [images..]')
  }
  // What starts processes takes a while to load.
  if (isAboutMany(options)) return (await import('../many/report-many.ts')).reportOnMany(options)
  return reportOn(images[0]!, destinationsOf(options, REPORT_FORMATS), options)
}

async function reportOn(image: string, destinations: Destinations, options: ReportArguments): Promise<ExitCode> {
  const chosen = { ...choiceOf({ ...options, top: options.top ?? ROWS }), verbose: options.verbose }
  // Rows do not tell what is inside, which may have to be unpacked.
  const isTold = formatsOf(destinations).some((as) => as === 'text' || as === 'json' || as === 'md')
  const inside = isTold && (!isRemote(image) || options.deep === true)
  return withOpen(openSurvey({ ...options, image }), async ({ survey }) => {
    const inventory = await inventoryWith(survey, options, { inside, equal: inside })
    const result = report(inventory)
    const by = groupsOf(options.by, result, survey)
    const choices = { ...chosen, by }
    const { fittedReport } = await import('../../present/text/fitted-report.ts')
    const view = {
      sections: () => reportSections(result, choices),
      rows: () => ({
        columns: reportColumns(result),
        rows: reportedRows(result, by, choices),
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
