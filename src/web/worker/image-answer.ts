import { bytesInside } from '../../analyses/bytes-inside.ts'
import { report } from '../../analyses/report.ts'
import { partsToJson } from '../../inventory/json.ts'
import { ownerTotals } from '../../inventory/owner-totals.ts'
import type { Survey } from '../../inventory/survey.ts'
import { type Inventory, inventoryOf } from '../../inventory/take-inventory.ts'
import { imageForPage, NEEDED_BY_PAGES } from '../../present/html/page-documents.ts'
import { reportJson } from '../../present/json/report.ts'
import { leftOutText } from '../../present/server-words.ts'
import { formatBytes } from '../../present/units.ts'
import { reportSections } from '../../views/report.ts'
import type { Chosen, More, Question } from '../messages.ts'
import { identityOf, surveyOf } from './survey-of.ts'
import type { Written } from './written.ts'

/** Store paths that a report lists where it need not fit a screen, as on the command line. */
const ROWS = 20

/** What `isoscope IMAGE` says of a file. */
export async function imageAnswer(chosen: Chosen, question: Question, version: string): Promise<Written> {
  const { references, deep, known } = question
  const survey = await surveyOf(chosen, deep, known)
  // Before anything else is read.
  const identity = references === 'auto' && survey.parts.saved === undefined ? identityOf(chosen, survey) : undefined
  // What is inside takes contents, which a server would have to send.
  const inside = chosen.isHere || deep
  const from = survey.parts.saved === null ? 'none' : references
  const inventory = await inventoryOf(survey, from, { ...NEEDED_BY_PAGES, inside, equal: inside })
  const result = report(inventory)
  const { document } = imageForPage(survey, inventory)
  return {
    name: chosen.name,
    data: { version, documents: [document] },
    more: inventory.isSaved ? {} : moreOf(survey, inventory, chosen, question, identity),
    json: () => reportJson(result, inventory),
    sections: () => reportSections(result, { top: ROWS, sort: 'own', min: 0 }),
  }
}

/** What an answer leaves out, and how many bytes that would take. */
function moreOf(
  survey: Survey,
  { references }: Inventory,
  { isHere }: Chosen,
  question: Question,
  identity: string | undefined,
): More {
  const { accounts } = survey.attribution
  const words = (bytes: number): string => formatBytes(bytes, 'iec')
  const isDeclared = references !== undefined && references.origin !== 'scan'
  const canScan = question.references === 'auto' && survey.model.hashOf !== undefined && isDeclared
  const owned = [...ownerTotals(accounts).values()].reduce((sum, { own }) => sum + own, 0)
  const inside = isHere || question.deep ? 0 : bytesInside(accounts)
  return {
    // A scan says how many exactly before it begins.
    ...(canScan ? { scan: `about ${words(owned)}` } : {}),
    ...(canScan && identity !== undefined ? { known: { identity, parts: partsOf(survey) } } : {}),
    ...(question.deep ? {} : { deep: `${words(survey.open.file.size)} or more` }),
    ...(inside === 0 ? {} : { leftOut: leftOutText(inside) }),
  }
}

/** What a survey knows, but for the facts of each file, which are found again in less time than they take as JSON. */
function partsOf({ parts }: Survey): string {
  return partsToJson({ ...parts, files: undefined, outside: undefined })
}
