import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { FormatError, type FormatErrorFacts } from '../../parsers/bytes/errors.ts'
import { neighbours, referenceGraph } from '../graph/reference-graph.ts'
import type { Mention } from '../owners/nix/mentions.ts'
import { isStorePathName } from '../owners/nix/store-path.ts'
import type { StoreReferences } from '../owners/nix/store-references.ts'
import type { ScanError } from '../scan/scan-job.ts'
import type { ReferenceScan } from '../scan/scan-references.ts'
import type { Account, Attribution, ContentInCommon, ImageInside } from './attribution.ts'
import type { ImageSummary } from './image-summary.ts'
import { checkShape, count, flag, list, object, oneOf, optional, type Shape, text, tuple, where } from './json-shape.ts'
import type { SurveyParts } from './survey.ts'
import { accountKind, errorCode, errorFacts, places, summaryShape } from './survey-shapes.ts'

/** Parts of a survey as JSON. Byte strings stay as they are, with a character for each byte. */
interface PartsJson {
  readonly storePaths?: readonly ByteString[] | undefined
  readonly attribution?: AttributionJson | undefined
  readonly summary?: ImageSummary | undefined
  readonly boots?: readonly (readonly [ByteString, readonly ByteString[]])[] | undefined
  readonly registration?: RegistrationJson | undefined
  readonly scan?: ScanJson | undefined
}

interface AttributionJson extends Omit<Attribution, 'warnings'> {
  readonly warnings: readonly ScanError[]
}

interface RegistrationJson {
  readonly references?: ReferencesJson | undefined
  readonly problem?: ScanError | undefined
}

interface ReferencesJson extends Omit<StoreReferences, 'graph' | 'narHashes' | 'warnings'> {
  readonly narHashes: readonly (readonly [ByteString, string])[]
  readonly paths: readonly ByteString[]
  /** For each path, the numbers of the paths that it refers to. */
  readonly references: readonly (readonly number[])[]
  readonly warnings: readonly ScanError[]
}

/** The files of each store path that mention other store paths. */
interface ScanJson {
  readonly paths: readonly ByteString[]
  /** Number of the store path, path inside it, kind, then number and offset of each mention. */
  readonly files: readonly (readonly [number, ByteString, Mention['kind'], ...number[]])[]
  readonly failures: readonly { readonly path: ByteString; readonly error: ScanError }[]
}

const bytes = where((value) => typeof value === 'string' && !/[^\0-\xff]/.test(value), 'must be bytes')
const base = where((value) => typeof value === 'string' && isStorePathName(value), 'must be a store path')
const errorShape = object<ScanError>({ code: errorCode, detail: text, facts: object<FormatErrorFacts>(errorFacts) })

const attributionShape = object<AttributionJson>({
  accounts: list(
    object<Account>({
      kind: accountKind,
      name: bytes,
      otherNames: optional(list(bytes)),
      region: bytes,
      own: count,
      unpacked: count,
      files: count,
      storePath: optional(base),
      places: optional(places),
      morePlaces: optional(count),
    }),
  ),
  shared: list(object<ContentInCommon>({ storePaths: list(base), shares: list(count), others: flag, bytes: count })),
  images: list(
    object<ImageInside>({
      path: bytes,
      otherNames: optional(list(bytes)),
      format: text,
      facts: object<ImageInside['facts']>({}),
    }),
  ),
  warnings: list(errorShape),
  complete: flag,
})

const referencesShape = object<ReferencesJson>({
  origin: oneOf('registration', 'scan'),
  storeDirectory: bytes,
  narHashes: list(tuple(base, text)),
  paths: list(base),
  references: list(list(count)),
  warnings: list(errorShape),
  incomplete: list(count),
})

/** Number of the store path, path inside it and kind, then pairs of numbers. */
const fileShape: Shape = (value) =>
  tuple(count, bytes, oneOf('content', 'target', 'name'))(value) ?? list(count)((value as unknown[]).slice(3))

const partShapes: { readonly [Part in keyof PartsJson]-?: Shape } = {
  storePaths: optional(list(base)),
  attribution: optional(attributionShape),
  summary: optional(summaryShape(bytes)),
  boots: optional(list(tuple(bytes, list(bytes)))),
  registration: optional(
    object<RegistrationJson>({ references: optional(referencesShape), problem: optional(errorShape) }),
  ),
  scan: optional(
    object<ScanJson>({
      paths: list(base),
      files: list(fileShape),
      failures: list(object<ScanJson['failures'][number]>({ path: base, error: errorShape })),
    }),
  ),
}
const partsShape = object<PartsJson>(partShapes)

/** How many of the known parts `surveyToJson` writes. It omits the files, which are fast to read again. */
export function countKept(parts: SurveyParts): number {
  return Object.entries(parts).filter(([part, value]) => value !== undefined && Object.hasOwn(partShapes, part)).length
}

export function surveyToJson({ storePaths, attribution, summary, boots, registration, scan }: SurveyParts): string {
  const json: PartsJson = {
    storePaths,
    attribution: attribution && { ...attribution, warnings: attribution.warnings.map(plain) },
    summary,
    boots: boots && [...boots],
    registration: registration && {
      references: registration.references && referencesToJson(registration.references),
      problem: registration.problem && plain(registration.problem),
    },
    scan: scan && scanToJson(scan),
  }
  return JSON.stringify(json)
}

/**
 * @param text output of `surveyToJson`
 * @throws {Error} if it is another text
 */
export function surveyOfJson(text: string): SurveyParts {
  const json: unknown = JSON.parse(text)
  checkShape(json, partsShape)
  checkWhole(json as PartsJson)
  const { storePaths, attribution, summary, boots, registration, scan } = json as PartsJson
  return {
    storePaths,
    attribution: attribution && { ...attribution, warnings: attribution.warnings.map(asError) },
    summary,
    boots: boots && new Map(boots),
    registration: registration && {
      references: registration.references && referencesOfJson(registration.references),
      problem: registration.problem && asError(registration.problem),
    },
    scan: scan && scanOfJson(scan),
  }
}

/** Checks that the parts agree: names belong to existing store paths, numbers are valid, and sizes add up. */
function checkWhole({ storePaths = [], attribution, summary, registration, scan }: PartsJson): void {
  const known = new Set(storePaths)
  const { accounts = [], shared = [] } = attribution ?? {}
  const named = [
    ...accounts.flatMap(({ storePath }) => storePath ?? []),
    ...shared.flatMap((common) => common.storePaths),
    ...(scan?.paths ?? []),
    ...(scan?.failures.map(({ path }) => path) ?? []),
  ]
  const sum = accounts.reduce((total, { own }) => total + own, 0)
  const isWhole =
    isOrdered(storePaths) &&
    named.every((path) => known.has(path)) &&
    shared.every((common) => common.storePaths.length === common.shares.length) &&
    (attribution === undefined || summary === undefined || sum === summary.size) &&
    (registration?.references === undefined || isGraph(registration.references, storePaths)) &&
    (scan === undefined ||
      scan.files.every(
        ([from, , , ...found]) =>
          from < scan.paths.length &&
          found.length % 2 === 0 &&
          found.every((number, at) => at % 2 === 1 || number < scan.paths.length),
      ))
  if (!isWhole) throw new Error('the parts of a survey do not fit together')
}

function isGraph({ paths, references, incomplete }: ReferencesJson, storePaths: readonly ByteString[]): boolean {
  const registered = new Set(paths)
  return (
    isOrdered(paths) &&
    storePaths.every((path) => registered.has(path)) &&
    references.length === paths.length &&
    [...references, incomplete].every((numbers) => numbers.every((number) => number < paths.length))
  )
}

/** Whether names are in byte order, each once. */
function isOrdered(names: readonly ByteString[]): boolean {
  return names.every((name, at) => at === 0 || names[at - 1]! < name)
}

function plain({ code, detail, facts }: FormatError): ScanError {
  return { code, detail, facts }
}

function asError({ code, detail, facts }: ScanError): FormatError {
  return new FormatError(code, detail, facts)
}

function referencesToJson({ graph, narHashes, warnings, ...rest }: StoreReferences): ReferencesJson {
  return {
    ...rest,
    narHashes: [...narHashes],
    paths: graph.keys,
    references: graph.keys.map((_, path) => [...neighbours(graph.references, path)]),
    warnings: warnings.map(plain),
  }
}

function referencesOfJson({ paths, references, narHashes, warnings, ...rest }: ReferencesJson): StoreReferences {
  const edges = references.flatMap((list, path) => list.flatMap((reference) => [path, reference]))
  return {
    ...rest,
    graph: referenceGraph(paths, edges),
    narHashes: new Map(narHashes),
    warnings: warnings.map(asError),
  }
}

function scanToJson({ mentions, failures }: ReferenceScan): ScanJson {
  const numbers = new Map<ByteString, number>()
  const numberOf = (path: ByteString): number => {
    const number = numbers.get(path) ?? numbers.size
    numbers.set(path, number)
    return number
  }
  const files = new Map<string, [number, ByteString, Mention['kind'], ...number[]]>()
  for (const { from, to, path, kind, offset } of mentions) {
    const key = `${from}/${path}\0${kind}`
    const known = files.get(key)
    if (known !== undefined) known.push(numberOf(to), offset)
    else files.set(key, [numberOf(from), path, kind, numberOf(to), offset])
  }
  return {
    files: [...files.values()],
    paths: [...numbers.keys()],
    failures: failures.map(({ path, error }) => ({ path, error: plain(error) })),
  }
}

function scanOfJson({ paths, files, failures }: ScanJson): ReferenceScan {
  const mentions: Mention[] = []
  for (const [from, path, kind, ...found] of files) {
    for (let index = 0; index < found.length; index += 2) {
      mentions.push({ from: paths[from]!, to: paths[found[index]!]!, path, kind, offset: found[index + 1]! })
    }
  }
  return { mentions, failures: failures.map(({ path, error }) => ({ path, error: asError(error) })) }
}
