import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { FormatError, type FormatErrorFacts } from '../../parsers/bytes/errors.ts'
import { neighbours, referenceGraph } from '../graph/reference-graph.ts'
import type { Mention } from '../owners/mentions.ts'
import { OWNER_MODELS } from '../owners/models.ts'
import { isOwnerKey } from '../owners/names.ts'
import type { References } from '../owners/references.ts'
import type { ScanError } from '../scan/scan-job.ts'
import type { ReferenceScan } from '../scan/scan-references.ts'
import type { Account, Attribution, ContentInCommon, ImageInside } from './attribution.ts'
import type { ImageSummary } from './image-summary.ts'
import { checkShape, count, flag, list, object, oneOf, optional, type Shape, text, tuple, where } from './json-shape.ts'
import type { SurveyParts } from './survey.ts'
import { accountKinds, errorCode, errorFacts, places, summaryFields } from './survey-shapes.ts'

/** Parts of a survey as JSON. Byte strings stay as they are, with a character for each byte. */
interface PartsJson {
  readonly kind?: string | undefined
  readonly keys?: readonly ByteString[] | undefined
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

interface ReferencesJson extends Omit<References, 'graph' | 'contentHashes' | 'warnings'> {
  readonly contentHashes: readonly (readonly [ByteString, string])[]
  readonly keys: readonly ByteString[]
  /** For each node, the nodes that it refers to. */
  readonly references: readonly (readonly number[])[]
  readonly warnings: readonly ScanError[]
}

/** The files of each owner that mention other owners. */
interface ScanJson {
  readonly paths: readonly ByteString[]
  /** Number of the owner, path inside it, kind, then number and offset of each mention. */
  readonly files: readonly (readonly [number, ByteString, Mention['kind'], ...number[]])[]
  readonly failures: readonly { readonly owner: ByteString; readonly error: ScanError }[]
}

const bytes = where((value) => typeof value === 'string' && !/[^\0-\xff]/.test(value), 'must be bytes')
const key = where((value) => typeof value === 'string' && isOwnerKey(value), 'must be the key of an owner')
const errorShape = object<ScanError>({ code: errorCode, detail: text, facts: object<FormatErrorFacts>(errorFacts) })

const attributionShape = object<AttributionJson>({
  accounts: list(
    object<Account>({
      kind: oneOf('owner', ...accountKinds),
      name: bytes,
      otherNames: optional(list(bytes)),
      region: bytes,
      own: count,
      unpacked: count,
      files: count,
      owner: optional(key),
      places: optional(places),
      morePlaces: optional(count),
    }),
  ),
  shared: list(object<ContentInCommon>({ owners: list(key), shares: list(count), others: flag, bytes: count })),
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
  directory: bytes,
  contentHashes: list(tuple(key, text)),
  keys: list(key),
  references: list(list(count)),
  warnings: list(errorShape),
  incomplete: list(count),
})

/** Number of the owner, path inside it and kind, then pairs of numbers. */
const fileShape: Shape = (value) =>
  tuple(count, bytes, oneOf('content', 'target', 'name'))(value) ?? list(count)((value as unknown[]).slice(3))

const partShapes: { readonly [Part in keyof PartsJson]-?: Shape } = {
  kind: optional(oneOf(...OWNER_MODELS.map(({ kind }) => kind))),
  keys: optional(list(key)),
  attribution: optional(attributionShape),
  summary: optional(object<ImageSummary>({ ...summaryFields(bytes), owners: count })),
  boots: optional(list(tuple(bytes, list(bytes)))),
  registration: optional(
    object<RegistrationJson>({ references: optional(referencesShape), problem: optional(errorShape) }),
  ),
  scan: optional(
    object<ScanJson>({
      paths: list(key),
      files: list(fileShape),
      failures: list(object<ScanJson['failures'][number]>({ owner: key, error: errorShape })),
    }),
  ),
}
const partsShape = object<PartsJson>(partShapes)

/** How many of the known parts `surveyToJson` writes. It omits the files, which are fast to read again. */
export function countKept(parts: SurveyParts): number {
  return Object.entries(parts).filter(([part, value]) => value !== undefined && Object.hasOwn(partShapes, part)).length
}

export function surveyToJson({ kind, keys, attribution, summary, boots, registration, scan }: SurveyParts): string {
  const json: PartsJson = {
    kind,
    keys,
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
  const { kind, keys, attribution, summary, boots, registration, scan } = json as PartsJson
  return {
    kind,
    keys,
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

/** Checks that the parts agree: names belong to existing owners, numbers are valid, and sizes add up. */
function checkWhole({ keys = [], attribution, summary, registration, scan }: PartsJson): void {
  const known = new Set(keys)
  const { accounts = [], shared = [] } = attribution ?? {}
  const named = [
    ...accounts.flatMap(({ owner }) => owner ?? []),
    ...shared.flatMap((common) => common.owners),
    ...(scan?.paths ?? []),
    ...(scan?.failures.map(({ owner }) => owner) ?? []),
  ]
  const sum = accounts.reduce((total, { own }) => total + own, 0)
  const isWhole =
    isOrdered(keys) &&
    named.every((path) => known.has(path)) &&
    shared.every((common) => common.owners.length === common.shares.length) &&
    (attribution === undefined || summary === undefined || sum === summary.size) &&
    (registration?.references === undefined || isGraph(registration.references, keys)) &&
    (scan === undefined ||
      scan.files.every(
        ([from, , , ...found]) =>
          from < scan.paths.length &&
          found.length % 2 === 0 &&
          found.every((number, at) => at % 2 === 1 || number < scan.paths.length),
      ))
  if (!isWhole) throw new Error('the parts of a survey do not fit together')
}

function isGraph({ keys, references, incomplete }: ReferencesJson, owners: readonly ByteString[]): boolean {
  const known = new Set(keys)
  return (
    isOrdered(keys) &&
    owners.every((key) => known.has(key)) &&
    references.length === keys.length &&
    [...references, incomplete].every((nodes) => nodes.every((node) => node < keys.length))
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

function referencesToJson({ graph, contentHashes, warnings, ...rest }: References): ReferencesJson {
  return {
    ...rest,
    contentHashes: [...contentHashes],
    keys: graph.keys,
    references: graph.keys.map((_, node) => [...neighbours(graph.references, node)]),
    warnings: warnings.map(plain),
  }
}

function referencesOfJson({ keys, references, contentHashes, warnings, ...rest }: ReferencesJson): References {
  const edges = references.flatMap((list, node) => list.flatMap((reference) => [node, reference]))
  return {
    ...rest,
    graph: referenceGraph(keys, edges),
    contentHashes: new Map(contentHashes),
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
    failures: failures.map(({ owner, error }) => ({ owner, error: plain(error) })),
  }
}

function scanOfJson({ paths, files, failures }: ScanJson): ReferenceScan {
  const mentions: Mention[] = []
  for (const [from, path, kind, ...found] of files) {
    for (let index = 0; index < found.length; index += 2) {
      mentions.push({ from: paths[from]!, to: paths[found[index]!]!, path, kind, offset: found[index + 1]! })
    }
  }
  return { mentions, failures: failures.map(({ owner, error }) => ({ owner, error: asError(error) })) }
}
