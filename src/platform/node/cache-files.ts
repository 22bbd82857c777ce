import {
  accessSync,
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
import type { CachedFile } from '../cached-file.ts'
import { makeDirectory } from './make-directory.ts'

/** The largest file of a cache, in bytes. */
const MAX_FILE = 1 << 26
/** The limit for all surveys of a cache together, in bytes. */
const MAX_FILES = 1 << 28
/** The most files of compiled code: each build of ours and each version of Node has its own, and most are of the past. */
const MAX_CODES = 8
/** After this time, in milliseconds, we take an unfinished file as abandoned by its writer. */
const ABANDONED = 3_600_000

/**
 * Reads a file of a cache, or its first bytes; undefined for one that is not ours. It refuses a pipe, for which we would
 * wait, and a device, which may have no end.
 * @throws the system's error
 */
export function readCached(directory: string, name: string, most: number = MAX_FILE): Uint8Array | undefined {
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0)
  const descriptor = openSync(join(directory, name), flags)
  try {
    const stat = fstatSync(descriptor)
    // Windows has neither owners nor these bits.
    const isOurs = process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o022) === 0)
    if (!stat.isFile() || stat.size > MAX_FILE || !isOurs) return undefined
    if (most >= stat.size) return readFileSync(descriptor)
    const bytes = new Uint8Array(most)
    return bytes.subarray(0, readSync(descriptor, bytes))
  } finally {
    closeSync(descriptor)
  }
}

/** Whether `writeCached` may write there. It makes the directory. */
export function isWritable(directory: string): boolean {
  try {
    makeDirectory(directory, 0o700)
    accessSync(directory, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Writes a file of a cache, completely or not at all, and readable only for its owner. Then it removes the oldest files
 * until the rest fits the limit. If the system refuses that, or if the file is too large, we do nothing.
 * @param name ends in ".survey" or ".code"
 */
export function writeCached(directory: string, name: string, bytes: Uint8Array): void {
  if (bytes.length > MAX_FILE) return
  const path = join(directory, name)
  const unfinished = `${path}.${process.pid}.tmp`
  try {
    makeDirectory(directory, 0o700)
    try {
      writeFileSync(unfinished, bytes, { mode: 0o600, flag: 'wx' })
      renameSync(unfinished, path)
    } finally {
      rmSync(unfinished, { force: true })
    }
    discardOldest(directory, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
  }
}

/** The files of the cache, and unfinished ones. Other files in its directory are not ours. */
const OURS = /\.(survey|code)(\.\d+\.tmp)?$/

/** The files of the cache, the newest first; none if there is no cache. @throws the system's error */
export function cachedFiles(directory: string): readonly CachedFile[] {
  return namesIn(directory)
    .filter((name) => OURS.test(name))
    .flatMap((name) => {
      const path = join(directory, name)
      const stat = lstatSync(path, { throwIfNoEntry: false })
      return stat === undefined || stat.isDirectory() ? [] : [{ name, path, size: stat.size, time: stat.mtimeMs }]
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
  let codes = 0
  for (const { name, path, size, time } of cachedFiles(directory)) {
    const isCode = name.endsWith('.code')
    if (isCode) codes += 1
    else total += size
    const isStale = name.endsWith('.tmp') && time < abandoned
    const isTooMuch = isCode ? codes > MAX_CODES : total > MAX_FILES
    if (name !== kept && (isStale || isTooMuch)) rmSync(path, { force: true })
  }
}
