import type { FormatError } from './bytes/errors.ts'
import type { Limits } from './bytes/limits.ts'
import type { ByteSource } from './bytes/source.ts'
import type { Decompressors } from './codecs/codec.ts'
import type { FormatTraits, Image, NameTreeKind } from './image.ts'

/** What an image is opened with. */
export interface FormatContext {
  readonly decompressors: Decompressors
  readonly limits: Limits
  /** Which of the trees of a disc is shown; the best there is where this is absent. */
  readonly nameTree?: NameTreeKind | undefined
}

/** Bytes [start, end) of a source. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** A format that can be opened. `formats.ts` lists them all. */
export interface Format extends FormatTraits {
  /**
   * Whether a source is an image of this format. `damaged` begins like one: the file that a user names is opened then, and
   * an error says what is wrong; a file inside an image is some other file.
   */
  recognise(source: ByteSource): 'yes' | 'damaged' | 'no'
  /**
   * Why an image of this format cannot be read by itself, such as the second session of a disc; undefined where it can.
   * @param file the file as a command is to name it
   */
  unreadable?(source: ByteSource, file: string): FormatError | undefined
  /** @throws {FormatError} when nothing of it can be read */
  open(source: ByteSource, context: FormatContext): Image
  /**
   * The ranges that say where everything lies: another image with the same bytes in them is the same image, but for
   * contents. Undefined where they are scattered, as the directories of a disc are.
   * @throws {FormatError} where its header cannot be read
   */
  tableRanges?(source: ByteSource): readonly Range[]
}
