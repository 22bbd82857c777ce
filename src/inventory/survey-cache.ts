import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { makeDirectory } from '../platform/node/make-directory.ts'
import { partsOfJson, partsToJson } from './json.ts'
import type { SurveyParts } from './survey.ts'

/** Name and version of the content of a file. Files of other versions have other names. */
const SCHEMA = 'isoscope/survey@7'
/**
 * The largest file that we keep, and the limit for all files together, in bytes. A NixOS ISO needs some hundred KiB.
 */
const MAX_FILE = 1 << 26
const MAX_FILES = 1 << 28
/** After this time, in milliseconds, we take an unfinished file as abandoned by its writer. */
const ABANDONED = 3_600_000

/**
 * What we know about an image from an earlier run; undefined if the cache has nothing, or its file is damaged.
 * @param version the version of isoscope, because another version may find other facts in the same image
 */
export function loadSurvey(directory: string, version: string, identity: string): SurveyParts | undefined {
  const path = join(directory, fileName(version, identity))
  try {
    const bytes = readKept(path)
    if (bytes === undefined) return undefined
    const end = bytes.indexOf('\n')
    const body = bytes.subarray(end + 1)
    if (bytes.toString('utf8', 0, Math.max(end, 0)) !== headOf(version, identity, body)) return undefined
    return partsOfJson(body.toString())
  } catch {
    // The file is missing, unreadable or not JSON. We do not trust it in any case.
    return undefined
  }
}

/** The most bytes of a first line. */
const MAX_HEAD = 512

/**
 * The keys of the owners of an image that we know from an earlier run, without a look at the image.
 * @param fileIdentity what the identity of the image begins with
 * @returns undefined if the cache has nothing
 * @throws the system's error
 */
export function loadKeys(directory: string, version: string, fileIdentity: string): SurveyParts['keys'] {
  const start = `${SCHEMA} ${version} ${fileIdentity}`
  for (const { path } of cachedFiles(directory)) {
    const [head = ''] = (readKept(path, MAX_HEAD)?.toString('latin1') ?? '').split('\n')
    if (!head.startsWith(start)) continue
    const identity = head.slice(`${SCHEMA} ${version} `.length, head.lastIndexOf(' '))
    const keys = loadSurvey(directory, version, identity)?.keys
    if (keys !== undefined) return keys
  }
  return undefined
}

/**
 * Reads a file of our own, or its first bytes. It refuses a pipe, for which we would wait, and a device, which may have no
 * end.
 */
function readKept(path: string, most: number = MAX_FILE): Buffer | undefined {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0))
  try {
    const stat = fstatSync(descriptor)
    // Windows has neither owners nor these bits.
    const isOurs = process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o022) === 0)
    if (!stat.isFile() || stat.size > MAX_FILE || !isOurs) return undefined
    if (most >= stat.size) return readFileSync(descriptor)
    const bytes = Buffer.alloc(most)
    return bytes.subarray(0, readSync(descriptor, bytes))
  } finally {
    closeSync(descriptor)
  }
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
 * Saves what we know about an image, completely or not at all, and readable only for its owner. If that fails, we do
 * nothing, because the user already has the answer.
 */
export function saveSurvey(directory: string, version: string, identity: string, parts: SurveyParts): void {
  const body = Buffer.from(partsToJson(keptOf(parts)))
  if (body.length > MAX_FILE) return
  const name = fileName(version, identity)
  const path = join(directory, name)
  const unfinished = `${path}.${process.pid}.tmp`
  try {
    makeDirectory(directory, 0o700)
    try {
      writeFileSync(unfinished, Buffer.concat([Buffer.from(`${headOf(version, identity, body)}\n`), body]), {
        mode: 0o600,
        flag: 'wx',
      })
      renameSync(unfinished, path)
    } finally {
      rmSync(unfinished, { force: true })
    }
    discardOldest(directory, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
  }
}

function fileName(version: string, identity: string): string {
  return `${createHash('sha256').update(`${SCHEMA} ${version} ${identity}`).digest('hex').slice(0, 40)}.survey`
}

/** The first line: the schema, the identity of the image, and a checksum of the rest. */
function headOf(version: string, identity: string, body: Uint8Array): string {
  return `${SCHEMA} ${version} ${identity} ${createHash('sha256').update(body).digest('hex')}`
}

/** The files of the cache, and unfinished ones. Other files in its directory are not ours. */
const OURS = /\.survey(\.\d+\.tmp)?$/

/** A file of the cache. */
export interface CachedFile {
  readonly path: string
  /** In bytes. */
  readonly size: number
  /** When it was written, in milliseconds since 1970. */
  readonly time: number
}

/** The files of the cache, the newest first; none if there is no cache. @throws the system's error */
export function cachedFiles(directory: string): readonly CachedFile[] {
  return namesIn(directory)
    .filter((name) => OURS.test(name))
    .flatMap((name) => {
      const path = join(directory, name)
      const stat = lstatSync(path, { throwIfNoEntry: false })
      return stat === undefined || stat.isDirectory() ? [] : [{ path, size: stat.size, time: stat.mtimeMs }]
    })
    .sort((a, b) => b.time - a.time)
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}

/** Removes all files of the cache, and returns them. @throws the system's error */
export function clearCache(directory: string): readonly CachedFile[] {
  const files = cachedFiles(directory)
  for (const { path } of files) rmSync(path, { force: true })
  return files
}

/** Removes the oldest files until the rest fits the limits, and removes abandoned unfinished files. */
function discardOldest(directory: string, kept: string): void {
  const abandoned = Date.now() - ABANDONED
  let total = 0
  for (const { path, size, time } of cachedFiles(directory)) {
    if (path === join(directory, kept)) continue
    total += size
    const isStale = path.endsWith('.tmp') && time < abandoned
    if (isStale || total > MAX_FILES) rmSync(path, { force: true })
  }
}
