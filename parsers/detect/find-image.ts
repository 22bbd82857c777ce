import { FormatError } from '../bytes/errors.ts'
import { type ByteSource, locate } from '../bytes/source.ts'
import { shellWord } from './foreign-file.ts'
import { type FoundImage, recogniseImage, sourceOf } from './found-image.ts'

/**
 * That a source is no image and holds none. What it is instead is for `nameFile` to tell: to know all kinds of files takes
 * as long to load as all else.
 */
export class UnrecognisedFile extends FormatError {
  /** The file as its user calls it. */
  readonly path: string
  /** Where in it an image was to begin, in bytes. */
  readonly start: number

  constructor(source: ByteSource, path: string) {
    const detail = 'no squashfs superblock at its start and no ISO9660 volume descriptor at 0x8000'
    super('UNSUPPORTED', detail, { source: source.name, structure: 'first bytes', offset: 0 })
    this.path = path
    this.start = locate(source, 0).offset
  }
}

/**
 * The image that a source is, or holds at a place it names (AppImage, SIF).
 * @param path the file as its user calls it, for the commands that are advised
 * @throws {FormatError} UNSUPPORTED: an `UnrecognisedFile`, or a session of a disc that is not read by itself
 */
export function findImage(source: ByteSource, path: string = source.name): FoundImage {
  const found = recogniseImage(source)
  if (found === undefined) throw new UnrecognisedFile(source, path)
  const problem = found.format.unreadable?.(sourceOf(source, found), shellWord(path))
  if (problem !== undefined) throw problem
  return found
}
