import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import type { SurveyParts } from './survey.ts'
import { surveyOfJson, surveyToJson } from './survey-json.ts'

/** Name and version of what a file holds; another one is another file. */
const SCHEMA = 'isoscope/survey@2'
/** The largest file kept, and all of them together, in bytes: a NixOS ISO has some hundred KiB. */
const MAX_FILE = 1 << 26
const MAX_FILES = 1 << 28
/** A file still unfinished after an hour, in milliseconds, has nobody who finishes it. */
const ABANDONED = 3_600_000

/**
 * Where what is known of images is kept: `$XDG_CACHE_HOME/isoscope`, else `~/.cache/isoscope`; undefined for a user
 * without a home.
 */
export function cacheDirectory(env: NodeJS.ProcessEnv): string | undefined {
  const base = env['XDG_CACHE_HOME'] ?? ''
  // XDG Base Directory Specification: a relative path is to be ignored.
  if (isAbsolute(base)) return join(base, 'isoscope')
  try {
    const home = homedir()
    if (isAbsolute(home)) return join(home, '.cache', 'isoscope')
  } catch {
    // There is no such user.
  }
  return undefined
}

/**
 * What is known of an image from an earlier time; undefined when nothing is kept, or what is kept is not whole.
 * @param version of isoscope: another one may see other things in the same image
 */
export function loadSurvey(directory: string, version: string, identity: string): SurveyParts | undefined {
  const path = join(directory, fileName(version, identity))
  try {
    const bytes = readKept(path)
    if (bytes === undefined) return undefined
    const end = bytes.indexOf('\n')
    const body = bytes.subarray(end + 1)
    if (bytes.toString('utf8', 0, Math.max(end, 0)) !== headOf(version, identity, body)) return undefined
    return surveyOfJson(body.toString())
  } catch {
    // Not there, not to be read, or no JSON: whatever it is, it is not believed.
    return undefined
  }
}

/** A file of our own: no pipe, which would be waited for, and no device, which may have no end. */
function readKept(path: string): Buffer | undefined {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0))
  try {
    const stat = fstatSync(descriptor)
    // Windows has neither owners nor these bits.
    const isOurs = process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o022) === 0)
    return stat.isFile() && stat.size <= MAX_FILE && isOurs ? readFileSync(descriptor) : undefined
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Keeps what is known of an image: wholly or not at all, for nobody else to read. Where that cannot be done nothing
 * happens, for the answer has been given.
 */
export function saveSurvey(directory: string, version: string, identity: string, parts: SurveyParts): void {
  const body = Buffer.from(surveyToJson(parts))
  if (body.length > MAX_FILE) return
  const name = fileName(version, identity)
  const path = join(directory, name)
  const unfinished = `${path}.${process.pid}.tmp`
  try {
    makeDirectory(directory)
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

/**
 * Makes a directory, and those above it that are not there. Node's own `recursive` does not: below /proc, where the
 * parent is there and the system says of the child that it is not, it tries for ever.
 */
function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    const above = dirname(directory)
    if (code !== 'ENOENT' || above === directory) throw error
    makeDirectory(above)
    mkdirSync(directory, { mode: 0o700 })
  }
}

function fileName(version: string, identity: string): string {
  return `${createHash('sha256').update(`${SCHEMA} ${version} ${identity}`).digest('hex').slice(0, 40)}.survey`
}

/** The first line: what the file holds, of which image, and a checksum over the rest. */
function headOf(version: string, identity: string, body: Uint8Array): string {
  return `${SCHEMA} ${version} ${identity} ${createHash('sha256').update(body).digest('hex')}`
}

/** Removes what was written longest ago until the rest is within bounds, and what was left half-written. */
function discardOldest(directory: string, kept: string): void {
  const files = readdirSync(directory)
    .filter((name) => /\.survey(\.\d+\.tmp)?$/.test(name))
    .map((name) => ({ name, stat: statSync(join(directory, name), { throwIfNoEntry: false }) }))
    .sort((a, b) => (b.stat?.mtimeMs ?? 0) - (a.stat?.mtimeMs ?? 0))
  const abandoned = Date.now() - ABANDONED
  let total = 0
  for (const { name, stat } of files) {
    if (stat === undefined || name === kept) continue
    total += stat.size
    const isStale = name.endsWith('.tmp') && stat.mtimeMs < abandoned
    if (isStale || total > MAX_FILES) rmSync(join(directory, name), { force: true })
  }
}
