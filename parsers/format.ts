import type { ContentBudget } from './bytes/content-budget.ts'
import type { FormatError } from './bytes/errors.ts'
import type { Limits } from './bytes/limits.ts'
import { type ByteSource, formatError, type Place } from './bytes/source.ts'
import type { Spool } from './bytes/spool.ts'
import type { Decompressors } from './codecs/codec.ts'
import type { FormatTraits, Image, NameTreeKind } from './image.ts'

/** The options for opening an image. */
export interface FormatContext {
  readonly decompressors: Decompressors
  readonly limits: Limits
  /** What may still be unpacked, of this image and of those around it and inside it. */
  readonly budget: ContentBudget
  /** Takes what an image that is compressed as a whole unpacks to. */
  readonly spool: () => Spool
  /** Which name tree of a disc to show. Without it, we show the best one that the disc has. */
  readonly nameTree?: NameTreeKind | undefined
}

/**
 * Refuses a name tree for a format that has only one.
 * @param place where the format begins
 * @throws {FormatError} UNSUPPORTED if the caller asks for a tree
 */
export function refuseNameTree(
  { noun }: FormatTraits,
  tree: NameTreeKind | undefined,
  source: ByteSource,
  place: Place,
): void {
  if (tree === undefined) return
  throw formatError(
    'UNSUPPORTED',
    `${noun} has one tree and no other names; only an ISO9660 image has several`,
    source,
    place,
  )
}

/** Bytes [start, end) of a source. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** Bytes at each end of a source that tell it from others. */
const END = 1 << 16

/**
 * The first and the last bytes of a source whose tables lie between its contents, or are compressed with them: to read
 * them takes as long as all else.
 */
export function endsOf({ size }: ByteSource): readonly Range[] {
  const end = Math.min(END, size)
  return [
    { start: 0, end },
    { start: Math.max(end, size - END), end: size },
  ]
}

/** A format that we can open. `formats.ts` lists them all. */
export interface Format extends FormatTraits {
  /**
   * Says whether a source is an image of this format. `damaged` means that it begins like one. If the user named that
   * file, we open it, and an error says what is wrong. A file inside an image is then an ordinary file.
   */
  recognise(source: ByteSource): 'yes' | 'damaged' | 'no'
  /**
   * Says why we cannot read this image by itself, such as the second session of a disc; undefined if we can.
   * @param file the name of the file for the command that the message suggests
   */
  unreadable?(source: ByteSource, file: string): FormatError | undefined
  /** @throws {FormatError} when we can read nothing of it */
  open(source: ByteSource, context: FormatContext): Image
  /**
   * The ranges that locate everything else. Two images with the same bytes in them differ only in file contents.
   * Undefined if these ranges are scattered, like the directories of a disc.
   * @throws {FormatError} when we cannot read the header
   */
  tableRanges?(source: ByteSource): readonly Range[]
}
