import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { type Advice, advise, nixosSystemIn } from '../analyses/advise.ts'
import { sizesOfInventory } from '../analyses/graph-sizes.ts'
import { sizeTree } from '../analyses/size-tree.ts'
import type { CheckSide } from '../analyses/subject-parts.ts'
import type { Survey } from '../inventory/survey.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { packedText } from '../platform/node/packed-text.ts'
import { htmlPage } from '../present/html/html-page.ts'
import { imageDocument, ownerKeys } from '../present/html/image-document.ts'
import type { PageDocument, PageImage, PageStart } from '../present/html/page-data.ts'
import { readVersion } from './version.ts'

/** What the document of an image needs to know of it. */
export const NEEDED: { readonly files: true; readonly outside: true; readonly inside: true } = {
  files: true,
  outside: true,
  inside: true,
}

/** The document of an image, and the keys of its owners by number. */
export interface ImageForPage {
  readonly document: PageImage
  readonly keys: readonly ByteString[]
}

/**
 * Makes the document of an image.
 * @param inventory of the survey, with what `NEEDED` says
 */
export function imageForPage(survey: Survey, inventory: Inventory): ImageForPage {
  const tree = sizeTree(inventory, inventory.isSaved ? undefined : survey.open)
  return { document: imageDocument(inventory, tree, adviceFor(survey, inventory)), keys: ownerKeys(inventory) }
}

/** The advice for a NixOS image; undefined for another one. */
function adviceFor(survey: Survey, inventory: Inventory): Advice | undefined {
  const { references } = inventory
  if (references === undefined) return undefined
  const sizes = sizesOfInventory(inventory, references)
  const side: CheckSide = inventory.isSaved ? inventory : { ...inventory, contents: survey }
  return nixosSystemIn(side, sizes) === undefined ? undefined : advise(side, sizes)
}

/** A page that shows documents. */
export function pageOf(documents: readonly PageDocument[], start?: PageStart): string {
  return htmlPage({ version: readVersion(), documents, ...(start === undefined ? {} : { start }) }, packedText)
}
