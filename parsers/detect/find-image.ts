import { FormatError } from '../bytes/errors.ts'
import { type ByteSource, locate } from '../bytes/source.ts'
import { FORMAT_TITLES } from '../formats.ts'
import { shellWord } from './foreign-file.ts'
import { type FoundImage, recogniseImage, sourceOf } from './found-image.ts'

/**
 * The source is not an image and does not hold one. `nameFile` says what it is instead. That is separate code, because
 * loading the detectors of all kinds of files takes as long as loading everything else.
 */
export class UnrecognisedFile extends FormatError {
  /** The path that the user gave. */
  readonly path: string
  /** The offset in that file at which we looked for an image, in bytes. */
  readonly start: number

  constructor(source: ByteSource, path: string) {
    super('UNSUPPORTED', `it is none of ${FORMAT_TITLES}`, { source: source.name, structure: 'first bytes', offset: 0 })
    this.path = path
    this.start = locate(source, 0).offset
  }
}

/**
 * The image that a source is, or that it holds at a place it names (AppImage, SIF).
 * @param path the path that the user gave, for the commands in messages
 * @throws {FormatError} UNSUPPORTED: an `UnrecognisedFile`, or a session of a disc that we cannot read by itself
 */
export function findImage(source: ByteSource, path: string = source.name): FoundImage {
  const found = recogniseImage(source)
  if (found === undefined) throw new UnrecognisedFile(source, path)
  const problem = found.format.unreadable?.(sourceOf(source, found), shellWord(path))
  if (problem !== undefined) throw problem
  return found
}
