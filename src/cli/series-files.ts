import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import { formatOf, isNamedLikeImage } from '../../parsers/formats.ts'
import { fileSource } from '../platform/node/file-source.ts'
import { UsageError } from './exit-codes.ts'
import { isRemote } from './image-file.ts'
import { systemReason } from './open.ts'
import { isReport } from './saved-report.ts'

/**
 * The files of a series, with those of directories in place of these.
 * @throws {UsageError} if a directory cannot be read, or holds none
 */
export function seriesFiles(given: readonly string[]): readonly string[] {
  return given.flatMap((path) => (isDirectory(path) ? filesIn(path) : [path]))
}

function isDirectory(path: string): boolean {
  try {
    return !isRemote(path) && statSync(path).isDirectory()
  } catch {
    // To open it tells why.
    return false
  }
}

/** The images and saved reports of a directory, in the order of their names. */
function filesIn(directory: string): readonly string[] {
  let names: readonly string[]
  try {
    names = readdirSync(directory)
  } catch (error) {
    throw new UsageError(`${directory}: ${systemReason(error) ?? (error as Error).message}`)
  }
  const files = [...names]
    .sort()
    .map((name) => join(directory, name))
    .filter((path) => isReport(path) || isNamedLikeImage(byteStringOfText(path)) || isImage(path))
    .filter((path) => !isDirectory(path))
  if (files.length === 0) throw new UsageError(`${directory}: there are no images and no saved reports in it`)
  return files
}

/** Whether a file of another name is an image that has its own accounts in a report. */
function isImage(path: string): boolean {
  try {
    if (!statSync(path).isFile()) return false
    const source = fileSource(path, path)
    try {
      const found = formatOf(source)
      return found !== undefined && !found.isDamaged && found.format.accounts === 'own'
    } finally {
      source.close()
    }
  } catch {
    // Whoever asks for this file alone hears why it cannot be read.
    return false
  }
}
