import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { type Advice, advise, nixosSystemIn } from '../analyses/advise.ts'
import type { Diff } from '../analyses/diff.ts'
import { sizesOfInventory } from '../analyses/graph-sizes.ts'
import type { Grouping } from '../analyses/grouping.ts'
import { sizeTree } from '../analyses/size-tree.ts'
import type { CheckSide } from '../analyses/subject-parts.ts'
import type { Survey } from '../inventory/survey.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { packedText } from '../platform/node/packed-text.ts'
import { diffDocument } from '../present/html/diff-document.ts'
import { htmlPage } from '../present/html/html-page.ts'
import { imageDocument, ownerKeys } from '../present/html/image-document.ts'
import type { PageDocument, PageImage, PageStart } from '../present/html/page-data.ts'
import { isRemote } from './image-file.ts'
import { type InventoryArguments, inventoryWith } from './open-store.ts'
import { noteLeftOut, noteRereading } from './server-bytes.ts'
import { readVersion } from './version.ts'

/** The document of an image, and the keys of its owners by number. */
interface ImageForPage {
  readonly document: PageImage
  readonly keys: readonly ByteString[]
  readonly inventory: Inventory
}

/** The options of every command that makes a page. */
interface PageArguments extends InventoryArguments {
  readonly image: string
  readonly deep?: boolean | undefined
}

/** Makes the document of an image. What is inside a file on a server takes contents, so it is left out, and that is said. */
export async function imageForPage(
  survey: Survey,
  options: PageArguments,
  advice?: Advice | undefined,
): Promise<ImageForPage> {
  const inside = !isRemote(options.image) || options.deep === true
  const inventory = await inventoryWith(survey, options, { files: true, outside: true, inside })
  if (!inside) noteLeftOut(survey)
  const tree = sizeTree(inventory, inventory.isSaved ? undefined : survey.open)
  const document = imageDocument(inventory, tree, advice ?? adviceFor(survey, inventory))
  return { document, keys: ownerKeys(inventory), inventory }
}

/** The advice for a NixOS image; undefined for another one. */
function adviceFor(survey: Survey, inventory: Inventory): Advice | undefined {
  const { references } = inventory
  if (references === undefined) return undefined
  const sizes = sizesOfInventory(inventory, references)
  const side: CheckSide = inventory.isSaved ? inventory : { ...inventory, contents: survey }
  return nixosSystemIn(side, sizes) === undefined ? undefined : advise(side, sizes)
}

/** A page about one image. */
export async function imagePage(
  survey: Survey,
  options: PageArguments,
  start?: PageStart,
  advice?: Advice,
): Promise<Iterable<string>> {
  return pageOf([(await imageForPage(survey, options, advice)).document], start)
}

/** A page about what changed between two images, and about these. */
export async function diffPage(
  result: Diff,
  surveys: { readonly old: Survey; readonly new: Survey },
  options: InventoryArguments & { readonly old: string; readonly new: string },
): Promise<Iterable<string>> {
  const sideOf = (survey: Survey, image: string): Promise<ImageForPage> => {
    if (isRemote(image)) noteRereading(image, 'what is inside, for the page,', survey.open.file.size)
    return imageForPage(survey, { ...options, image, deep: true })
  }
  const before = await sideOf(surveys.old, options.old)
  const after = await sideOf(surveys.new, options.new)
  const [old, now] = [
    { document: 2, keys: before.keys },
    { document: 1, keys: after.keys },
  ]
  const changes = diffDocument(result, old, now)
  return pageOf([changes, after.document, before.document])
}

/** How a page begins that the user wants by a grouping. */
export function startBy(by: Grouping | undefined): PageStart | undefined {
  return by === undefined ? undefined : { by }
}

/** A page that shows documents. */
export function pageOf(documents: readonly PageDocument[], start?: PageStart): Iterable<string> {
  return [htmlPage({ version: readVersion(), documents, ...(start === undefined ? {} : { start }) }, packedText)]
}
