import { type ByteString, byteString, byteStringOfText } from '../../../parsers/bytes/byte-string.ts'
import { type ErrorCode, FormatError, type FormatErrorFacts } from '../../../parsers/bytes/errors.ts'
import type { EntryType } from '../../../parsers/image.ts'
import type { StoreFiles, SurveyParts } from '../../scan/survey.ts'
import type { Account, ContentInCommon } from '../../store/attribution.ts'
import type { ImageSummary } from '../../store/image-summary.ts'
import type { StoreFile } from '../../store/store-files.ts'
import { storeGraph } from '../../store/store-graph.ts'
import type { StoreReferences } from '../../store/store-references.ts'
import { REPORT_SCHEMA } from './report.ts'

/** What `reportJson` writes, as far as it is read again. */
interface ReportJson {
  readonly schema: string
  readonly image: ImageSummary
  readonly references: 'registration' | 'scan' | null
  readonly storeDirectory: string | null
  readonly boots: readonly { readonly path: string; readonly files: readonly string[] }[]
  readonly accounts: readonly AccountJson[]
  readonly storePaths: readonly StorePathJson[]
  readonly absentPaths: readonly { readonly path: string; readonly references: readonly string[] }[]
  readonly incompletePaths: readonly string[]
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

interface AccountJson extends Omit<Account, 'name'> {
  readonly path?: string
  readonly pathBase64?: string
  readonly name?: string
  readonly nameBase64?: string
  readonly regionBase64?: string
}

interface StorePathJson {
  readonly path: string
  readonly narHash?: string
  readonly references?: readonly string[]
  readonly entries?: readonly (readonly [TextOrBytes, string | number, TextOrBytes?])[]
}

const LISTS = ['boots', 'accounts', 'storePaths', 'absentPaths', 'incompletePaths', 'shared', 'warnings'] as const

type TextOrBytes = string | { readonly base64: string }

/** A report that cannot stand in for an image. */
export class ReportError extends Error {
  override readonly name: string = 'ReportError'
}

/**
 * What a saved report knows of its image.
 * @param text what `reportJson` wrote
 * @throws {ReportError} when it is of another schema, or not whole
 */
export function readReport(text: string): SurveyParts {
  let json: ReportJson
  try {
    json = JSON.parse(text) as ReportJson
  } catch (error) {
    throw new ReportError(`is no whole JSON text: ${(error as Error).message}`)
  }
  const schema: unknown = json?.schema
  if (schema !== REPORT_SCHEMA) {
    const found = typeof schema === 'string' ? `of schema ${JSON.stringify(schema)}` : 'without a schema'
    throw new ReportError(`is JSON ${found}, and no report that is read here (${REPORT_SCHEMA}); save it anew`)
  }
  for (const list of LISTS) {
    if (!Array.isArray(json[list])) throw new ReportError(`is not a whole ${REPORT_SCHEMA}: "${list}" is no list`)
  }
  try {
    return partsOf(json)
  } catch (error) {
    // What is missing or of another type; a report that isoscope wrote has everything.
    if (error instanceof TypeError) throw new ReportError(`is not a whole ${REPORT_SCHEMA}: ${error.message}`)
    throw error
  }
}

function partsOf(json: ReportJson): SurveyParts {
  const warningsAbout = (about: 'image' | 'references'): FormatError[] =>
    json.warnings.filter((warning) => warning.about === about).map(asError)
  const accounts = json.accounts.map(asAccount)
  const sum = accounts.reduce((total, { own }) => total + own, 0)
  if (sum !== json.image.size) {
    throw new ReportError(
      `is not a whole ${REPORT_SCHEMA}: its accounts have ${sum} bytes, and its image ${json.image.size}`,
    )
  }
  const known = new Set(json.storePaths.map(({ path }) => baseOf(path)))
  const references = json.references === null ? undefined : asReferences(json, warningsAbout('references'))
  const { files } = asFiles(json)
  return {
    storePaths: json.storePaths.map(({ path }) => baseOf(path)).sort(),
    attribution: {
      accounts,
      shared: json.shared.map((shared) => asShared(shared, known)),
      images: [],
      warnings: warningsAbout('image'),
      complete: json.image.complete === true,
    },
    summary: {
      ...json.image,
      complete: json.image.complete === true,
      volumeId: json.image.volumeId === null ? null : asBytes(json.image.volumeId),
      squashfs: json.image.squashfs.map((squashfs) => ({ ...squashfs, path: asBytes(squashfs.path) })),
    },
    boots: new Map(json.boots.map(({ path, files: configurations }) => [baseOf(path), configurations.map(asBytes)])),
    saved: references ?? null,
    ...(files === undefined ? {} : { files }),
  }
}

/** Text as the bytes of its UTF-8 encoding. */
function asBytes(text: string): ByteString {
  if (typeof text !== 'string') throw new TypeError(`${JSON.stringify(text)} is no text`)
  return byteStringOfText(text)
}

/** "/nix/store/hash-name" has the base name "hash-name". */
function baseOf(path: string): ByteString {
  return asBytes(path.slice(path.lastIndexOf('/') + 1))
}

function asError({ code, detail, about: _, message: __, ...facts }: ReportJson['warnings'][number]): FormatError {
  return new FormatError(code, detail, facts)
}

function asAccount(json: AccountJson): Account {
  const { kind, own, unpacked, files, path, pathBase64, name, nameBase64, region, regionBase64, storePath } = json
  for (const count of [own, unpacked, files]) {
    if (!Number.isSafeInteger(count) || count < 0) throw new TypeError(`${String(count)} is no size`)
  }
  return {
    kind,
    name: bytesOfPair(path ?? name, pathBase64 ?? nameBase64),
    region: bytesOfPair(region, regionBase64),
    own,
    unpacked,
    files,
    ...(storePath === undefined ? {} : { storePath: baseOf(storePath) }),
  }
}

function asShared(
  { storePaths, shares, others, bytes }: ReportJson['shared'][number],
  known: ReadonlySet<ByteString>,
): ContentInCommon {
  if (storePaths.length !== shares.length) throw new TypeError('a share for each store path is missing')
  for (const path of storePaths) if (!known.has(baseOf(path))) throw new TypeError(`${path} is not in it`)
  for (const count of [bytes, ...shares]) {
    if (!Number.isSafeInteger(count)) throw new TypeError(`${String(count)} is no size`)
  }
  return { storePaths: storePaths.map(baseOf), shares, others, bytes }
}

/** What `named` wrote. */
function bytesOfPair(text: string | undefined, base64: string | undefined): ByteString {
  return base64 === undefined ? asBytes(text!) : byteString(Buffer.from(base64, 'base64'))
}

function asReferences(json: ReportJson, warnings: readonly FormatError[]): StoreReferences {
  const nodes = [...json.storePaths, ...json.absentPaths]
  const paths = nodes.map(({ path }) => baseOf(path)).sort()
  const numbers = new Map(paths.map((base, number) => [base, number]))
  const edges: number[] = []
  for (const { path, references } of nodes) {
    for (const reference of references!) {
      const to = numbers.get(baseOf(reference))
      if (to === undefined) throw new ReportError(`refers to ${reference}, which is not in it`)
      edges.push(numbers.get(baseOf(path))!, to)
    }
  }
  return {
    graph: storeGraph(paths, edges),
    origin: json.references!,
    storeDirectory: asBytes(json.storeDirectory!),
    narHashes: new Map(
      json.storePaths.flatMap(({ path, narHash }): [ByteString, string][] =>
        narHash === undefined ? [] : [[baseOf(path), narHash]],
      ),
    ),
    warnings,
    incomplete: json.incompletePaths.map((path) => numbers.get(baseOf(path))!),
  }
}

/** What is in the store paths, should the report have it. */
function asFiles({ storePaths }: ReportJson): { readonly files?: StoreFiles } {
  if (!storePaths.every(({ entries }) => entries !== undefined)) return {}
  return { files: new Map(storePaths.map(({ path, entries }) => [baseOf(path), entries!.map(asFile)])) }
}

function asFile([name, what, third]: NonNullable<StorePathJson['entries']>[number]): StoreFile {
  const path = bytesOfJson(name)
  if (typeof what === 'number') return { path, type: 'file', size: what, executable: third === 'x' }
  return {
    path,
    type: what as EntryType,
    size: 0,
    executable: false,
    ...(what === 'symlink' ? { target: bytesOfJson(third!) } : {}),
  }
}

/** What `textOrBytes` wrote. */
function bytesOfJson(value: TextOrBytes): ByteString {
  return typeof value === 'string' ? asBytes(value) : byteString(Buffer.from(value.base64, 'base64'))
}
