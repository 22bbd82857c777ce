import { type Diff, diff, isEmptyDiff } from '../../analyses/diff.ts'
import { withOptions } from '../../analyses/diff-options.ts'
import { pairSides } from '../../analyses/pair-sides.ts'
import { sameFiles } from '../../images/same-files.ts'
import { type Inventory, inventoryOf } from '../../inventory/take-inventory.ts'
import { diffDocuments, imageForPage, NEEDED_BY_PAGES } from '../../present/html/page-documents.ts'
import { diffJson } from '../../present/json/diff.ts'
import { diffView } from '../../views/diff.ts'
import type { Question } from '../messages.ts'
import { surveyOf } from './survey-of.ts'
import type { Written } from './written.ts'

/** Which rows a comparison shows people, as on the command line. */
const CHOICE = { min: 8 << 10, top: 20, sort: 'delta', rebuilt: false, only: undefined } as const

/** What `isoscope diff OLD NEW` says of two files. */
export async function diffAnswer(
  old: File,
  now: File,
  references: Question['references'],
  version: string,
): Promise<Written> {
  const [before, after] = [await surveyOf(old), await surveyOf(now)]
  const [olds, news] = [
    await inventoryOf(before, references, NEEDED_BY_PAGES),
    await inventoryOf(after, references, NEEDED_BY_PAGES),
  ]
  const result = withOptions(compared(old, olds, now, news), news)
  const paths = { old: old.name, new: now.name }
  return {
    name: `${old.name} to ${now.name}`,
    data: { version, documents: diffDocuments(result, imageForPage(before, olds), imageForPage(after, news)) },
    canScan: false,
    json: () => [diffJson(result, paths)],
    sections: () => diffView(result, paths, CHOICE).sections(),
    marker: 'isoscope diff',
  }
}

function compared(old: File, olds: Inventory, now: File, news: Inventory): Diff {
  const result = diff(olds, news, 'path', pairSides(olds, news))
  if (!isEmptyDiff(result)) return { ...result, identical: false }
  if (olds.isSaved || news.isSaved) return result
  return { ...result, identical: sameFiles(old, now) }
}
