import type { PageDocument } from '../../present/html/page-data.ts'
import type { HtmlArguments } from '../definitions/html.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { requireGrouping } from '../groupings.ts'
import { documentOf, pageOf, startBy } from '../html-documents.ts'
import { isMistyped, MistypedWord } from '../mistyped-word.ts'
import { openSurvey } from '../open-survey.ts'
import { printProblems } from '../print-problems.ts'
import { refuseTerminal } from '../print-view.ts'
import { withOpen } from '../with-open.ts'
import { writeDocument } from '../write-file.ts'

/** `isoscope html IMAGE...`: one page to look around in all of them. */
export async function runHtml(options: HtmlArguments): Promise<ExitCode> {
  for (const image of options.images) if (isMistyped(image)) throw new MistypedWord(image)
  if (options.output === '-') refuseTerminal()
  const documents: PageDocument[] = []
  let exitCode: ExitCode = EXIT.ok
  for (const image of options.images) {
    await withOpen(openSurvey({ ...options, image }), async ({ survey }) => {
      requireGrouping(options.by, survey)
      const { document, inventory } = await documentOf(survey, { ...options, image })
      documents.push(document)
      printProblems([...inventory.attribution.warnings, ...(inventory.references?.warnings ?? [])], options.verbose)
      if (!inventory.image.complete || (inventory.references?.incomplete.length ?? 0) > 0) exitCode = EXIT.failed
    })
  }
  const page = pageOf(documents, startBy(options.by))
  await writeDocument(options.output, page)
  return exitCode
}
