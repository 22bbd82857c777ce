import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { type OpenImage, openImage } from '../images/open-image.ts'
import { isUrl } from '../platform/remote-file.ts'
import type { ValuesOf } from './definition.ts'
import { UsageError } from './exit-codes.ts'
import { imageFileOf } from './image-file.ts'
import { isMistyped, MistypedWord } from './mistyped-word.ts'
import { openInsideNamed } from './open-inside.ts'
import { limitsOf, NAME_TREES, sizeOf } from './option-values.ts'
import type { deepOption, imageOptions, treeOption } from './options.ts'
import { blockingProgressOf, readProgress } from './progress.ts'
import { isJson, notAnImage } from './saved-report.ts'
import { watchFile } from './watched-files.ts'

/** The options of every command that opens an image. */
export type OpenArguments = ValuesOf<typeof imageOptions & typeof treeOption & typeof deepOption>

/** Opens the image that a command names. It turns the system's errors into sentences. */
export function openNamed(path: string, { in: inside, offset, tree, deep, parserLimit }: OpenArguments): OpenImage {
  if (isJson(path)) throw notAnImage(path)
  watchFile(path)
  const options = {
    ...(tree === undefined ? {} : { nameTree: NAME_TREES[tree] }),
    limits: limitsOf(parserLimit),
    deep,
  }
  try {
    const shown = { progress: blockingProgressOf('unpacking'), reads: readProgress() }
    const open = openImage(imageFileOf(path), {
      ...options,
      name: path,
      ...shown,
      offset: offset === undefined ? 0 : sizeOf('offset', offset),
    })
    return inside === undefined ? open : openInsideNamed(open, inside, options, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && isMistyped(path)) throw new MistypedWord(path)
    if (error instanceof FormatError && error.code === 'UNSUPPORTED' && error.facts.structure === 'directory') {
      throw new UsageError(`${path}: is a directory${imageIn(path)}`, [], { cause: error })
    }
    const reason = isOtherUrl(path) ? 'only http and https URLs are read' : systemReason(error)
    if (reason !== undefined) throw new UsageError(`${path}: ${reason}`, [], { cause: error })
    throw error
  }
}

/** Whether a path that is no file here is a URL of a kind that we do not read, such as ftp://. */
function isOtherUrl(path: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(path) && !isUrl(path) && !existsSync(path)
}

/** "; did you mean result/iso/nixos.iso?" for the first image in a directory, by its name; '' if none looks like one. */
function imageIn(directory: string): string {
  try {
    const image = readdirSync(directory)
      .sort()
      .find((name) => /\.(?:iso|squashfs|img|raw|erofs)(?:\.\w+)?$/i.test(name))
    return image === undefined ? '' : `; did you mean ${join(directory, image)}?`
  } catch {
    // The directory may be opened, and not read.
    return ''
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
  EISDIR: 'is a directory',
}

/** Why the system refuses a file, in words; undefined for rare errors and errors that are not the system's. */
export function systemReason(error: unknown): string | undefined {
  return REASONS[(error as NodeJS.ErrnoException).code ?? '']
}
