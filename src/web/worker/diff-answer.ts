import { type Diff, diff, isEmptyDiff } from '../../analyses/diff.ts'
import { withOptions } from '../../analyses/diff-options.ts'
import { pairSides } from '../../analyses/pair-sides.ts'
import { sameFiles } from '../../images/same-files.ts'
import { type Inventory, inventoryOf } from '../../inventory/take-inventory.ts'
import { diffDocuments, imageForPage, NEEDED_BY_PAGES } from '../../present/html/page-documents.ts'
import { diffJson } from '../../present/json/diff.ts'
import { diffView } from '../../views/diff.ts'
import type { Chosen, Question } from '../messages.ts'
import { surveyOf } from './survey-of.ts'
import type { Written } from './written.ts'

/** Which rows a comparison shows people, as on the command line. */
const CHOICE = { min: 8 << 10, top: 20, sort: 'delta', rebuilt: false, only: undefined } as const

/** What `isoscope diff OLD NEW` says of two files. */
export async function diffAnswer(
  old: Chosen,
  now: Chosen,
  { references }: Question,
  version: string,
): Promise<Written> {
  const [before, after] = [await surveyOf(old, false), await surveyOf(now, false)]
  // What is inside takes contents, which a server would have to send.
  const needed = { ...NEEDED_BY_PAGES, inside: old.isHere && now.isHere }
  const [olds, news] = [await inventoryOf(before, references, needed), await inventoryOf(after, references, needed)]
  const result = withOptions(compared(old, olds, now, news), news)
  const paths = { old: old.name, new: now.name }
  return {
    name: `${old.name} to ${now.name}`,
    data: { version, documents: diffDocuments(result, imageForPage(before, olds), imageForPage(after, news)) },
    more: {},
    json: () => [diffJson(result, paths)],
    sections: () => diffView(result, paths, CHOICE).sections(),
    marker: 'isoscope diff',
  }
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
