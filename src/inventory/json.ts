import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { neighbours, referenceGraph } from '../graph/reference-graph.ts'
import type { Mention } from '../owners/mentions.ts'
import type { NamedReference } from '../owners/named-reference.ts'
import type { References } from '../owners/references.ts'
import type { CompressedScan } from '../scan/scan-compressed.ts'
import type { ReferenceScan } from '../scan/scan-references.ts'
import { checkShape, ShapeError } from './json-shape.ts'
import {
  type CompressedScanJson,
  type ErrorJson,
  type PartsJson,
  partsShape,
  type ReferencesJson,
  type ScanJson,
} from './part-shapes.ts'
import type { SurveyParts } from './survey.ts'

/** What we know of an image, as JSON. */
export function partsToJson(parts: SurveyParts): string {
  const { kind, keys, attribution, summary, boots, inside, twice, equal, registration, files, outside, saved } = parts
  const { scan, compressed, hidden, composition, contentNames } = parts
  const json: PartsJson = {
    kind,
    keys,
    attribution: attribution && { ...attribution, warnings: attribution.warnings.map(errorToJson) },
    summary,
    boots: boots && [...boots],
    composition: composition && { ...composition, roles: [...composition.roles] },
    inside: inside && { ...inside, warnings: inside.warnings.map(errorToJson) },
    twice: twice && { ...twice, warnings: twice.warnings.map(errorToJson) },
    equal: equal && { ...equal, warnings: equal.warnings.map(errorToJson) },
    registration: registration && {
      references: registration.references && referencesToJson(registration.references),
      problem: registration.problem && errorToJson(registration.problem),
    },
    scan: scan && scanToJson(scan),
    compressed: compressed && compressedToJson(compressed),
    hidden: hidden && { ...hidden, warnings: hidden.warnings.map(errorToJson) },
    contentNames: contentNames && [...contentNames],
    files: files && [...files],
    outside,
    saved: saved && referencesToJson(saved),
  }
  return JSON.stringify(json)
}

/**
 * @param text output of `partsToJson`
 * @throws {SyntaxError} if it is not JSON
 * @throws {ShapeError} if it is other JSON
 */
export function partsOfJson(text: string): SurveyParts {
  const json: unknown = JSON.parse(text)
  checkShape(json, partsShape)
  return partsOf(json as PartsJson)
}

/**
 * What we know of an image, from JSON of the right shape.
 * @throws {ShapeError} if its parts do not fit together
 */
export function partsOf(json: PartsJson): SurveyParts {
  checkWhole(json)
  const { kind, keys, attribution, summary, boots, inside, twice, equal, registration, files, outside, saved } = json
  const { scan, compressed, hidden, composition, contentNames } = json
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(keys === undefined ? {} : { keys }),
    ...(attribution && { attribution: { ...attribution, warnings: attribution.warnings.map(errorOfJson) } }),
    ...(summary && { summary }),
    ...(boots && { boots: new Map(boots) }),
    ...(composition && { composition: { ...composition, roles: new Map(composition.roles) } }),
    ...(inside && { inside: { ...inside, warnings: inside.warnings.map(errorOfJson) } }),
    ...(twice && { twice: { ...twice, warnings: twice.warnings.map(errorOfJson) } }),
    ...(equal && { equal: { ...equal, warnings: equal.warnings.map(errorOfJson) } }),
    ...(registration && {
      registration: {
        ...(registration.references && { references: referencesOfJson(registration.references) }),
        ...(registration.problem && { problem: errorOfJson(registration.problem) }),
      },
    }),
    ...(scan && { scan: scanOfJson(scan) }),
    ...(compressed && { compressed: compressedOfJson(compressed) }),
    ...(hidden && { hidden: { ...hidden, warnings: hidden.warnings.map(errorOfJson) } }),
    ...(contentNames && { contentNames: new Map(contentNames) }),
    ...(files && { files: new Map(files) }),
    ...(outside && { outside }),
    ...(saved === undefined ? {} : { saved: saved && referencesOfJson(saved) }),
  }
}

/** Checks that the parts agree: names belong to existing owners, numbers are valid, and sizes add up. */
function checkWhole({
  keys = [],
  attribution,
  summary,
  inside,
  registration,
  scan,
  compressed,
  composition,
  hidden,
  contentNames = [],
  files = [],
  saved,
}: PartsJson): void {
  const known = new Set(keys)
  const checkOrder = (place: string, names: readonly ByteString[]): void => {
    check(
      place,
      names.every((name, at) => at === 0 || names[at - 1]! < name),
      'must be in order, each once',
    )
  }
  const checkKnown = (place: string, names: readonly ByteString[]): void => {
    const unknown = names.find((name) => !known.has(name))
    check(place, unknown === undefined, `names ${unknown}, which is not in it`)
  }
  checkOrder('keys', keys)
  const { accounts = [], shared = [] } = attribution ?? {}
  checkKnown(
    'accounts',
    accounts.flatMap(({ owner }) => owner ?? []),
  )
  for (const [index, { kind, owner }] of accounts.entries()) {
    check(
      `accounts[${index}]`,
      (kind === 'owner') === (owner !== undefined),
      'must name an owner, or have another kind',
    )
  }
  for (const [index, { owners, shares }] of shared.entries()) {
    checkKnown(`shared[${index}]`, owners)
    check(`shared[${index}].shares`, owners.length === shares.length, 'must have one number for each owner')
  }
  if (attribution !== undefined && summary !== undefined) {
    const sum = accounts.reduce((total, { own }) => total + own, 0)
    check('its accounts', sum === summary.size, `have ${sum} bytes, and its image ${summary.size}`)
  }
  for (const [index, { accounts: parts, own }] of (inside?.images ?? []).entries()) {
    const sum = parts.reduce((total, part) => total + part.own, 0)
    check(`inside[${index}]`, sum === own, `has accounts of ${sum} bytes, and its file takes ${own}`)
  }
  for (const references of [registration?.references, saved]) {
    if (references !== undefined && references !== null) {
      checkOrder('references.keys', references.keys)
      checkReferences(references, keys)
    }
  }
  const checkScan = (name: string, { paths, files, failures }: ScanJson): void => {
    checkKnown(`${name}.paths`, paths)
    checkKnown(
      `${name}.failures`,
      failures.map(({ owner }) => owner),
    )
    for (const [index, [from, , , ...found]] of files.entries()) {
      const isMention = (number: number, at: number): boolean => at % 2 === 1 || number < paths.length
      const isWhole = from < paths.length && found.length % 2 === 0 && found.every(isMention)
      check(`${name}.files[${index}]`, isWhole, 'must have numbers of owners, and pairs')
    }
  }
  if (scan !== undefined) checkScan('scan', scan)
  if (compressed !== undefined) {
    checkScan('compressed', { ...compressed, files: compressed.mentions })
    checkKnown(
      'compressed.files',
      compressed.files.map(({ owner }) => owner),
    )
  }
  // A package without files has references, but it is no owner of bytes.
  const referred = new Set(registration?.references?.keys ?? saved?.keys ?? [])
  checkKnown('composition', composition?.roles.map(([owner]) => owner).filter((key) => !referred.has(key)) ?? [])
  checkKnown('composition.weak', composition?.weak?.flatMap(ends).filter((key) => !referred.has(key)) ?? [])
  checkKnown('composition.mentions', composition?.mentions.flatMap(ends) ?? [])
  checkKnown('hidden', hidden?.mentions.flatMap(ends) ?? [])
  checkKnown(
    'contentNames',
    contentNames.map(([owner]) => owner),
  )
  checkKnown(
    'files',
    files.map(([owner]) => owner),
  )
}

/** The keys at both ends of a reference. */
function ends({ from, to }: NamedReference): readonly ByteString[] {
  return [from, to]
}

function checkReferences(
  { keys, references, incomplete, byChance = [] }: ReferencesJson,
  owners: readonly ByteString[],
): void {
  const known = new Set(keys)
  const missing = owners.find((owner) => !known.has(owner))
  check('references.keys', missing === undefined, `lacks ${missing}`)
  check('references.references', references.length === keys.length, 'must have a list for each key')
  const named = byChance.flatMap(({ from, to }) => [from, to])
  const areNodes = [...references, incomplete, named].every((nodes) => nodes.every((node) => node < keys.length))
  check('references', areNodes, 'has a number that no key has')
}

function check(place: string, isRight: boolean, problem: string): void {
  if (!isRight) throw new ShapeError({ place, problem })
}

function errorToJson({ code, detail, facts }: FormatError): ErrorJson {
  return { code, detail, facts }
}

function errorOfJson({ code, detail, facts }: ErrorJson): FormatError {
  return new FormatError(code, detail, facts)
}

function referencesToJson({
  graph,
  contentHashes,
  contentSizes,
  sources,
  warnings,
  ...rest
}: References): ReferencesJson {
  return {
    ...rest,
    contentHashes: [...contentHashes],
    ...(contentSizes === undefined ? {} : { contentSizes: [...contentSizes] }),
    ...(sources === undefined ? {} : { sources: [...sources] }),
    keys: graph.keys,
    references: graph.keys.map((_, node) => [...neighbours(graph.references, node)]),
    warnings: warnings.map(errorToJson),
  }
}

function referencesOfJson(json: ReferencesJson): References {
  const { keys, references, contentHashes, contentSizes, sources, warnings, ...rest } = json
  const edges = references.flatMap((list, node) => list.flatMap((reference) => [node, reference]))
  return {
    ...rest,
    graph: referenceGraph(keys, edges),
    contentHashes: new Map(contentHashes),
    ...(contentSizes === undefined ? {} : { contentSizes: new Map(contentSizes) }),
    ...(sources === undefined ? {} : { sources: new Map(sources) }),
    warnings: warnings.map(errorOfJson),
  }
}

function compressedToJson({ files, ...scan }: CompressedScan): CompressedScanJson {
  const { files: mentions, ...rest } = scanToJson(scan)
  return { ...rest, mentions, files }
}

function compressedOfJson({ files, mentions, ...rest }: CompressedScanJson): CompressedScan {
  return { ...scanOfJson({ ...rest, files: mentions }), files }
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
    failures: failures.map(({ owner, error }) => ({ owner, error: errorToJson(error) })),
  }
}

function scanOfJson({ paths, files, failures }: ScanJson): ReferenceScan {
  const mentions: Mention[] = []
  for (const [from, path, kind, ...found] of files) {
    for (let index = 0; index < found.length; index += 2) {
      mentions.push({ from: paths[from]!, to: paths[found[index]!]!, path, kind, offset: found[index + 1]! })
    }
  }
  return { mentions, failures: failures.map(({ owner, error }) => ({ owner, error: errorOfJson(error) })) }
}
