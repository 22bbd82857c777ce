import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { FormatError } from '../../parsers/bytes/errors.ts'
import type { OpenImage } from '../images/open-image.ts'
import { unitedReferences } from '../owners/combined-model.ts'
import type { Mention } from '../owners/mentions.ts'
import { modelOfKind, OWNER_MODELS } from '../owners/models.ts'
import { hashOf, isNameless } from '../owners/names.ts'
import type { ContentName, ContentNames, Owner, OwnerModel } from '../owners/owner.ts'
import { ownersIn } from '../owners/owners-in.ts'
import type { Composition } from '../owners/reference-kind.ts'
import type { References } from '../owners/references.ts'
import { type BootedOwners, bootedOwners } from '../owners/roots.ts'
import { mark } from '../platform/timeline.ts'
import { hiddenReferences, referencesByChance } from '../scan/compressed-references.ts'
import { type CompressedScan, scanCompressed } from '../scan/scan-compressed.ts'
import { type ReferenceScan, type ScanOptions, scanReferences } from '../scan/scan-references.ts'
import { scannedReferences } from '../scan/scanned-references.ts'
import { type Attribution, attribute } from './attribution.ts'
import type { FileFacts, OwnedFiles } from './file-facts.ts'
import { filesOfOwners, filesOutside } from './image-files.ts'
import { type ImageSummary, imageSummary } from './image-summary.ts'
import { type Inside, insideOf } from './inside.ts'
import { MetadataReader } from './metadata-reader.ts'
import { findCopies, type PaidTwiceList, paidTwice } from './paid-twice.ts'
import { type EqualContents, findSameContents, limitsOfReport, type SameContents } from './same-contents.ts'

/** Where references come from; `auto` takes the registration of the image if we can read it, else a scan. */
export type ReferencesFrom = 'auto' | 'registration' | 'scan'

/** What we know about an image so far, as plain data. It answers all questions except those about contents. */
export interface SurveyParts {
  /** The model of the owners in it, by kind. */
  kind?: string | undefined
  /** Keys of the owners in it, in byte order. */
  keys?: readonly ByteString[] | undefined
  attribution?: Attribution | undefined
  summary?: ImageSummary | undefined
  boots?: BootedOwners | undefined
  /** What owners consist of; absent if their model does not ask, or if a saved report lacks it. */
  composition?: Composition | undefined
  /** The images that have one account in a report; absent if a saved report lacks them. */
  inside?: Inside | undefined
  /** Content that is in several images; absent if a saved report lacks it. */
  twice?: PaidTwiceList | undefined
  /** Of an image without owners. */
  equal?: EqualContents | undefined
  /** What owners whose names say nothing are by their contents. */
  contentNames?: ContentNames | undefined
  /** Without references, there is no registration, or we could not read it and `problem` says why. */
  registration?:
    | { readonly references?: References | undefined; readonly problem?: FormatError | undefined }
    | undefined
  scan?: ReferenceScan | undefined
  /** What compressed content mentions. */
  compressed?: CompressedScan | undefined
  /** What a saved report says of it. */
  hidden?: HiddenReferences | undefined
  /** The entries of each owner, by key. */
  files?: OwnedFiles | undefined
  /** The entries without an owner; absent if a saved report lacks them. */
  outside?: readonly FileFacts[] | undefined
  /** The references of a saved report; null if it was saved without. */
  saved?: References | null | undefined
}

/** What compressed content says of references. */
export interface HiddenReferences {
  /** Mentions that are no references of the graph, because Nix does not look into compressed content. */
  readonly mentions: readonly Mention[]
  /** Files that we could not read in full, which may have more. */
  readonly warnings: readonly FormatError[]
}

/** How a survey looks for references. */
export interface SurveyOptions extends ScanOptions {
  /** Whether to look for references in compressed content too. */
  readonly deep?: boolean | undefined
}

/**
 * Everything that we can find out about an image. We compute each part on the first request, and only once. We open the
 * image only if a part needs it, because an earlier run may have found the part.
 */
export class Survey {
  /** What we know so far. */
  readonly parts: SurveyParts
  readonly #openImage: () => OpenImage
  readonly #scanOptions: SurveyOptions
  #open: OpenImage | undefined
  readonly #metadata = new MetadataReader()

  constructor(openImage: () => OpenImage, scanOptions: SurveyOptions = {}, known: SurveyParts = {}) {
    this.#openImage = openImage
    this.#scanOptions = scanOptions
    this.parts = known
  }

  /** The image itself, for questions about contents. @throws {FormatError} as `openImage` does */
  get open(): OpenImage {
    this.#open ??= this.#openImage()
    return this.#open
  }

  /** The owners in the image, for questions about contents. */
  get owners(): ReadonlyMap<ByteString, Owner> {
    return ownersIn(this.open).owners
  }

  /** The model of the owners. */
  get model(): OwnerModel {
    if (this.parts.saved === undefined) this.parts.kind ??= ownersIn(this.open).model.kind
    return modelOfKind(this.parts.kind ?? '') ?? OWNER_MODELS[0]
  }

  /** The keys of the owners, in byte order. */
  get keys(): readonly ByteString[] {
    this.parts.keys ??= [...this.owners.keys()]
    return this.parts.keys
  }

  get attribution(): Attribution {
    if (this.parts.attribution === undefined) {
      this.parts.attribution = attribute(this.open)
      mark('bytes are attributed')
    }
    return this.parts.attribution
  }

  async summary(): Promise<ImageSummary> {
    this.parts.summary ??= await imageSummary(this.open, this.attribution)
    return this.parts.summary
  }

  /** The name and the size of the image's file. */
  get file(): Pick<ImageSummary, 'name' | 'size'> {
    return this.parts.summary ?? this.open.file
  }

  /** What is in the images that have one account in a report; undefined if a saved report lacks it. */
  get inside(): Inside | undefined {
    if (this.parts.saved === undefined && this.parts.inside === undefined) {
      this.parts.inside = insideOf(this.open, () => this.attribution)
      mark('images inside are told apart')
    }
    return this.parts.inside
  }

  /** Content that is in several images; undefined if a saved report lacks it. */
  get twice(): PaidTwiceList | undefined {
    const { inside } = this
    if (this.parts.saved === undefined && inside !== undefined && this.parts.twice === undefined) {
      this.parts.twice = paidTwice(findCopies(this.open), this.attribution, inside)
      mark('copies are compared')
    }
    return this.parts.twice
  }

  /** The large ones of equal contents in an image without owners; undefined with owners, and if a saved report lacks them. */
  get equal(): EqualContents | undefined {
    if (this.parts.saved === undefined && this.parts.equal === undefined && this.keys.length === 0) {
      const { identical, storedOnce, warnings } = findSameContents(this.open, false, limitsOfReport(this.file.size))
      this.parts.equal = { identical, storedOnce, warnings }
      mark('equal contents are found')
    }
    return this.parts.equal
  }

  /**
   * Equal contents, in one image or in several; undefined for a saved report, which has none.
   * @param isDeep whether to read everything, and to unpack all compressed files
   */
  sameContents(isDeep: boolean): SameContents | undefined {
    if (this.parts.saved !== undefined) return undefined
    const found = findSameContents(this.open, isDeep)
    mark('equal contents are found')
    return found
  }

  get boots(): BootedOwners {
    this.parts.boots ??= bootedOwners(this.open)
    return this.parts.boots
  }

  /** What owners consist of; undefined if their model does not ask, and if a saved report lacks it. */
  get composition(): Composition | undefined {
    if (this.parts.saved === undefined && this.model.compositionOf !== undefined) {
      this.parts.composition ??= this.model.compositionOf(this.owners)
    }
    return this.parts.composition
  }

  /** What owners whose names say nothing are by their contents, as far as these tell. */
  get contentNames(): ContentNames {
    const known = this.parts.contentNames
    if (known !== undefined) return known
    const nameless = this.parts.saved === undefined ? this.keys.filter(isNameless) : []
    const names = new Map<ByteString, ContentName>()
    if (nameless.length === 0) return names
    for (const key of nameless) {
      const owner = this.owners.get(key)
      const name = owner && this.model.contentName?.(owner)
      if (name !== undefined) names.set(key, name)
    }
    this.parts.contentNames = names
    return names
  }

  /** The entries of each owner. */
  get files(): OwnedFiles {
    this.parts.files ??= filesOfOwners(this.owners, this.#metadata)
    return this.parts.files
  }

  /** The entries without an owner; undefined if a saved report lacks them. */
  get outside(): readonly FileFacts[] | undefined {
    if (this.parts.saved === undefined) this.parts.outside ??= filesOutside(this.open, this.owners, this.#metadata)
    return this.parts.outside
  }

  /** The errors of metadata in `files` and `outside`, as far as the caller has asked for these. */
  get metadataProblems(): readonly FormatError[] {
    return this.#metadata.problems
  }

  /** The owners that contents name by their hashes. */
  get #hashedOwners(): ReadonlyMap<ByteString, Owner> {
    return new Map([...this.owners].filter(([key]) => hashOf(key) !== ''))
  }

  /** Every mention of an owner in another, from a search of the whole image for hashes. */
  async scan(): Promise<ReferenceScan> {
    this.parts.scan ??= await scanReferences(this.open, this.#hashedOwners, this.#scanOptions)
    return this.parts.scan
  }

  /** What compressed content mentions. */
  async compressed(): Promise<CompressedScan> {
    this.parts.compressed ??= await scanCompressed(this.open, this.#hashedOwners, this.#scanOptions.progress)
    return this.parts.compressed
  }

  /**
   * What compressed content mentions that is no reference of the graph; undefined if the caller did not ask for a deep
   * survey, and if a saved report lacks it.
   */
  async hidden({ graph }: References): Promise<HiddenReferences | undefined> {
    if (this.parts.saved !== undefined) return this.parts.hidden
    if (this.#scanOptions.deep !== true) return undefined
    const scan = await this.compressed()
    return { mentions: hiddenReferences(graph, scan), warnings: scan.failures.map(({ error }) => error) }
  }

  /**
   * The references between the owners. In a deep survey it says which of them are there by chance.
   * @returns undefined if the caller asks for a registration and the image has none, if a saved report has no
   * references, or if the image declares none and there are no hashes to scan for
   * @throws {FormatError} if the caller asks for a registration that we cannot read
   */
  async references(from: ReferencesFrom): Promise<References | undefined> {
    const references = await this.#referencesFrom(from)
    if (references === undefined || this.#scanOptions.deep !== true || this.parts.saved !== undefined) return references
    const byChance = referencesByChance(references.graph, await this.scan(), await this.compressed())
    return { ...references, byChance }
  }

  async #referencesFrom(from: ReferencesFrom): Promise<References | undefined> {
    const { saved } = this.parts
    if (saved !== undefined && (from === 'auto' || from === saved?.origin)) return saved ?? undefined
    if (from === 'scan') return this.#scanned()
    const { references, problem } = this.#registration
    if (from === 'registration' && problem !== undefined) throw problem
    if (from === 'registration' || references !== undefined) return references
    const scanned = await this.#scanned()
    if (problem === undefined) return scanned
    if (scanned === undefined) throw problem
    const { code, detail, facts } = problem
    const instead = new FormatError(code, `${detail}, so the references come from a scan`, facts)
    return { ...scanned, warnings: [instead, ...scanned.warnings] }
  }

  /** The store directory of the paths, as far as we know it without a scan. */
  get directory(): ByteString {
    const { saved } = this.parts
    const references = saved === undefined ? this.#registration.references : saved
    return references?.directory ?? this.model.directory
  }

  get #registration(): NonNullable<SurveyParts['registration']> {
    this.parts.registration ??= this.#readRegistration()
    return this.parts.registration
  }

  #readRegistration(): NonNullable<SurveyParts['registration']> {
    try {
      const references = this.model.declared(ownersIn(this.open).images, new Set(this.keys))
      return references === undefined ? {} : { references }
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      return { problem: error }
    }
  }

  async #scanned(): Promise<References | undefined> {
    if (this.model.hashOf === undefined) return undefined
    const keys = this.keys.filter((key) => hashOf(key) !== '')
    const scanned = scannedReferences(await this.scan(), keys, this.model.directory)
    // Contents do not name packages: a package manager declares what these refer to.
    const beside = this.model.declaredBeside?.(ownersIn(this.open).images, new Set(this.keys))
    return beside === undefined ? scanned : unitedReferences([scanned, beside])
  }
}
