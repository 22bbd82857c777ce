import { bytesInside } from '../../analyses/bytes-inside.ts'
import { type Diff, diff, isEmptyDiff } from '../../analyses/diff.ts'
import { withOptions } from '../../analyses/diff-options.ts'
import { pairSides } from '../../analyses/pair-sides.ts'
import { sameFiles } from '../../images/same-files.ts'
import type { Survey } from '../../inventory/survey.ts'
import { type Inventory, inventoryOf } from '../../inventory/take-inventory.ts'
import { diffDocuments, imageForPage, NEEDED_BY_PAGES } from '../../present/html/page-documents.ts'
import { diffJson } from '../../present/json/diff.ts'
import { leftOutText } from '../../present/server-words.ts'
import { formatBytes } from '../../present/units.ts'
import { diffView } from '../../views/diff.ts'
import type { Chosen, More, Question } from '../messages.ts'
import { surveyOf } from './survey-of.ts'
import type { Written } from './written.ts'

/** Which rows a comparison shows people, as on the command line. */
const CHOICE = { min: 8 << 10, top: 20, sort: 'delta', rebuilt: false, only: undefined } as const

/** What `isoscope diff OLD NEW` says of two files. */
export async function diffAnswer(
  old: Chosen,
  now: Chosen,
  { references, deep }: Question,
  version: string,
): Promise<Written> {
  const [before, after] = [await surveyOf(old, false), await surveyOf(now, false)]
  // What is inside takes contents, which a server would have to send.
  const inside = (old.isHere && now.isHere) || deep
  const needed = { ...NEEDED_BY_PAGES, inside }
  const [olds, news] = [await inventoryOf(before, references, needed), await inventoryOf(after, references, needed)]
  const result = withOptions(compared(old, olds, now, news), news)
  const paths = { old: old.name, new: now.name }
  return {
    name: `${old.name} to ${now.name}`,
    data: { version, documents: diffDocuments(result, imageForPage(before, olds), imageForPage(after, news)) },
    more: inside ? {} : moreOf([before, after]),
    json: () => [diffJson(result, paths)],
    sections: () => diffView(result, paths, CHOICE).sections(),
    marker: 'isoscope diff',
  }
}

/** What is left out of the two images, and how many bytes it would take. Saved reports have what they have. */
function moreOf(surveys: readonly Survey[]): More {
  const opened = surveys.filter(({ parts }) => parts.saved === undefined)
  const bytes = opened.reduce((sum, { attribution }) => sum + bytesInside(attribution.accounts), 0)
  const whole = opened.reduce((sum, { open }) => sum + open.file.size, 0)
  return bytes === 0 ? {} : { deep: `${formatBytes(whole, 'iec')} or more`, leftOut: leftOutText(bytes) }
}

function compared(old: Chosen, olds: Inventory, now: Chosen, news: Inventory): Diff {
  const result = diff(olds, news, 'path', pairSides(olds, news))
  if (!isEmptyDiff(result)) return { ...result, identical: false }
  if (olds.isSaved || news.isSaved) return result
  const identical = areIdentical(old, now)
  return identical === undefined ? result : { ...result, identical }
}

/** Whether two files have the same bytes; undefined if servers would have to send all of them. */
function areIdentical({ file: old, isHere }: Chosen, { file: now }: Chosen): boolean | undefined {
  // Each answer of a server tells whether it is of the same file.
  if ('url' in old && 'url' in now && old.url === now.url) return true
  return isHere ? sameFiles(old, now) : undefined
}
