import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { type Advice, advise, nixosSystemIn } from '../../analyses/advise.ts'
import type { Diff } from '../../analyses/diff.ts'
import { sizesOfInventory } from '../../analyses/graph-sizes.ts'
import { sizeTree } from '../../analyses/size-tree.ts'
import type { CheckSide } from '../../analyses/subject-parts.ts'
import type { Survey } from '../../inventory/survey.ts'
import type { Inventory } from '../../inventory/take-inventory.ts'
import { diffDocument } from './diff-document.ts'
import { imageDocument, ownerKeys } from './image-document.ts'
import type { PageDocument, PageImage } from './page-data.ts'

/** What the inventory of an image needs for its whole document. Without `inside`, that is left out. */
export const NEEDED_BY_PAGES = { files: true, outside: true, inside: true } as const

/** The document of an image, and the keys of its owners by number. */
export interface ImageForPage {
  readonly document: PageImage
  readonly keys: readonly ByteString[]
  readonly inventory: Inventory
}

/**
 * Makes the document of an image.
 * @param inventory has what `NEEDED_BY_PAGES` says, or less
 */
export function imageForPage(
  survey: Survey,
  inventory: Inventory,
  advice: Advice | undefined = adviceFor(survey, inventory),
): ImageForPage {
  const tree = sizeTree(inventory, inventory.isSaved ? undefined : survey.open)
  return { document: imageDocument(inventory, tree, advice), keys: ownerKeys(inventory), inventory }
}

/** The advice for a NixOS image; undefined for another one. */
function adviceFor(survey: Survey, inventory: Inventory): Advice | undefined {
  const { references } = inventory
  if (references === undefined) return undefined
  const sizes = sizesOfInventory(inventory, references)
  const side: CheckSide = inventory.isSaved ? inventory : { ...inventory, contents: survey }
  return nixosSystemIn(side, sizes) === undefined ? undefined : advise(side, sizes)
}

/** The documents of a page about what changed between two images, and about these. */
export function diffDocuments(result: Diff, before: ImageForPage, after: ImageForPage): readonly PageDocument[] {
  const [old, now] = [
    { document: 2, keys: before.keys },
    { document: 1, keys: after.keys },
  ]
  return [diffDocument(result, old, now), after.document, before.document]
}
