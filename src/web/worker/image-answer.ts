import { report } from '../../analyses/report.ts'
import { inventoryOf } from '../../inventory/take-inventory.ts'
import { imageForPage, NEEDED_BY_PAGES } from '../../present/html/page-documents.ts'
import { reportJson } from '../../present/json/report.ts'
import { reportSections } from '../../views/report.ts'
import type { Question } from '../messages.ts'
import { surveyOf } from './survey-of.ts'
import type { Written } from './written.ts'

/** Store paths that a report lists where it need not fit a screen, as on the command line. */
const ROWS = 20

/** What `isoscope IMAGE` says of a file. */
export async function imageAnswer(file: File, references: Question['references'], version: string): Promise<Written> {
  const survey = await surveyOf(file)
  const inventory = await inventoryOf(survey, survey.parts.saved === null ? 'none' : references, NEEDED_BY_PAGES)
  const result = report(inventory)
  const { document } = imageForPage(survey, inventory)
  return {
    name: file.name,
    data: { version, documents: [document] },
    canScan: references === 'auto' && !inventory.isSaved && survey.model.hashOf !== undefined && isDeclared(inventory),
    json: () => reportJson(result, inventory),
    sections: () => reportSections(result, { top: ROWS, sort: 'own', min: 0 }),
  }
}

function isDeclared({ references }: Awaited<ReturnType<typeof inventoryOf>>): boolean {
  return references !== undefined && references.origin !== 'scan'
}
