import { cachedFiles, readCached, writeCached } from '#platform/cache-files'
import { startHash } from '#platform/running-hash'
import { byteString } from '../../parsers/bytes/byte-string.ts'
import { joined } from '../../parsers/bytes/joined.ts'
import { partsOfJson, partsToJson } from './json.ts'
import type { SurveyParts } from './survey.ts'

/** Name and version of the content of a file. Files of other versions have other names. */
const SCHEMA = 'isoscope/survey@10'
const [encoder, decoder] = [new TextEncoder(), new TextDecoder()]

/**
 * What we know about an image from an earlier run; undefined if the cache has nothing, or its file is damaged.
 * @param version the version of isoscope, because another version may find other facts in the same image
 */
export function loadSurvey(directory: string, version: string, identity: string): SurveyParts | undefined {
  try {
    const bytes = readCached(directory, fileName(version, identity))
    if (bytes === undefined) return undefined
    const end = bytes.indexOf(LINE_END)
    const body = bytes.subarray(end + 1)
    if (decoder.decode(bytes.subarray(0, Math.max(end, 0))) !== headOf(version, identity, body)) return undefined
    return partsOfJson(decoder.decode(body))
  } catch {
    // The file is missing, unreadable or not JSON. We do not trust it in any case.
    return undefined
  }
}

/** The most bytes of a first line. */
const MAX_HEAD = 512
const LINE_END = 0x0a

/**
 * The keys of the owners of an image that we know from an earlier run, without a look at the image.
 * @param fileIdentity what the identity of the image begins with
 * @returns undefined if the cache has nothing
 * @throws the system's error
 */
export function loadKeys(directory: string, version: string, fileIdentity: string): SurveyParts['keys'] {
  const start = `${SCHEMA} ${version} ${fileIdentity}`
  for (const { name } of cachedFiles(directory)) {
    const [head = ''] = byteString(readCached(directory, name, MAX_HEAD) ?? new Uint8Array(0)).split('\n')
    if (!head.startsWith(start)) continue
    const identity = head.slice(`${SCHEMA} ${version} `.length, head.lastIndexOf(' '))
    const keys = loadSurvey(directory, version, identity)?.keys
    if (keys !== undefined) return keys
  }
  return undefined
}

/** The parts that we keep. Files are fast to read again, and a saved report is a file of its own. */
function keptOf({ files: _, outside: __, saved: ___, hidden: ____, ...kept }: SurveyParts): SurveyParts {
  return kept
}

/** How many parts we keep of an image. */
export function countKept(parts: SurveyParts): number {
  return Object.values(keptOf(parts)).filter((part) => part !== undefined).length
}

/**
 * Saves what we know about an image. If the system does not let us, we do nothing, because the user already has the
 * answer.
 */
export function saveSurvey(directory: string, version: string, identity: string, parts: SurveyParts): void {
  const body = encoder.encode(partsToJson(keptOf(parts)))
  const head = encoder.encode(`${headOf(version, identity, body)}\n`)
  writeCached(directory, fileName(version, identity), joined([head, body]))
}

function fileName(version: string, identity: string): string {
  return `${hashOf(encoder.encode(`${SCHEMA} ${version} ${identity}`)).slice(0, 40)}.survey`
}

/** The first line: the schema, the identity of the image, and a checksum of the rest. */
function headOf(version: string, identity: string, body: Uint8Array): string {
  return `${SCHEMA} ${version} ${identity} ${hashOf(body)}`
}

/** SHA-256 in hexadecimal. */
function hashOf(bytes: Uint8Array): string {
  const hash = startHash('sha256')
  hash.update(bytes)
  return hash.digest()
}
