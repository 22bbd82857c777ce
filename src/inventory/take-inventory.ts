import { absoluteFile } from '#platform/file-source'
import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Limits } from '../../parsers/bytes/limits.ts'
import { explained } from '../images/explained.ts'
import { type OpenImage, type OpenOptions, openImage } from '../images/open-image.ts'
import type { ContentNames } from '../owners/owner.ts'
import type { Composition } from '../owners/reference-kind.ts'
import type { References } from '../owners/references.ts'
import { type BootedOwners, findRoots, type Root } from '../owners/roots.ts'
import type { ImageFile } from '../platform/image-file.ts'
import type { ScanOptions } from '../scan/scan-references.ts'
import type { Attribution } from './attribution.ts'
import type { FileFacts, OwnedFiles } from './file-facts.ts'
import type { ImageSummary } from './image-summary.ts'
import type { Inside } from './inside.ts'
import type { PaidTwiceList } from './paid-twice.ts'
import type { EqualContents } from './same-contents.ts'
import { type HiddenReferences, type ReferencesFrom, Survey, type SurveyOptions } from './survey.ts'

/** The content of an image and the use of its every byte, as plain data for the analyses. */
export interface Inventory {
  readonly image: ImageSummary
  /** The kind of its owners: "nix". */
  readonly kind: string
  /** The directory before a key in the full name of an owner: "/nix/store". */
  readonly directory: ByteString
  readonly attribution: Attribution
  /** Undefined if there are no owners, or if the caller did not ask for references. */
  readonly references: References | undefined
  /** What owners consist of. Absent without references, if their model does not ask, and if a saved report lacks it. */
  readonly composition?: Composition | undefined
  /** The owners that boot loaders start. */
  readonly boots: BootedOwners
  /** The roots of the owners; empty without references. */
  readonly roots: readonly Root[]
  /** What owners whose names say nothing are by their contents; absent if none are known. */
  readonly contentNames?: ContentNames
  /** The entries of each owner. Absent unless the caller asked for them. */
  readonly files?: OwnedFiles
  /** The entries without an owner. Absent unless the caller asked for them, or if a saved report lacks them. */
  readonly outside?: readonly FileFacts[] | undefined
  /**
   * The images that have one account in a report, such as an initrd. Absent unless the caller asked for them, or if a
   * saved report lacks them.
   */
  readonly inside?: Inside | undefined
  /** Content that is in several images. Present if `inside` is. */
  readonly twice?: PaidTwiceList | undefined
  /** Equal contents of an image without owners. Absent unless the caller asked for them, with owners, or if a saved report lacks them. */
  readonly equal?: EqualContents | undefined
  /** What compressed content mentions that is no reference. Absent unless the caller asked for a deep inventory. */
  readonly hidden?: HiddenReferences | undefined
  /** Whether it comes from a saved report, which has no contents. */
  readonly isSaved: boolean
}

/** What an inventory has besides sizes and references. */
export interface InventoryNeeds {
  /** The entries of each owner. A diff needs them. */
  readonly files?: boolean | undefined
  /** The entries without an owner. */
  readonly outside?: boolean | undefined
  /** What is in images that have one account in a report. We may have to unpack them. */
  readonly inside?: boolean | undefined
  /** Equal contents, if there are no owners. We have to read some. */
  readonly equal?: boolean | undefined
}

export interface InventoryOptions extends Omit<ScanOptions, 'file'>, InventoryNeeds {
  /** Where references come from; `none` leaves them out. `auto` by default. */
  readonly references?: ReferencesFrom | 'none'
  /** Byte offset at which the image begins in the file. */
  readonly offset?: number
  /** The limits that no image may exceed, where they are not DEFAULT_LIMITS. */
  readonly limits?: Partial<Limits>
  /** Whether to look into all files for images, and into compressed content for references. */
  readonly deep?: boolean
}

/**
 * Takes the inventory of an image file.
 * @throws {FormatError} if it holds no image that we can read; the system's error if we cannot open it
 */
export async function takeInventory(file: ImageFile, options: InventoryOptions = {}): Promise<Inventory> {
  const { offset = 0, limits = {}, deep = false, ...rest } = options
  const open = await opened(file, { offset, limits, deep })
  try {
    return await inventoryWith(open, { ...rest, deep, file: absoluteFile(file) })
  } finally {
    open.close()
  }
}

/**
 * Takes the inventory of an open image, and leaves it open. Use it for bytes that do not come from a file. It scans in one
 * thread.
 */
export function takeInventoryOf(
  open: OpenImage,
  options: Omit<InventoryOptions, 'offset' | 'limits' | 'jobs'> = {},
): Promise<Inventory> {
  return inventoryWith(open, options)
}

function inventoryWith(
  open: OpenImage,
  {
    references = 'auto',
    files,
    outside,
    inside,
    equal,
    ...scanOptions
  }: InventoryNeeds & SurveyOptions & Pick<InventoryOptions, 'references'>,
): Promise<Inventory> {
  return inventoryOf(new Survey(() => open, scanOptions), references, { files, outside, inside, equal })
}

/** The image of a file; where there is none, the error says what the file is instead. */
async function opened(file: ImageFile, options: OpenOptions): Promise<OpenImage> {
  try {
    return openImage(file, options)
  } catch (error) {
    throw await explained(error, file)
  }
}

/** The inventory from a survey. */
export async function inventoryOf(
  survey: Survey,
  from: ReferencesFrom | 'none',
  { files = false, outside = false, inside = false, equal = false }: InventoryNeeds = {},
): Promise<Inventory> {
  const hasReferences = from !== 'none' && survey.keys.length > 0
  // Threads look for references while this thread attributes sizes.
  const [references, image] = await Promise.all([hasReferences ? survey.references(from) : undefined, survey.summary()])
  const { attribution } = survey
  const roots = references === undefined ? [] : findRoots(survey.boots, references.graph)
  const hidden = references === undefined ? undefined : await survey.hidden(references)
  return {
    image,
    kind: survey.model.kind,
    directory: references?.directory ?? survey.model.directory,
    attribution,
    references,
    ...(references === undefined ? {} : { composition: survey.composition }),
    boots: survey.boots,
    roots,
    ...(survey.contentNames.size === 0 ? {} : { contentNames: survey.contentNames }),
    ...(files ? { files: survey.files } : {}),
    ...(outside ? { outside: survey.outside } : {}),
    ...(inside ? { inside: survey.inside, twice: survey.twice } : {}),
    ...(equal && survey.equal !== undefined ? { equal: survey.equal } : {}),
    ...(hidden === undefined ? {} : { hidden }),
    isSaved: survey.parts.saved !== undefined,
  }
}
