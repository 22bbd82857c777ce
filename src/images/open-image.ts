import { asFormatError, type FormatError } from '../../parsers/bytes/errors.ts'
import type { ExtentMap } from '../../parsers/bytes/extents.ts'
import { fileSource } from '../../parsers/bytes/file-source.ts'
import { atLimit, DEFAULT_LIMITS, type Limits } from '../../parsers/bytes/limits.ts'
import type { ReadProblems } from '../../parsers/bytes/problems.ts'
import { type ByteSource, formatError } from '../../parsers/bytes/source.ts'
import type { Decompressors } from '../../parsers/codecs/codec.ts'
import type { Container } from '../../parsers/detect/container.ts'
import { formatOf } from '../../parsers/formats.ts'
import type { Entry, Image, NameTreeKind } from '../../parsers/image.ts'
import { decompressors as nodeDecompressors } from '../platform/node/node-decoders.ts'
import { type ContentContext, ContentReader, contentBudget, contentSource } from './content-reader.ts'
import { locateImage } from './locate-image.ts'

/** What images are named like: to try every file of a squashfs would mean to decompress them all. */
const IMAGE_NAME = /\.(?:squashfs|sqfs|sqsh|sfs|snap|iso)$/i

/** An image with what is needed to go on: its content reader, and the images found in it. */
export interface OpenImage {
  readonly image: Image
  readonly reader: ContentReader
  /** The whole file; the image's own source is a part of it when the image begins at an offset. */
  readonly file: ByteSource
  /** The file it lies in, and the image that holds that; undefined for the outermost. */
  readonly outer: { readonly open: OpenImage; readonly entry: Entry } | undefined
  /** What the image is wrapped in, where the file says so. */
  readonly container?: Container
  /**
   * The image inside a file, which behaves as a folder; undefined when the file holds none. Found by content, not by
   * name; asked again, the same is returned.
   */
  nested(entry: Entry): OpenImage | undefined
  /**
   * As `nested`, of files that are tried for images without being asked: all of them where the format says so, and
   * otherwise those that are named like one.
   */
  inside(entry: Entry): OpenImage | undefined
  /** What is wrong with the image by now: what was when it was opened, and more once its content has been claimed. */
  readonly problems: ReadProblems
  /** Claims the bytes of file contents, as `image.claimContent`, and keeps in `problems` what that shows. */
  claimContent(map: ExtentMap): void
  /** Claims all other bytes, as `image.claimStructures`. */
  claimStructures(map: ExtentMap): void
  /** Why files that begin like an image could not be opened as one, so far. */
  readonly nestedProblems: readonly FormatError[]
  /** The images inside that were opened so far. */
  readonly opened: readonly OpenImage[]
  close(): void
}

export interface OpenOptions {
  /** Byte offset of an image inside the file, 0 for the file itself. */
  readonly offset?: number
  readonly decompressors?: Decompressors
  /** The names of an ISO that are shown: the best there are, unless others are asked for. */
  readonly nameTree?: NameTreeKind
  /** What no image may go beyond: those of DEFAULT_LIMITS, but for those that are set. */
  readonly limits?: Partial<Limits>
}

/**
 * Opens an image file.
 * @throws {FormatError} when it holds no image that can be read, or not with the names asked for; the system's error when
 * it cannot be opened
 */
export function openImage(path: string, options: OpenOptions = {}): OpenImage {
  const file = fileSource(path)
  try {
    return openSource(file, options, path)
  } catch (error) {
    file.close()
    throw error
  }
}

/**
 * As `openImage`, for bytes that come from elsewhere.
 * @param path what their user calls them, for the commands that are advised
 */
export function openSource(file: ByteSource, options: OpenOptions = {}, path: string = file.name): OpenImage {
  const { offset = 0, decompressors = nodeDecompressors, nameTree } = options
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const { format, source, container } = locateImage(file, offset, path)
  const context = { decompressors, limits, budget: contentBudget(limits, file.size) }
  const image = format.open(source, { decompressors, limits, nameTree })
  const open = withNested(image, file, undefined, context, 0)
  return container === undefined ? open : { ...open, container }
}

function withNested(
  image: Image,
  file: ByteSource,
  outer: OpenImage['outer'],
  context: ContentContext,
  depth: number,
): OpenImage {
  const reader = new ContentReader(image, context)
  const found = new Map<number, OpenImage | undefined>()
  const nestedProblems: FormatError[] = []
  const opened: OpenImage[] = []
  const open = (entry: Entry): OpenImage | undefined => {
    if (entry.type !== 'file') return undefined
    try {
      const source = contentSource(reader, entry)
      const found = formatOf(source)
      if (found === undefined || found.isDamaged) return undefined
      if (depth >= context.limits.nesting) {
        const detail = 'an image in so many others is not looked into'
        const place = { structure: 'first bytes', offset: 0, ...atLimit(context.limits, 'nesting') }
        throw formatError('LIMIT', detail, source, place)
      }
      const nested = found.format.open(source, context)
      const inner = withNested(nested, source, { open: self, entry }, context, depth + 1)
      opened.push(inner)
      return inner
    } catch (error) {
      nestedProblems.push(asFormatError(error))
      return undefined
    }
  }
  let problems: ReadProblems = image
  const self: OpenImage = {
    image,
    get problems() {
      return problems
    },
    claimContent(map) {
      problems = image.claimContent(map)
    },
    claimStructures(map) {
      image.claimStructures(map, problems.complete)
    },
    reader,
    file,
    outer,
    nestedProblems,
    opened,
    nested(entry) {
      if (!found.has(entry.identity)) found.set(entry.identity, open(entry))
      return found.get(entry.identity)
    },
    inside(entry) {
      const isTried = image.format.looksInside === 'files' || IMAGE_NAME.test(entry.name)
      return isTried ? self.nested(entry) : undefined
    },
    close() {
      file.close()
    },
  }
  return self
}

/** Why files of an image, and of those inside it, could not be opened as one. */
export function allNestedProblems({ nestedProblems, opened }: OpenImage): FormatError[] {
  return [...nestedProblems, ...opened.flatMap(allNestedProblems)]
}

/** What is wrong with an image and with those inside it that were opened, and whether all of them could be read. */
export function problemsOf(open: OpenImage): ReadProblems {
  const inner = open.opened.map(problemsOf)
  return {
    warnings: [...open.problems.warnings, ...open.nestedProblems, ...inner.flatMap(({ warnings }) => warnings)],
    complete: open.problems.complete && open.nestedProblems.length === 0 && inner.every(({ complete }) => complete),
  }
}
