import { type ByteString, byteString, byteStringOfText } from '../../../parsers/bytes/byte-string.ts'
import { type ErrorCode, FormatError, type FormatErrorFacts } from '../../../parsers/bytes/errors.ts'
import { referenceGraph } from '../../graph/reference-graph.ts'
import type { Account, ContentInCommon } from '../../inventory/attribution.ts'
import type { ImageSummary } from '../../inventory/image-summary.ts'
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
import { Survey, type SurveyParts } from '../../inventory/survey.ts'
import { accountKinds, errorCode, errorFacts, places, summaryFields } from '../../inventory/survey-shapes.ts'
import { type Inventory, inventoryOf } from '../../inventory/take-inventory.ts'
import { isOwnerKey, keyOfName } from '../../owners/names.ts'
import type { References } from '../../owners/references.ts'
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

interface SummaryJson extends Omit<ImageSummary, 'squashfs' | 'owners'> {
  readonly squashfs: readonly SquashfsJson[]
  readonly storePaths: number
}

/** The part of `reportJson`'s output that we read back. */
interface ReportJson {
  readonly schema: string
  readonly image: SummaryJson
  readonly references: 'registration' | 'scan' | null
  readonly storeDirectory: string | null
  readonly boots: readonly { readonly path: string; readonly files: readonly string[] }[]
  readonly accounts: readonly AccountJson[]
  readonly storePaths: readonly StorePathJson[]
  readonly absentPaths: readonly { readonly path: string; readonly references: readonly string[] }[]
  readonly incompletePaths: readonly string[]
  readonly usual?: UsualJson
  readonly outside?: readonly OutsideJson[]
  readonly xattrSets?: readonly XattrSetJson[]
  readonly shared: readonly {
    readonly storePaths: readonly string[]
    readonly shares: readonly number[]
    readonly others: boolean
    readonly bytes: number
  }[]
  readonly warnings: readonly (FormatErrorFacts & {
    readonly code: ErrorCode
    readonly detail: string
    readonly message: string
    readonly about: 'image' | 'references'
  })[]
}

interface SquashfsJson extends Omit<ImageSummary['squashfs'][number], 'otherNames'> {
  readonly otherNames?: readonly TextOrBytes[]
}

interface AccountJson extends Omit<Account, 'kind' | 'name' | 'otherNames' | 'owner'> {
  readonly kind: Exclude<Account['kind'], 'owner'> | 'storePath'
  readonly path?: string
  readonly pathBase64?: string
  readonly name?: string
  readonly nameBase64?: string
  readonly otherNames?: readonly TextOrBytes[]
  readonly regionBase64?: string
  readonly storePath?: string
}

interface StorePathJson {
  readonly path: string
  readonly narHash?: string
  readonly references?: readonly string[]
  readonly entries?: readonly EntryJson[]
}

const storePath = where((value) => typeof value === 'string' && isOwnerKey(keyOfName(value)), 'must be a store path')
const storePaths = list(storePath)

const accountFields = object<AccountJson>({
  kind: oneOf('storePath', ...accountKinds),
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
  places: optional(places),
  morePlaces: optional(count),
})
const account: Shape = (value) => {
  const flaw = accountFields(value)
  if (flaw !== undefined) return flaw
  const { path, name } = value as AccountJson
  return path === undefined && name === undefined ? { place: '.name', problem: 'is missing' } : undefined
}

/** @param references whether the report includes references */
function reportShape(references: boolean): Shape {
  return object<ReportJson>({
    schema: text,
    image: object<SummaryJson>({ ...summaryFields(textOrBytesShape), storePaths: count }),
    references: oneOf('registration', 'scan', null),
    storeDirectory: references ? text : nullable(text),
    boots: list(object<ReportJson['boots'][number]>({ path: text, files: list(text) })),
    accounts: list(account),
    storePaths: list(
      object<StorePathJson>({
        path: storePath,
        narHash: optional(text),
        references: references ? storePaths : optional(storePaths),
        entries: optional(list(entryShape)),
      }),
    ),
    absentPaths: list(object<ReportJson['absentPaths'][number]>({ path: storePath, references: storePaths })),
    incompletePaths: storePaths,
    usual: optional(usualShape),
    outside: optional(outsideShape),
    xattrSets: optional(xattrSetsShape),
    shared: list(object<ReportJson['shared'][number]>({ storePaths, shares: list(count), others: flag, bytes: count })),
    warnings: list(
      object<ReportJson['warnings'][number]>({
        ...errorFacts,
        code: errorCode,
        detail: text,
        message: text,
        about: oneOf('image', 'references'),
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
    checkShape(report, reportShape((report as ReportJson).references !== null))
  } catch (error) {
    if (error instanceof ShapeError) throw notWhole(error.message)
    throw error
  }
  return partsOf(report as ReportJson)
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
  if (typeof schema === 'string' && schema.startsWith(REPORT_SCHEMA.replace(/\d+$/, ''))) {
    throw new ReportError(
      `is a saved report of schema ${JSON.stringify(schema)}, and only ${REPORT_SCHEMA} is read here; save it anew`,
    )
  }
  const found = typeof schema === 'string' ? `of schema ${JSON.stringify(schema)}` : 'without a schema'
  throw new ReportError(`is JSON ${found}, and neither an image nor a saved report (${REPORT_SCHEMA})`)
}

function notWhole(problem: string): ReportError {
  return new ReportError(`is not a whole ${REPORT_SCHEMA}: ${problem}`)
}

function partsOf(json: ReportJson): SurveyParts {
  const warningsAbout = (about: 'image' | 'references'): FormatError[] =>
    json.warnings.filter((warning) => warning.about === about).map(asError)
  const accounts = json.accounts.map(asAccount)
  const sum = accounts.reduce((total, { own }) => total + own, 0)
  if (sum !== json.image.size) {
    throw notWhole(`its accounts have ${sum} bytes, and its image ${json.image.size}`)
  }
  const known = new Set(json.storePaths.map(({ path }) => keyIn(path)))
  const references = json.references === null ? undefined : asReferences(json, warningsAbout('references'))
  return {
    kind: 'nix',
    keys: json.storePaths.map(({ path }) => keyIn(path)).sort(),
    attribution: {
      accounts,
      shared: json.shared.map((shared, index) => asShared(shared, index, known)),
      images: [],
      warnings: warningsAbout('image'),
      complete: json.image.complete,
    },
    summary: asSummary(json.image),
    boots: new Map(
      json.boots.map(({ path, files: configurations }) => [keyIn(path), configurations.map(byteStringOfText)]),
    ),
    saved: references ?? null,
    ...asFiles(json),
  }
}

function asSummary({ storePaths, volumeId, squashfs, ...rest }: SummaryJson): ImageSummary {
  return {
    ...rest,
    volumeId: volumeId === null ? null : byteStringOfText(volumeId),
    squashfs: squashfs.map(({ otherNames, ...inside }) => ({
      ...inside,
      path: byteStringOfText(inside.path),
      ...otherNamesOf(otherNames),
    })),
    owners: storePaths,
  }
}

/** The key in the full name of an owner, as bytes. */
function keyIn(path: string): ByteString {
  return byteStringOfText(keyOfName(path))
}

function asError({ code, detail, about: _, message: __, ...facts }: ReportJson['warnings'][number]): FormatError {
  return new FormatError(code, detail, facts)
}

function asAccount(json: AccountJson): Account {
  const { kind, own, unpacked, files, path, pathBase64, name, nameBase64, otherNames } = json
  const { region, regionBase64, storePath, places: where, morePlaces } = json
  return {
    kind: kind === 'storePath' ? 'owner' : kind,
    name: bytesOfPair(path ?? name, pathBase64 ?? nameBase64),
    ...otherNamesOf(otherNames),
    region: bytesOfPair(region, regionBase64),
    own,
    unpacked,
    files,
    ...(storePath === undefined ? {} : { owner: keyIn(storePath) }),
    ...(where === undefined ? {} : { places: where }),
    ...(morePlaces === undefined ? {} : { morePlaces }),
  }
}

/** Reads the output of `otherNamesJson`. */
function otherNamesOf(names: readonly TextOrBytes[] | undefined): { otherNames?: readonly ByteString[] } {
  return names === undefined || names.length === 0 ? {} : { otherNames: names.map(bytesOfJson) }
}

function asShared(
  { storePaths, shares, others, bytes }: ReportJson['shared'][number],
  index: number,
  known: ReadonlySet<ByteString>,
): ContentInCommon {
  if (storePaths.length !== shares.length) throw notWhole(`shared[${index}].shares has not one for each store path`)
  const owners = storePaths.map(keyIn)
  for (const key of owners) if (!known.has(key)) throw notWhole(`shared[${index}] names ${key}, which is not in it`)
  return { owners, shares, others, bytes }
}

/** Reads the output of `named`. */
function bytesOfPair(text: string | undefined, base64: string | undefined): ByteString {
  return base64 === undefined ? byteStringOfText(text!) : byteString(Buffer.from(base64, 'base64'))
}

function asReferences(json: ReportJson, warnings: readonly FormatError[]): References {
  const nodes = [...json.storePaths, ...json.absentPaths]
  const keys = nodes.map(({ path }) => keyIn(path)).sort()
  const numbers = new Map(keys.map((key, number) => [key, number]))
  const edges: number[] = []
  for (const { path, references } of nodes) {
    for (const reference of references!) {
      const to = numbers.get(keyIn(reference))
      if (to === undefined) throw notWhole(`${path} refers to ${reference}, which is not in it`)
      edges.push(numbers.get(keyIn(path))!, to)
    }
  }
  return {
    graph: referenceGraph(keys, edges),
    origin: json.references!,
    directory: byteStringOfText(json.storeDirectory!),
    contentHashes: new Map(
      json.storePaths.flatMap(({ path, narHash }): [ByteString, string][] =>
        narHash === undefined ? [] : [[keyIn(path), narHash]],
      ),
    ),
    warnings,
    incomplete: json.incompletePaths.map((path) => {
      const number = numbers.get(keyIn(path))
      if (number === undefined) throw notWhole(`incompletePaths names ${path}, which is not in it`)
      return number
    }),
  }
}

/** Every entry, if the report includes the entries. */
function asFiles({ storePaths, usual, outside, xattrSets }: ReportJson): Pick<SurveyParts, 'files' | 'outside'> {
  if (!storePaths.every(({ entries }) => entries !== undefined)) return {}
  const reader = new EntryReader(usual, xattrSets)
  try {
    return {
      files: new Map(
        storePaths.map(({ path, entries }) => [keyIn(path), entries!.map((entry) => reader.entry(entry))]),
      ),
      outside: reader.outside(outside),
    }
  } catch (error) {
    if (error instanceof RangeError) throw notWhole(error.message)
    throw error
  }
}
