import { type ByteString, byteStringOfText } from '../../../parsers/bytes/byte-string.ts'
import type { ErrorCode, FormatErrorFacts } from '../../../parsers/bytes/errors.ts'
import { traitsOf } from '../../../parsers/formats.ts'
import { type Account, HIDDEN_BY_LAYERS, type ImageInside } from '../../inventory/attribution.ts'
import type { ImageSummary } from '../../inventory/image-summary.ts'
import type { InsideImage } from '../../inventory/inside.ts'
import { partsOf } from '../../inventory/json.ts'
import {
  checkShape,
  count,
  flag,
  list,
  nullable,
  object,
  oneOf,
  optional,
  type Shape,
  ShapeError,
  text,
  where,
} from '../../inventory/json-shape.ts'
import {
  accountKinds,
  contentName,
  type ErrorJson,
  errorCode,
  errorFacts,
  mentionKind,
  ownerRole,
  type PartsJson,
  places,
  type ReferencesJson,
  summaryFields,
} from '../../inventory/part-shapes.ts'
import { Survey, type SurveyParts } from '../../inventory/survey.ts'
import { type Inventory, inventoryOf } from '../../inventory/take-inventory.ts'
import type { Mention } from '../../owners/mentions.ts'
import { kindOfKeys, modelOfKind } from '../../owners/models.ts'
import { isOwnerKey, keyOfName } from '../../owners/names.ts'
import type { ContentName } from '../../owners/owner.ts'
import type { OwnerRole } from '../../owners/reference-kind.ts'
import { REFERENCES_ORIGINS, type ReferencesOrigin } from '../../owners/references.ts'
import { bytesOfBase64 } from './base64.ts'
import { FIRST_SCHEMA, fromFirst } from './first-report.ts'
import { REPORT_SCHEMA } from './report.ts'
import {
  bytesOfJson,
  type EntryJson,
  EntryReader,
  entryShape,
  type OutsideJson,
  outsideShape,
  type TextOrBytes,
  textOrBytesShape,
  type UsualJson,
  usualShape,
  type XattrSetJson,
  xattrSetsShape,
} from './saved-files.ts'

interface SummaryJson extends Omit<ImageSummary, 'squashfs' | 'owners' | 'packages'> {
  readonly squashfs: readonly SquashfsJson[]
  readonly storePathCount: number
  readonly packageCount?: number
}

/** The part of `reportJson`'s output that we read back. */
interface ReportJson {
  readonly schema: string
  /** Earlier versions lack it, and know no store but that of Nix. */
  readonly ownerKind?: string
  readonly image: SummaryJson
  readonly referencesFrom: ReferencesOrigin | null
  readonly storeDirectory: string | null
  readonly boots: readonly { readonly path: string; readonly configurations: readonly string[] }[]
  readonly accounts: readonly AccountJson[]
  readonly storePaths: readonly StorePathJson[]
  readonly packages?: readonly PackageJson[]
  readonly absentPaths: readonly { readonly path: string; readonly references: readonly string[] }[]
  readonly incompletePaths: readonly string[]
  readonly absentPackages?: readonly AbsentPackageJson[]
  readonly incompletePackages?: readonly string[]
  readonly byChance?: readonly NamedReferenceJson[]
  readonly hiddenReferences?: readonly HiddenReferenceJson[]
  readonly systemMentions?: readonly SystemMentionJson[]
  readonly weakReferences?: readonly NamedReferenceJson[]
  readonly usual?: UsualJson
  readonly outside?: readonly OutsideJson[]
  readonly xattrSets?: readonly XattrSetJson[]
  readonly inside?: readonly InsideJson[]
  readonly paidTwice?: readonly PaidTwiceJson[]
  readonly comparedAll?: boolean
  readonly identicalFiles?: readonly SameContentJson[]
  readonly storedOnce?: readonly StoredOnceJson[]
  readonly shared: readonly {
    readonly owners: readonly string[]
    readonly shares: readonly number[]
    readonly others: boolean
    readonly bytes: number
  }[]
  readonly warnings: readonly (FormatErrorFacts & {
    readonly code: ErrorCode
    readonly detail: string
    readonly message: string
    readonly about: 'image' | 'inside' | 'references' | 'compressed'
  })[]
}

interface NamedReferenceJson {
  readonly from: string
  readonly to: string
}

interface SystemMentionJson extends NamedReferenceJson {
  readonly file: string
  readonly fileBase64?: string
}

interface HiddenReferenceJson extends NamedReferenceJson {
  readonly file: string
  readonly fileBase64?: string
  readonly kind: Mention['kind']
  readonly offset: number
}

interface SameContentJson {
  readonly size: number
  readonly places: readonly {
    readonly imagePath: string
    readonly imagePathBase64?: string
    readonly path: string
    readonly pathBase64?: string
    readonly files: number
    readonly compression: string | null
    readonly own: number
  }[]
}

interface StoredOnceJson {
  readonly imagePath: string
  readonly imagePathBase64?: string
  readonly files: number
  readonly bytes: number
  readonly contents: readonly {
    readonly size: number
    readonly own: number
    readonly sharedBy: readonly { readonly path: string; readonly pathBase64?: string }[]
  }[]
}

interface PaidTwiceJson {
  readonly storePath?: string
  readonly package?: string
  readonly places: readonly {
    readonly imagePath?: string
    readonly imagePathBase64?: string
    /** What `imagePath` was called before the first release with this schema. */
    readonly image?: string
    readonly imageBase64?: string
    readonly path: string
    readonly pathBase64?: string
    readonly own: number
    readonly partial: boolean
  }[]
}

interface InsideJson extends Omit<InsideImage, 'path' | 'otherNames' | 'accounts'> {
  readonly path: string
  readonly pathBase64?: string
  readonly otherNames?: readonly TextOrBytes[]
  readonly accounts: readonly AccountJson[]
}

interface SquashfsJson extends Omit<ImageSummary['squashfs'][number], 'otherNames'> {
  readonly otherNames?: readonly TextOrBytes[]
}

interface AccountJson extends Omit<Account, 'kind' | 'name' | 'otherNames' | 'owner'> {
  readonly kind: Exclude<Account['kind'], 'owner'> | 'storePath' | 'package'
  readonly path?: string
  readonly pathBase64?: string
  readonly name?: string
  readonly nameBase64?: string
  readonly otherNames?: readonly TextOrBytes[]
  readonly regionBase64?: string
  readonly storePath?: string
  readonly package?: string
}

interface StorePathJson {
  readonly path: string
  readonly content?: ContentName
  readonly narHash?: string
  readonly source?: string
  readonly references?: readonly string[]
  readonly role?: OwnerRole
  readonly entries?: readonly EntryJson[]
}

/** A package: as a store path, but that it has a key for a path. */
interface PackageJson extends Omit<StorePathJson, 'path'> {
  readonly key: string
}

interface AbsentPackageJson {
  readonly key: string
  readonly references: readonly string[]
}

const storePath = where((value) => typeof value === 'string' && isOwnerKey(keyOfName(value)), 'must be a store path')
const storePaths = list(storePath)

const accountFields = object<AccountJson>({
  kind: oneOf('storePath', 'package', ...accountKinds),
  path: optional(text),
  pathBase64: optional(text),
  name: optional(text),
  nameBase64: optional(text),
  otherNames: optional(list(textOrBytesShape)),
  region: text,
  regionBase64: optional(text),
  own: count,
  unpacked: count,
  files: count,
  storePath: optional(storePath),
  package: optional(storePath),
  inLayers: optional(oneOf(...HIDDEN_BY_LAYERS)),
  places: optional(places),
  morePlaces: optional(count),
})
const account: Shape = (value) => {
  const flaw = accountFields(value)
  if (flaw !== undefined) return flaw
  const { path, name } = value as AccountJson
  return path === undefined && name === undefined ? { place: '.name', problem: 'is missing' } : undefined
}

const placeFields = object<PaidTwiceJson['places'][number]>({
  imagePath: optional(text),
  imagePathBase64: optional(text),
  image: optional(text),
  imageBase64: optional(text),
  path: text,
  pathBase64: optional(text),
  own: count,
  partial: flag,
})
const placeOfCopy: Shape = (value) => {
  const flaw = placeFields(value)
  if (flaw !== undefined) return flaw
  const { imagePath, image } = value as PaidTwiceJson['places'][number]
  return imagePath === undefined && image === undefined ? { place: '.imagePath', problem: 'is missing' } : undefined
}

/** @param references whether the report includes references */
function reportShape(references: boolean): Shape {
  const ofOwner = {
    content: optional(contentName),
    narHash: optional(text),
    source: optional(text),
    references: references ? storePaths : optional(storePaths),
    role: optional(ownerRole),
    entries: optional(list(entryShape)),
  }
  return object<ReportJson>({
    schema: text,
    ownerKind: optional(text),
    image: object<SummaryJson>({
      ...summaryFields(textOrBytesShape),
      storePathCount: count,
      packageCount: optional(count),
    }),
    referencesFrom: oneOf(...REFERENCES_ORIGINS, null),
    storeDirectory: references ? text : nullable(text),
    boots: list(object<ReportJson['boots'][number]>({ path: text, configurations: list(text) })),
    accounts: list(account),
    storePaths: list(object<StorePathJson>({ path: storePath, ...ofOwner })),
    packages: optional(list(object<PackageJson>({ key: storePath, ...ofOwner }))),
    absentPaths: list(object<ReportJson['absentPaths'][number]>({ path: storePath, references: storePaths })),
    incompletePaths: storePaths,
    absentPackages: optional(list(object<AbsentPackageJson>({ key: storePath, references: storePaths }))),
    incompletePackages: optional(storePaths),
    byChance: optional(list(object<NamedReferenceJson>({ from: storePath, to: storePath }))),
    weakReferences: optional(list(object<NamedReferenceJson>({ from: storePath, to: storePath }))),
    systemMentions: optional(
      list(object<SystemMentionJson>({ from: storePath, to: storePath, file: text, fileBase64: optional(text) })),
    ),
    hiddenReferences: optional(
      list(
        object<HiddenReferenceJson>({
          from: storePath,
          to: storePath,
          file: text,
          fileBase64: optional(text),
          kind: mentionKind,
          offset: count,
        }),
      ),
    ),
    usual: optional(usualShape),
    outside: optional(outsideShape),
    xattrSets: optional(xattrSetsShape),
    paidTwice: optional(
      list(
        object<PaidTwiceJson>({
          storePath: optional(storePath),
          package: optional(storePath),
          places: list(placeOfCopy),
        }),
      ),
    ),
    comparedAll: optional(flag),
    identicalFiles: optional(
      list(
        object<SameContentJson>({
          size: count,
          places: list(
            object<SameContentJson['places'][number]>({
              imagePath: text,
              imagePathBase64: optional(text),
              path: text,
              pathBase64: optional(text),
              files: count,
              compression: nullable(text),
              own: count,
            }),
          ),
        }),
      ),
    ),
    storedOnce: optional(
      list(
        object<StoredOnceJson>({
          imagePath: text,
          imagePathBase64: optional(text),
          files: count,
          bytes: count,
          contents: list(
            object<StoredOnceJson['contents'][number]>({
              size: count,
              own: count,
              sharedBy: list(
                object<StoredOnceJson['contents'][number]['sharedBy'][number]>({
                  path: text,
                  pathBase64: optional(text),
                }),
              ),
            }),
          ),
        }),
      ),
    ),
    inside: optional(
      list(
        object<InsideJson>({
          path: text,
          pathBase64: optional(text),
          otherNames: optional(list(textOrBytesShape)),
          format: text,
          facts: object<InsideJson['facts']>({}),
          size: count,
          own: count,
          accounts: list(account),
        }),
      ),
    ),
    shared: list(
      object<ReportJson['shared'][number]>({ owners: storePaths, shares: list(count), others: flag, bytes: count }),
    ),
    warnings: list(
      object<ReportJson['warnings'][number]>({
        ...errorFacts,
        code: errorCode,
        detail: text,
        message: text,
        about: oneOf('image', 'inside', 'references', 'compressed'),
      }),
    ),
  })
}

/** A report that cannot replace its image. */
export class ReportError extends Error {
  override readonly name: string = 'ReportError'
}

/**
 * What a saved report says about its image.
 * @param json text from `reportJson`
 * @throws {ReportError} if it has another schema or is incomplete
 */
export function readReport(json: string): SurveyParts {
  const report = parsed(json)
  try {
    checkShape(report, reportShape((report as ReportJson).referencesFrom !== null))
    return partsOf(asParts(withPackages(report as ReportJson)))
  } catch (error) {
    if (error instanceof ShapeError) throw notWhole(error.message)
    throw error
  }
}

/**
 * The inventory that a saved report holds.
 * @param json what `reportJson` wrote
 * @throws {ReportError} when it is of another schema, or not whole
 */
export function readInventory(json: string): Promise<Inventory> {
  const known = readReport(json)
  const noImage = (): never => {
    throw new ReportError('has no contents: the image itself is needed for this')
  }
  const hasFiles = known.files !== undefined
  return inventoryOf(new Survey(noImage, {}, known), known.saved === null ? 'none' : 'auto', {
    files: hasFiles,
    outside: hasFiles,
  })
}

/** A JSON text that says it is a report of ours. */
function parsed(json: string): unknown {
  let value: { readonly schema?: unknown } | null
  try {
    value = JSON.parse(json) as typeof value
  } catch {
    throw new ReportError('is not valid JSON, so not a saved report')
  }
  const schema = value?.schema
  if (schema === REPORT_SCHEMA) return value
  if (schema === FIRST_SCHEMA) return fromFirst(value!)
  if (typeof schema === 'string' && schema.startsWith(REPORT_SCHEMA.replace(/\d+$/, ''))) {
    throw new ReportError(
      `is a saved report of schema ${JSON.stringify(schema)}, and only ${REPORT_SCHEMA} and ${FIRST_SCHEMA} are read here; save it anew`,
    )
  }
  const found = typeof schema === 'string' ? `of schema ${JSON.stringify(schema)}` : 'without a schema'
  throw new ReportError(`is JSON ${found}, and neither an image nor a saved report (${REPORT_SCHEMA})`)
}

function notWhole(problem: string): ReportError {
  return new ReportError(`is not a whole ${REPORT_SCHEMA}: ${problem}`)
}

/** A report whose packages are among the store paths, with their keys for paths. */
interface UnitedReport extends Omit<ReportJson, 'packages' | 'absentPackages' | 'incompletePackages'> {
  /** Those too that have no files, and are no owners. */
  readonly packages?: readonly StorePathJson[]
}

/** The report with its packages among the owners. A package without an account has no files, and is no owner. */
function withPackages({ packages, absentPackages = [], incompletePackages = [], ...json }: ReportJson): UnitedReport {
  if (packages === undefined) return json
  const asPaths = packages.map(({ key, ...one }) => ({ path: key, ...one }))
  const owners = new Set(json.accounts.map((account) => account.package))
  return {
    ...json,
    packages: asPaths,
    storePaths: [...json.storePaths, ...asPaths.filter(({ path }) => owners.has(path))],
    absentPaths: [...json.absentPaths, ...absentPackages.map(({ key, references }) => ({ path: key, references }))],
    incompletePaths: [...json.incompletePaths, ...incompletePackages],
  }
}

/** The report as what we know of an image. */
function asParts(json: UnitedReport): PartsJson {
  const warningsAbout = (about: ReportJson['warnings'][number]['about']): ErrorJson[] =>
    json.warnings.filter((warning) => warning.about === about).map(asError)
  const keys = json.storePaths.map(({ path }) => keyIn(path)).sort()
  const twice = keys.find((key, at) => key === keys[at - 1])
  if (twice !== undefined) throw notWhole(`storePaths has ${twice} twice`)
  return {
    ...(keys[0] === undefined ? {} : { kind: modelOfKind(json.ownerKind ?? '')?.kind ?? kindOfKeys(keys) }),
    keys,
    attribution: {
      accounts: json.accounts.map(asAccount),
      shared: json.shared.map(({ owners, ...shared }) => ({ owners: owners.map(keyIn), ...shared })),
      images: imagesOf(json.inside ?? []),
      warnings: warningsAbout('image'),
      complete: json.image.complete,
    },
    summary: asSummary(json.image),
    ...(json.systemMentions === undefined ? {} : { composition: asComposition(json, json.systemMentions) }),
    boots: json.boots.map(({ path, configurations }) => [keyIn(path), configurations.map(byteStringOfText)]),
    ...(json.inside === undefined ? {} : { inside: asInside(json.inside, warningsAbout('inside')) }),
    ...(json.paidTwice === undefined ? {} : { twice: asTwice(json.paidTwice, json.comparedAll ?? true) }),
    ...(json.identicalFiles === undefined ? {} : { equal: asEqual(json.identicalFiles, json.storedOnce ?? []) }),
    ...(json.hiddenReferences === undefined
      ? {}
      : { hidden: { mentions: json.hiddenReferences.map(asMention), warnings: warningsAbout('compressed') } }),
    contentNames: json.storePaths.flatMap(({ path, content }): [ByteString, ContentName][] =>
      content === undefined ? [] : [[keyIn(path), content]],
    ),
    saved: json.referencesFrom === null ? null : asReferences(json, warningsAbout('references')),
    ...asFiles(json),
  }
}

function asSummary({
  storePathCount,
  packageCount = 0,
  volumeId,
  squashfs,
  systems,
  ...rest
}: SummaryJson): ImageSummary {
  return {
    ...rest,
    volumeId: volumeId === null ? null : byteStringOfText(volumeId),
    ...(systems === undefined
      ? {}
      : { systems: systems.map(({ path, ...one }) => ({ path: byteStringOfText(path), ...one })) }),
    squashfs: squashfs.map(({ otherNames, ...inside }) => ({
      ...inside,
      path: byteStringOfText(inside.path),
      ...otherNamesOf(otherNames),
    })),
    owners: storePathCount + packageCount,
    packages: packageCount,
  }
}

/** Whether an image has accounts in the report: neither it nor an image around it is one account, that of its file. */
function isInReport({ format, path }: InsideJson, images: readonly InsideJson[]): boolean {
  const isOneAccount = (name: string): boolean => traitsOf(name).accounts === 'of its file'
  return (
    !isOneAccount(format) && !images.some((other) => isOneAccount(other.format) && path.startsWith(`${other.path}/`))
  )
}

/** The images that have accounts of their own in the report. */
function imagesOf(images: readonly InsideJson[]): readonly ImageInside[] {
  return images
    .filter((image) => isInReport(image, images))
    .map(({ path, pathBase64, otherNames, format, facts, size }) => ({
      path: bytesOfPair(path, pathBase64),
      ...otherNamesOf(otherNames),
      format,
      facts,
      size,
    }))
}

/** The images that have one account in the report. The others are there by their accounts. */
function asInside(images: readonly InsideJson[], warnings: readonly ErrorJson[]): NonNullable<PartsJson['inside']> {
  return {
    images: images
      .filter((image) => !isInReport(image, images))
      .map(({ path, pathBase64, otherNames, accounts, format, facts, size, own }) => ({
        path: bytesOfPair(path, pathBase64),
        ...otherNamesOf(otherNames),
        format,
        facts,
        size,
        own,
        accounts: accounts.map(asAccount),
      })),
    warnings,
    complete: warnings.length === 0,
  }
}

/** Content in several images. The warnings about it are among those about images inside. */
function asTwice(copies: readonly PaidTwiceJson[], complete: boolean): NonNullable<PartsJson['twice']> {
  return {
    copies: copies.map(({ storePath, package: its, places: found }) => ({
      ...ownerOf(storePath ?? its),
      places: found.map(({ image, imageBase64, path, pathBase64, own, partial, ...place }) => ({
        image: bytesOfPair(place.imagePath ?? image, place.imagePathBase64 ?? imageBase64),
        path: bytesOfPair(path, pathBase64),
        own,
        isPartial: partial,
      })),
    })),
    warnings: [],
    complete,
  }
}

/** Equal contents of an image without owners. The warnings about them are among those about images inside. */
function asEqual(
  identical: readonly SameContentJson[],
  storedOnce: readonly StoredOnceJson[],
): NonNullable<PartsJson['equal']> {
  return {
    identical: identical.map(({ size, places: found }) => ({
      size,
      places: found.map(({ imagePath, imagePathBase64, path, pathBase64, files, compression, own }) => ({
        image: bytesOfPair(imagePath, imagePathBase64),
        path: bytesOfPair(path, pathBase64),
        files,
        ...(compression === null ? {} : { compression }),
        own,
      })),
    })),
    storedOnce: storedOnce.map(({ imagePath, imagePathBase64, files, bytes, contents }) => ({
      image: bytesOfPair(imagePath, imagePathBase64),
      files,
      bytes,
      contents: contents.map(({ size, own, sharedBy }) => ({
        size,
        paths: sharedBy.map(({ path, pathBase64 }) => bytesOfPair(path, pathBase64)),
        own,
      })),
    })),
    warnings: [],
  }
}

/** What store paths consist of, and which packages are essential or left over, those without files included. */
function asComposition(
  { storePaths: paths, packages = [], weakReferences }: UnitedReport,
  mentions: readonly SystemMentionJson[],
): NonNullable<PartsJson['composition']> {
  return {
    roles: [...paths, ...packages].flatMap(({ path, role }): [ByteString, OwnerRole][] =>
      role === undefined ? [] : [[keyIn(path), role]],
    ),
    mentions: mentions.map(({ from, to, file, fileBase64 }) => ({
      from: keyIn(from),
      to: keyIn(to),
      path: bytesOfPair(file, fileBase64),
    })),
    ...(weakReferences === undefined
      ? {}
      : { weak: weakReferences.map(({ from, to }) => ({ from: keyIn(from), to: keyIn(to) })) }),
  }
}

function asMention({ from, to, file, fileBase64, kind, offset }: HiddenReferenceJson): Mention {
  return { from: keyIn(from), to: keyIn(to), path: bytesOfPair(file, fileBase64), kind, offset }
}

/** The key in the full name of an owner, as bytes. */
function keyIn(path: string): ByteString {
  return byteStringOfText(keyOfName(path))
}

function asError({ code, detail, about: _, message: __, ...facts }: ReportJson['warnings'][number]): ErrorJson {
  return { code, detail, facts }
}

function ownerOf(path: string | undefined): { owner?: ByteString } {
  return path === undefined ? {} : { owner: keyIn(path) }
}

function asAccount(json: AccountJson): Account {
  const { kind, own, unpacked, files, path, pathBase64, name, nameBase64, otherNames } = json
  const { region, regionBase64, storePath, package: its, inLayers, places: where, morePlaces } = json
  return {
    kind: kind === 'storePath' || kind === 'package' ? 'owner' : kind,
    name: bytesOfPair(path ?? name, pathBase64 ?? nameBase64),
    ...otherNamesOf(otherNames),
    region: bytesOfPair(region, regionBase64),
    own,
    unpacked,
    files,
    ...ownerOf(storePath ?? its),
    ...(inLayers === undefined ? {} : { inLayers }),
    ...(where === undefined ? {} : { places: where }),
    ...(morePlaces === undefined ? {} : { morePlaces }),
  }
}

/** Reads the output of `otherNamesJson`. */
function otherNamesOf(names: readonly TextOrBytes[] | undefined): { otherNames?: readonly ByteString[] } {
  return names === undefined || names.length === 0 ? {} : { otherNames: names.map(bytesOfJson) }
}

/** Reads the output of `named`. */
function bytesOfPair(text: string | undefined, base64: string | undefined): ByteString {
  return base64 === undefined ? byteStringOfText(text!) : bytesOfBase64(base64)
}

function asReferences(json: UnitedReport, warnings: readonly ErrorJson[]): ReferencesJson {
  const owners = [...json.storePaths, ...json.absentPaths]
  const references = new Map(owners.map(({ path, references }) => [keyIn(path), { path, references: references! }]))
  const keys = [...references.keys()].sort()
  const numbers = new Map(keys.map((key, number) => [key, number]))
  const numberOf = (path: string, who: string): number => {
    const number = numbers.get(keyIn(path))
    if (number === undefined) throw notWhole(`${who} ${path}, which is not in it`)
    return number
  }
  return {
    origin: json.referencesFrom!,
    directory: byteStringOfText(json.storeDirectory!),
    contentHashes: json.storePaths.flatMap(({ path, narHash }): [ByteString, string][] =>
      narHash === undefined ? [] : [[keyIn(path), narHash]],
    ),
    ...(json.packages === undefined ? {} : { sources: sourcesIn(json.packages) }),
    keys,
    references: keys.map((key) => {
      const { path, references: others } = references.get(key)!
      return others.map((other) => numberOf(other, `${path} refers to`))
    }),
    warnings,
    incomplete: json.incompletePaths.map((path) => numberOf(path, 'incompletePaths names')),
    ...(json.byChance === undefined
      ? {}
      : {
          byChance: json.byChance.map(({ from, to }) => ({
            from: numberOf(from, 'byChance names'),
            to: numberOf(to, 'byChance names'),
          })),
        }),
  }
}

/** The source packages of packages. */
function sourcesIn(packages: readonly StorePathJson[]): [ByteString, ByteString][] {
  return packages.flatMap(({ path, source }): [ByteString, ByteString][] =>
    source === undefined ? [] : [[keyIn(path), byteStringOfText(source)]],
  )
}

/** Every entry, if the report includes the entries. */
function asFiles({ storePaths, usual, outside, xattrSets }: UnitedReport): Pick<PartsJson, 'files' | 'outside'> {
  if (!storePaths.every(({ entries }) => entries !== undefined)) return {}
  const reader = new EntryReader(usual, xattrSets)
  try {
    return {
      files: storePaths.map(({ path, entries }) => [keyIn(path), entries!.map((entry) => reader.entry(entry))]),
      outside: reader.outside(outside),
    }
  } catch (error) {
    if (error instanceof RangeError) throw notWhole(error.message)
    throw error
  }
}
