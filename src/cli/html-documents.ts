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
import { type InventoryArguments, inventoryWith } from './open-store.ts'
import { readVersion } from './version.ts'

/** What a page needs to know of an image. */
const NEEDED = { files: true, outside: true, inside: true } as const

/** The document of an image, and the keys of its owners by number. */
interface ImageForPage {
  readonly document: PageImage
  readonly keys: readonly ByteString[]
  readonly inventory: Inventory
}

/** Makes the document of an image. */
export async function imageForPage(
  survey: Survey,
  options: InventoryArguments,
  advice?: Advice | undefined,
): Promise<ImageForPage> {
  const inventory = await inventoryWith(survey, options, NEEDED)
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
  options: InventoryArguments,
  start?: PageStart,
  advice?: Advice,
): Promise<Iterable<string>> {
  return pageOf([(await imageForPage(survey, options, advice)).document], start)
}

/** A page about what changed between two images, and about these. */
export async function diffPage(
  result: Diff,
  surveys: { readonly old: Survey; readonly new: Survey },
  options: InventoryArguments,
): Promise<Iterable<string>> {
  const before = await imageForPage(surveys.old, options)
  const after = await imageForPage(surveys.new, options)
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
