import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { FormatError } from '../../parsers/bytes/errors.ts'
import type { OpenImage } from '../images/open-image.ts'
import { type BootedPaths, bootedPaths } from '../owners/nix/roots.ts'
import { type StoreObject, storeObjects } from '../owners/nix/store-objects.ts'
import { STORE_DIRECTORY } from '../owners/nix/store-path.ts'
import { registeredReferences, type StoreReferences } from '../owners/nix/store-references.ts'
import { type ReferenceScan, type ScanOptions, scanReferences } from '../scan/scan-references.ts'
import { scannedReferences } from '../scan/scanned-references.ts'
import { type Attribution, attribute } from './attribution.ts'
import { filesInStore, filesOutside } from './image-files.ts'
import { type ImageSummary, imageSummary } from './image-summary.ts'
import { MetadataReader } from './metadata-reader.ts'
import type { StoreFile, StoreFiles } from './store-files.ts'

/** What the references of an image are to rest on; `auto` is its registration where it has one that can be read. */
export type ReferencesFrom = 'auto' | 'registration' | 'scan'

/** What is known of an image so far: plain data, from which all questions but those about contents are answered. */
export interface SurveyParts {
  /** Base names of the store paths in it, in byte order. */
  storePaths?: readonly ByteString[] | undefined
  attribution?: Attribution | undefined
  summary?: ImageSummary | undefined
  boots?: BootedPaths | undefined
  /** Absent references: there is no registration, or it cannot be read, and then why. */
  registration?:
    | { readonly references?: StoreReferences | undefined; readonly problem?: FormatError | undefined }
    | undefined
  scan?: ReferenceScan | undefined
  /** What is in each store path, by base name. */
  files?: StoreFiles | undefined
  /** What is in none; of a saved report absent where it was saved without. */
  outside?: readonly StoreFile[] | undefined
  /** Of a saved report: the references it was made with; null where it was made without. */
  saved?: StoreReferences | null | undefined
}

/**
 * What there is to know of an image, each part found out when it is first asked for, and once. The image is opened when
 * a part needs it: what is known of an earlier time stands in for it.
 */
export class Survey {
  /** What is known by now. */
  readonly parts: SurveyParts
  readonly #openImage: () => OpenImage
  readonly #scanOptions: ScanOptions
  #open: OpenImage | undefined
  #objects: ReadonlyMap<ByteString, StoreObject> | undefined
  readonly #metadata = new MetadataReader()

  constructor(openImage: () => OpenImage, scanOptions: ScanOptions = {}, known: SurveyParts = {}) {
    this.#openImage = openImage
    this.#scanOptions = scanOptions
    this.parts = known
  }

  /** The image itself, for questions about contents. @throws {FormatError} as `openImage` does */
  get open(): OpenImage {
    this.#open ??= this.#openImage()
    return this.#open
  }

  /** The store paths as they lie in the image, for questions about contents. */
  get objects(): ReadonlyMap<ByteString, StoreObject> {
    this.#objects ??= storeObjects(this.open)
    return this.#objects
  }

  get storePaths(): readonly ByteString[] {
    this.parts.storePaths ??= [...this.objects.keys()]
    return this.parts.storePaths
  }

  get attribution(): Attribution {
    this.parts.attribution ??= attribute(this.open)
    return this.parts.attribution
  }

  get summary(): ImageSummary {
    this.parts.summary ??= imageSummary(this.open, this.attribution)
    return this.parts.summary
  }

  get boots(): BootedPaths {
    this.parts.boots ??= bootedPaths(this.open)
    return this.parts.boots
  }

  /** What is in each store path. */
  get files(): StoreFiles {
    this.parts.files ??= filesInStore(this.objects, this.#metadata)
    return this.parts.files
  }

  /** What is in no store path; undefined of a report that was saved without. */
  get outside(): readonly StoreFile[] | undefined {
    if (this.parts.saved === undefined) this.parts.outside ??= filesOutside(this.open, this.objects, this.#metadata)
    return this.parts.outside
  }

  /** What of the metadata of `files` and `outside`, as far as they were asked for, cannot be read. */
  get metadataProblems(): readonly FormatError[] {
    return this.#metadata.problems
  }

  /** Every mention of a store path in another, by looking for hashes in all of the image. */
  async scan(): Promise<ReferenceScan> {
    this.parts.scan ??= await scanReferences(this.open, this.objects, this.#scanOptions)
    return this.parts.scan
  }

  /**
   * The references between the store paths.
   * @returns undefined when a registration is asked for and the image has none, or a saved report was made without any
   * @throws {FormatError} when a registration is asked for and cannot be read
   */
  async references(from: ReferencesFrom): Promise<StoreReferences | undefined> {
    const { saved } = this.parts
    if (saved !== undefined && (from === 'auto' || from === saved?.origin)) return saved ?? undefined
    if (from === 'scan') return this.#scanned()
    const { references, problem } = this.#registration
    if (from === 'registration' && problem !== undefined) throw problem
    if (from === 'registration' || references !== undefined) return references
    const scanned = await this.#scanned()
    if (problem === undefined) return scanned
    const { code, detail, facts } = problem
    const instead = new FormatError(code, `${detail}, so the references come from a scan`, facts)
    return { ...scanned, warnings: [instead, ...scanned.warnings] }
  }

  /** Where the store paths are said to be, as far as that can be told without a scan. */
  get storeDirectory(): ByteString {
    const { saved } = this.parts
    const references = saved === undefined ? this.#registration.references : saved
    return references?.storeDirectory ?? STORE_DIRECTORY
  }

  get #registration(): NonNullable<SurveyParts['registration']> {
    this.parts.registration ??= this.#readRegistration()
    return this.parts.registration
  }

  #readRegistration(): NonNullable<SurveyParts['registration']> {
    try {
      const references = registeredReferences(this.open, new Set(this.storePaths))
      return references === undefined ? {} : { references }
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      return { problem: error }
    }
  }

  async #scanned(): Promise<StoreReferences> {
    return scannedReferences(await this.scan(), this.storePaths)
  }
}
