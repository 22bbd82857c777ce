import type { Advice } from '../analyses/advise.ts'
import type { Diff } from '../analyses/diff.ts'
import type { Grouping } from '../analyses/grouping.ts'
import type { History } from '../analyses/history.ts'
import type { Survey } from '../inventory/survey.ts'
import { packedText } from '../platform/node/packed-text.ts'
import { historyDocument } from '../present/html/history-document.ts'
import { htmlPage } from '../present/html/html-page.ts'
import type { HistoryData, PageData, PageDocument, PageStart } from '../present/html/page-data.ts'
import { diffDocuments, type ImageForPage, imageForPage, NEEDED_BY_PAGES } from '../present/html/page-documents.ts'
import { isRemote } from './image-file.ts'
import { type InventoryArguments, inventoryWith } from './open-store.ts'
import { noteLeftOut, noteMost } from './server-bytes.ts'
import { readVersion } from './version.ts'

/** The options of every command that makes a page. */
interface PageArguments extends InventoryArguments {
  readonly image: string
  readonly deep?: boolean | undefined
}

/** Makes the document of an image. What is inside a file on a server takes contents, so it is left out, and that is said. */
export async function documentOf(
  survey: Survey,
  options: PageArguments,
  advice?: Advice | undefined,
): Promise<ImageForPage> {
  const inside = !isRemote(options.image) || options.deep === true
  const inventory = await inventoryWith(survey, options, { ...NEEDED_BY_PAGES, inside })
  if (!inside) noteLeftOut(survey)
  return imageForPage(survey, inventory, advice)
}

/** A page about one image. */
export async function imagePage(
  survey: Survey,
  options: PageArguments,
  start?: PageStart,
  advice?: Advice,
): Promise<Iterable<string>> {
  return pageOf([(await documentOf(survey, options, advice)).document], start)
}

/** A page about what changed between two images, and about these. */
export async function diffPage(
  result: Diff,
  surveys: { readonly old: Survey; readonly new: Survey },
  options: InventoryArguments & { readonly old: string; readonly new: string },
): Promise<Iterable<string>> {
  const sideOf = (survey: Survey, image: string): Promise<ImageForPage> => {
    if (isRemote(image)) noteMost(image, 'what is inside, for the page,', survey.open.file.size)
    return documentOf(survey, { ...options, image, deep: true })
  }
  const before = await sideOf(surveys.old, options.old)
  return pageOf(diffDocuments(result, before, await sideOf(surveys.new, options.new)))
}

/** How a page begins that the user wants by a grouping. */
export function startBy(by: Grouping | undefined): PageStart | undefined {
  return by === undefined ? undefined : { by }
}

/** A page that shows documents. */
export function pageOf(documents: readonly PageDocument[], start?: PageStart): Iterable<string> {
  return pageWith({ version: readVersion(), documents, ...(start === undefined ? {} : { start }) })
}

/** A page about a series of images. */
export function historyPage(history: History): Iterable<string> {
  return pageWith({ version: readVersion(), history: historyDocument(history) })
}

function pageWith(data: PageData | HistoryData): Iterable<string> {
  return [htmlPage(data, packedText(JSON.stringify(data)))]
}
