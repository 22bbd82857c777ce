import { statSync } from 'node:fs'
import { type OpenImage, openImage } from '../image/open-image.ts'
import { UsageError } from './exit-codes.ts'
import { sizeOf } from './options.ts'
import { isSavedReport } from './saved-report.ts'

/** Opens the image a command names, with the system's refusals put into sentences. */
export function openNamed(path: string, offset: string | undefined): OpenImage {
  if (isSavedReport(path)) {
    throw new UsageError(`${path}: is a saved report, or other JSON; the image itself is needed for this`)
  }
  try {
    return openImage(path, offset === undefined ? 0 : sizeOf('offset', offset))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && !/[./\\]/.test(path) && !exists(path)) {
      throw new UsageError(`no such command or file '${path}'; isoscope --help lists the commands`)
    }
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

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
