import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import { formatOf, isNamedLikeImage } from '../../parsers/formats.ts'
import { fileSource } from '../platform/node/file-source.ts'
import { TABLES } from '../views/table-names.ts'
import { UsageError } from './exit-codes.ts'
import { isRemote } from './image-file.ts'
import { systemReason } from './open.ts'
import { isReport } from './saved-report.ts'

/** An image or a saved report, or a dataset of Parquet. */
export interface SeriesFile {
  readonly path: string
  /** The files of a dataset; absent for an image. */
  readonly parquet?: readonly string[]
}

/**
 * The files of a series, with those of directories in place of these.
 * @throws {UsageError} if a directory cannot be read, or holds none
 */
export function seriesFiles(given: readonly string[]): readonly SeriesFile[] {
  return given.flatMap((path) => {
    if (isDirectory(path)) return filesIn(path)
    return [isParquet(path) && !isRemote(path) && existsSync(path) ? { path, parquet: [path] } : { path }]
  })
}

function isParquet(path: string): boolean {
  return path.endsWith('.parquet')
}

function isDirectory(path: string): boolean {
  try {
    return !isRemote(path) && statSync(path).isDirectory()
  } catch {
    // To open it tells why.
    return false
  }
}

/** The images and saved reports of a directory, in the order of their names, and the files of Parquet as a dataset. */
function filesIn(directory: string): readonly SeriesFile[] {
  const all = namesIn(directory)
  const images = all
    .filter((path) => !isParquet(path))
    .filter((path) => isReport(path) || isNamedLikeImage(byteStringOfText(path)) || isImage(path))
    .filter((path) => !isDirectory(path))
    .map((path): SeriesFile => ({ path }))
  // A dataset has a directory for each of its tables.
  const tables = TABLES.map((table) => join(directory, table)).filter(isDirectory)
  const parquet = [...all, ...tables.flatMap(namesIn)].filter((path) => isParquet(path) && !isDirectory(path))
  const files = parquet.length === 0 ? images : [...images, { path: directory, parquet }]
  if (files.length === 0) throw new UsageError(`${directory}: there are no images and no saved reports in it`)
  return files
}

/** The paths of what is in a directory, in the order of the names. */
function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .sort()
      .map((name) => join(directory, name))
  } catch (error) {
    throw new UsageError(`${directory}: ${systemReason(error) ?? (error as Error).message}`)
  }
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
