import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { FormatError } from '../../parsers/bytes/errors.ts'
import type { Attribution } from '../store/attribution.ts'
import type { ImageSummary } from '../store/image-summary.ts'
import { neighbours, storeGraph } from '../store/store-graph.ts'
import type { StoreReferences } from '../store/store-references.ts'
import type { ScanError } from './scan-job.ts'
import type { Mention, ReferenceScan } from './scan-references.ts'
import type { SurveyParts } from './survey.ts'

/** Parts of a survey as JSON has them. Byte strings stay as they are: a character for each byte. */
interface PartsJson {
  readonly storePaths?: readonly ByteString[]
  readonly attribution?: Omit<Attribution, 'warnings'> & { readonly warnings: readonly ScanError[] }
  readonly summary?: ImageSummary
  readonly boots?: readonly (readonly [ByteString, readonly ByteString[]])[]
  readonly registration?: { readonly references?: ReferencesJson; readonly problem?: ScanError }
  readonly scan?: ScanJson
}

interface ReferencesJson extends Omit<StoreReferences, 'graph' | 'narHashes' | 'warnings'> {
  readonly narHashes: readonly (readonly [ByteString, string])[]
  readonly paths: readonly ByteString[]
  /** For each path the numbers of those it refers to. */
  readonly references: readonly (readonly number[])[]
  readonly warnings: readonly ScanError[]
}

/** The files of each store path that mention others. */
interface ScanJson {
  readonly paths: readonly ByteString[]
  /** Number of the store path, path inside it, kind, then number and offset of each mention. */
  readonly files: readonly (readonly [number, ByteString, Mention['kind'], ...number[]])[]
  readonly failures: readonly { readonly path: ByteString; readonly error: ScanError }[]
}

export function surveyToJson(parts: SurveyParts): string {
  const { storePaths, attribution, summary, boots, registration, scan } = parts
  const { references, problem } = registration ?? {}
  const json: PartsJson = {
    ...(storePaths === undefined ? {} : { storePaths }),
    ...(attribution === undefined
      ? {}
      : { attribution: { ...attribution, warnings: attribution.warnings.map(plain) } }),
    ...(summary === undefined ? {} : { summary }),
    ...(boots === undefined ? {} : { boots: [...boots] }),
    ...(registration === undefined
      ? {}
      : {
          registration: {
            ...(references === undefined ? {} : { references: referencesToJson(references) }),
            ...(problem === undefined ? {} : { problem: plain(problem) }),
          },
        }),
    ...(scan === undefined ? {} : { scan: scanToJson(scan) }),
  }
  return JSON.stringify(json)
}

/** @param text what `surveyToJson` wrote, whole: it is not checked */
export function surveyOfJson(text: string): SurveyParts {
  const { storePaths, attribution, summary, boots, registration, scan } = JSON.parse(text) as PartsJson
  const { references, problem } = registration ?? {}
  return {
    ...(storePaths === undefined ? {} : { storePaths }),
    ...(attribution === undefined
      ? {}
      : { attribution: { ...attribution, warnings: attribution.warnings.map(asError) } }),
    ...(summary === undefined ? {} : { summary }),
    ...(boots === undefined ? {} : { boots: new Map(boots) }),
    ...(registration === undefined
      ? {}
      : {
          registration: {
            ...(references === undefined ? {} : { references: referencesOfJson(references) }),
            ...(problem === undefined ? {} : { problem: asError(problem) }),
          },
        }),
    ...(scan === undefined ? {} : { scan: scanOfJson(scan) }),
  }
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
    paths: graph.paths,
    references: graph.paths.map((_, path) => [...neighbours(graph.references, path)]),
    warnings: warnings.map(plain),
  }
}

function referencesOfJson({ paths, references, narHashes, warnings, ...rest }: ReferencesJson): StoreReferences {
  const edges = references.flatMap((list, path) => list.flatMap((reference) => [path, reference]))
  return { ...rest, graph: storeGraph(paths, edges), narHashes: new Map(narHashes), warnings: warnings.map(asError) }
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
