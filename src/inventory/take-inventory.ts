import { resolve } from 'node:path'
import { DEFAULT_LIMITS, type Limits } from '../../parsers/bytes/limits.ts'
import { explained } from '../images/explained.ts'
import { type OpenImage, type OpenOptions, openImage } from '../images/open-image.ts'
import { type BootedPaths, findRoots, type Root } from '../owners/nix/roots.ts'
import type { StoreReferences } from '../owners/nix/store-references.ts'
import type { ScanOptions } from '../scan/scan-references.ts'
import type { Attribution } from './attribution.ts'
import type { ImageSummary } from './image-summary.ts'
import type { StoreFile, StoreFiles } from './store-files.ts'
import { type ReferencesFrom, Survey } from './survey.ts'

/** The content of an image and the use of its every byte, as plain data for the analyses. */
export interface Inventory {
  readonly image: ImageSummary
  readonly attribution: Attribution
  /** Undefined if there are no store paths, or if the caller did not ask for references. */
  readonly references: StoreReferences | undefined
  /** The store paths that boot loaders start. */
  readonly boots: BootedPaths
  /** The roots of the store paths; empty without references. */
  readonly roots: readonly Root[]
  /** The entries of each store path. Absent unless the caller asked for them. */
  readonly files?: StoreFiles
  /** The entries outside store paths. Absent unless the caller asked for them, or if a saved report lacks them. */
  readonly outside?: readonly StoreFile[] | undefined
  /** Whether it comes from a saved report, which has no contents. */
  readonly isSaved: boolean
}

/** What an inventory has besides sizes and references. */
export interface InventoryNeeds {
  readonly files?: boolean
  readonly outside?: boolean
}

export interface InventoryOptions extends Omit<ScanOptions, 'file'> {
  /** Where references come from; `none` leaves them out. `auto` is the default. */
  readonly references?: ReferencesFrom | 'none'
  /** Byte offset of an image that begins inside the file. */
  readonly offset?: number
  /** The limits for each image. */
  readonly limits?: Limits
}

/**
 * Takes the inventory of an image file.
 * @throws {FormatError} if it holds no image that we can read; the system's error if we cannot open it
 */
export async function takeInventory(path: string, options: InventoryOptions = {}): Promise<Inventory> {
  const { references = 'auto', offset = 0, limits = DEFAULT_LIMITS, ...scanOptions } = options
  const open = await opened(path, { offset, limits })
  try {
    return await inventoryOf(new Survey(() => open, { ...scanOptions, file: resolve(path) }), references)
  } finally {
    open.close()
  }
}

/** The image in a file. If there is none, the error says what the file is instead. */
async function opened(path: string, options: OpenOptions): Promise<OpenImage> {
  try {
    return openImage(path, options)
  } catch (error) {
    throw await explained(error)
  }
}

/** The inventory from a survey. */
export async function inventoryOf(
  survey: Survey,
  from: ReferencesFrom | 'none',
  { files = false, outside = false }: InventoryNeeds = {},
): Promise<Inventory> {
  const hasReferences = from !== 'none' && survey.storePaths.length > 0
  // Threads look for references while this thread attributes sizes.
  const [references, image] = await Promise.all([
    hasReferences ? survey.references(from) : undefined,
    (async () => survey.summary)(),
  ])
  const { attribution } = survey
  const roots = references === undefined ? [] : findRoots(survey.boots, references.graph)
  return {
    image,
    attribution,
    references,
    boots: survey.boots,
    roots,
    ...(files ? { files: survey.files } : {}),
    ...(outside ? { outside: survey.outside } : {}),
    isSaved: survey.parts.saved !== undefined,
  }
}
