import { statSync } from 'node:fs'
import { type OpenImage, openImage } from '../image/open-image.ts'
import { COMMAND_NAMES } from './command-names.ts'
import { UsageError } from './exit-codes.ts'
import { nearest } from './nearest.ts'
import { limitsOf, sizeOf } from './options.ts'
import { isSavedReport } from './saved-report.ts'

/** How a command that opens an image is to do so. */
export interface OpenArguments {
  readonly offset?: string | undefined
  readonly limit?: readonly string[] | undefined
}

/** Opens the image a command names, with the system's refusals put into sentences. */
export function openNamed(path: string, { offset, limit }: OpenArguments): OpenImage {
  if (isSavedReport(path)) {
    throw new UsageError(`${path}: is a saved report, or other JSON; the image itself is needed for this`)
  }
  try {
    return openImage(path, {
      offset: offset === undefined ? 0 : sizeOf('offset', offset),
      limits: limitsOf(limit),
    })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && isMistyped(path)) throw noSuchCommand(path)
    const reason = code === undefined ? undefined : REASONS[code]
    if (reason !== undefined) throw new UsageError(`${path}: ${reason}`)
    throw error
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file: part of the path is not a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'too many symbolic links',
  ENXIO: 'is a socket or a device that is not there, not a regular file',
  EIO: 'the disk cannot be read (I/O error)',
  ENAMETOOLONG: 'the name is too long',
}

/** Whether a word is no file, and looks like a command rather. */
export function isMistyped(word: string): boolean {
  return !/[./\\]/.test(word) && statSync(word, { throwIfNoEntry: false }) === undefined
}

/** What is said of a word that is neither a command nor a file. */
export function noSuchCommand(word: string): UsageError {
  const near = nearest(word, COMMAND_NAMES)
  const hint = near === undefined ? 'isoscope --help lists the commands' : `did you mean '${near}'?`
  return new UsageError(`no such command or file '${word}'; ${hint}`)
}
