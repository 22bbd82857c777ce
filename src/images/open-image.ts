import { fileSource } from '#platform/file-source'
import { systemSpool } from '#platform/spool'
import { readable } from '../../parsers/bytes/byte-string.ts'
import { contentBudget } from '../../parsers/bytes/content-budget.ts'
import { asFormatError, type FormatError } from '../../parsers/bytes/errors.ts'
import type { ExtentMap } from '../../parsers/bytes/extents.ts'
import { atLimit, DEFAULT_LIMITS, type Limits } from '../../parsers/bytes/limits.ts'
import type { ReadProblems } from '../../parsers/bytes/problems.ts'
import { type ByteSource, formatError, sliceSource } from '../../parsers/bytes/source.ts'
import type { Spool } from '../../parsers/bytes/spool.ts'
import type { Decompressors } from '../../parsers/codecs/codec.ts'
import { portableDecoders } from '../../parsers/codecs/decoders.ts'
import { compressedImage } from '../../parsers/detect/compressed-image.ts'
import type { Container } from '../../parsers/detect/container.ts'
import { UnrecognisedFile } from '../../parsers/detect/find-image.ts'
import type { Format } from '../../parsers/format.ts'
import { formatOf, isNamedLikeCompressedImage, isNamedLikeImage } from '../../parsers/formats.ts'
import type { Entry, FormatTraits, Image, ImagePart, NameTreeKind } from '../../parsers/image.ts'
import type { ImageFile } from '../platform/image-file.ts'
import { mark } from '../platform/timeline.ts'
import { type ContentContext, ContentReader, contentSource } from './content-reader.ts'
import { locateImage } from './locate-image.ts'
import { openUnpacked, type UnpackedImage } from './unpacked-image.ts'
import { watchedSource } from './watched-source.ts'

/** The file that holds an image, and the image that holds that file. */
export interface OuterFile {
  readonly open: OpenImage
  readonly entry: Entry
}

/** The part that holds an image, and the image that has that part. */
export interface OuterPart {
  readonly open: OpenImage
  readonly part: ImagePart
}

/** An image with its content reader and the images found in it. */
export interface OpenImage {
  readonly image: Image
  readonly reader: ContentReader
  /** The whole file. The image's own source is a part of it if the image begins at an offset. */
  readonly file: ByteSource
  /** The image that holds this one, in a file or in a part outside its tree; undefined for the outermost image. */
  readonly outer: (OuterFile | OuterPart) | undefined
  /** The container of the image, if the file has one. */
  readonly container?: Container
  /** The name of the tool if the image is compressed as a whole: "zstd". */
  readonly compression?: string
  /** What is wrong with the compressed stream that the image came out of. Any content may then be wrong. */
  readonly damage?: FormatError | undefined
  /**
   * The image inside a file, which behaves like a folder; undefined if the file holds none. We recognise it by its
   * content, not by its name. A second call returns the same image.
   */
  nested(entry: Entry): OpenImage | undefined
  /**
   * Like `nested`, by index, for the files that we try without being asked, and for images with accounts of their own.
   * For some formats we try all files, for others only those with the name of an image.
   */
  inside(index: number): OpenImage | undefined
  /** The format of the image that a file begins like, by its index, for the files that we try without being asked. */
  formatOf(index: number): FormatTraits | undefined
  /** Like `inside`, for images that are one account in a report, such as an initrd. We may have to unpack them. */
  insideFile(index: number): OpenImage | undefined
  /** The image in one of `image.parts`; undefined if it holds none. A second call returns the same image. */
  insidePart(part: ImagePart): OpenImage | undefined
  /** The format of the image that one of `image.parts` begins like. */
  formatOfPart(part: ImagePart): FormatTraits | undefined
  /**
   * The files that `inside` and `insideFile` try, by their indexes, in tree order. Loops over all entries compile much
   * faster without a call of these.
   */
  readonly tried: readonly number[]
  /** The problems of the image so far: those from opening it, and those from claiming its content. */
  readonly problems: ReadProblems
  /** Claims the bytes of file contents, as `image.claimContent` does, and adds the problems to `problems`. */
  claimContent(map: ExtentMap): void
  /** Claims all other bytes, as `image.claimStructures` does. */
  claimStructures(map: ExtentMap): void
  /** The errors so far of files that begin like an image but that we could not open. */
  readonly nestedProblems: readonly FormatError[]
  /** The images inside that we have opened so far. */
  readonly opened: readonly OpenImage[]
  close(): void
}

export interface OpenOptions {
  /** What messages call the file; by default its path, or its URL without what may be secret. */
  readonly name?: string
  /** Byte offset of an image inside the file; 0 for the file itself. */
  readonly offset?: number
  readonly decompressors?: Decompressors
  /** Which names of an ISO we show; by default the best ones it has. */
  readonly nameTree?: NameTreeKind
  /** The limits that no image may exceed, where they are not DEFAULT_LIMITS. */
  readonly limits?: Partial<Limits>
  /** Whether to try all files for images inside. This decompresses at least the first block of each. */
  readonly deep?: boolean | undefined
  /** Takes what an image that is compressed as a whole unpacks to: by default memory, and a temporary file for more. */
  readonly spool?: () => Spool
  /** Receives how many bytes of a file that is compressed as a whole are unpacked, of how many. */
  readonly progress?: (done: number, total: number) => void
  /** Receives how many bytes each read of the file takes. Threads read by themselves. */
  readonly reads?: ((bytes: number) => void) | undefined
}

/**
 * Opens an image file.
 * @throws {FormatError} if it holds no readable image, or not with these names; the system's error if we cannot open it
 */
export function openImage(from: ImageFile, options: OpenOptions = {}): OpenImage {
  const { reads, name } = options
  const source = fileSource(from, name)
  const file = reads === undefined ? source : watchedSource(source, reads)
  try {
    const open = openSource(file, options)
    mark('image is open')
    return open
  } catch (error) {
    file.close()
    throw error
  }
}

/**
 * Like `openImage`, for bytes from elsewhere.
 * @param path the user's name for them, for commands in our advice
 */
export function openSource(file: ByteSource, options: OpenOptions = {}, path: string = file.name): OpenImage {
  const {
    offset = 0,
    decompressors = portableDecoders,
    nameTree,
    spool = systemSpool,
    progress,
    deep = false,
  } = options
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const { format, source, container, compression } = locateImage(file, offset, path)
  const images = { left: limits.images }
  const context = { decompressors, limits, budget: contentBudget(limits, file.size), images, spool, deep }
  if (compression === undefined) {
    const image = format.open(source, { ...context, nameTree })
    return withNested({ image, file, ...(container === undefined ? {} : { container }) }, context, 0)
  }
  const opened = openUnpacked(source, { ...context, nameTree, progress })
  if (opened === undefined) throw new UnrecognisedFile(source, path)
  return withNested({ ...opened, file, compression }, context, 0)
}

/** The content of a file that begins like an image. */
interface Recognised {
  readonly source: ByteSource
  readonly format: Format
  /** The name of the tool if the image is compressed as a whole. */
  readonly compression?: string
}

/** An image, and what we know of it besides. */
interface Opened extends Partial<Omit<UnpackedImage, 'image'>>, Pick<OpenImage, 'container' | 'compression'> {
  readonly image: Image
  readonly file: ByteSource
  readonly outer?: OpenImage['outer']
}

/**
 * Opens the image in a file of another image as if that file stood by itself. Closing it closes the other image too.
 * @param path the user's name for the outer image, for commands in our advice
 * @throws {FormatError} as `openSource` does
 */
export function openInside({ reader, close }: OpenImage, entry: Entry, options: OpenOptions, path: string): OpenImage {
  return openSource({ ...contentSource(reader, entry), close }, options, path)
}

/** Like `openInside`, for a part of an image outside its tree. */
export function openPart({ image, close }: OpenImage, part: ImagePart, options: OpenOptions, path: string): OpenImage {
  return openSource({ ...partSource(image, part), close }, options, path)
}

function withNested(opened: Opened, context: ContentContext & { readonly deep: boolean }, depth: number): OpenImage {
  const { image, file, outer, container, compression, unpacked } = opened
  const reader = new ContentReader(image, context)
  const found = new Map<number, OpenImage | undefined>()
  const recognised = new Map<number, Recognised | undefined>()
  const unpackable = new Map<number, Recognised | undefined>()
  const nestedProblems: FormatError[] = []
  /** The files whose first bytes we cannot read. */
  const unreadable = new Set<number>()
  const inside: OpenImage[] = []
  const recognise = (
    entry: Entry,
    known: Map<number, Recognised | undefined>,
    look: (source: ByteSource) => Omit<Recognised, 'source'> | undefined,
  ): Recognised | undefined => {
    if (known.has(entry.identity)) return known.get(entry.identity)
    if (unreadable.has(entry.identity)) return undefined
    let found: Recognised | undefined
    if (entry.type === 'file') {
      try {
        const source = contentSource(reader, entry)
        const kind = look(source)
        found = kind && !isBeginningOf(image, kind.format, source) ? { ...kind, source } : undefined
      } catch (error) {
        nestedProblems.push(asFormatError(error))
        unreadable.add(entry.identity)
      }
    }
    known.set(entry.identity, found)
    return found
  }
  const recognisedIn = (entry: Entry): Recognised | undefined => recognise(entry, recognised, soundFormatOf)
  const compressedIn = (entry: Entry): Recognised | undefined => recognise(entry, unpackable, compressedImage)
  const openFound = (found: Recognised, outer: OuterFile | OuterPart): OpenImage | undefined => {
    const { source, format, compression } = found
    try {
      if (depth >= context.limits.nesting) {
        const detail = 'the image is nested too deeply; it is not opened'
        const place = { structure: 'first bytes', offset: 0, ...atLimit(context.limits, 'nesting') }
        throw formatError('LIMIT', detail, source, place)
      }
      context.images.left -= 1
      if (context.images.left < 0) {
        const detail = 'too many images inside; the rest is not opened'
        const place = { structure: 'first bytes', offset: 0, ...atLimit(context.limits, 'images') }
        throw formatError('LIMIT', detail, source, place)
      }
      const unpacked = compression === undefined ? undefined : openUnpacked(source, context)
      if (compression !== undefined && unpacked === undefined) return undefined
      const nested = unpacked ?? { image: format.open(source, context) }
      const how = compression === undefined ? {} : { compression }
      const inner = withNested({ ...nested, ...how, file: source, outer }, context, depth + 1)
      inside.push(inner)
      return inner
    } catch (error) {
      nestedProblems.push(asFormatError(error))
      return undefined
    }
  }
  const open = (entry: Entry): OpenImage | undefined => {
    const found = recognisedIn(entry) ?? compressedIn(entry)
    return found && openFound(found, { open: self, entry })
  }
  const parts = new Map<ImagePart, OpenImage | undefined>()
  const recognisePart = (part: ImagePart): OpenImage | undefined => {
    const source = partSource(image, part)
    const format = soundFormatOf(source)?.format
    return format && openFound({ source, format }, { open: self, part })
  }
  const { tree } = image
  const isTried = (index: number): boolean =>
    tree.typeOf(index) === 'file' &&
    (context.deep || image.format.looksInside === 'files' || isNamedLikeImage(tree.nameOf(index)))
  const triedIn = (entry: Entry): Recognised | undefined =>
    recognisedIn(entry) ?? (context.deep || isNamedLikeCompressedImage(entry.name) ? compressedIn(entry) : undefined)
  const insideWith = (accounts: FormatTraits['accounts'], index: number): OpenImage | undefined => {
    const format = self.formatOf(index)
    if (format === undefined || accountsIn(image.format, format) !== accounts) return undefined
    return self.nested(tree.entry(index))
  }
  let tried: readonly number[] | undefined
  const before = [...(container?.problems.warnings ?? []), ...(opened.damage === undefined ? [] : [opened.damage])]
  const withDamage = ({ warnings, complete }: ReadProblems): ReadProblems => ({
    warnings: [...before, ...warnings],
    complete: complete && opened.damage === undefined && container?.problems.complete !== false,
  })
  let problems = withDamage(image)
  const self: OpenImage = {
    image,
    get problems() {
      return problems
    },
    claimContent(map) {
      problems = withDamage(image.claimContent(map))
    },
    claimStructures(map) {
      image.claimStructures(map, problems.complete)
    },
    reader,
    file,
    outer,
    ...(container === undefined ? {} : { container }),
    ...(compression === undefined ? {} : { compression, damage: opened.damage }),
    nestedProblems,
    opened: inside,
    nested(entry) {
      if (!found.has(entry.identity)) found.set(entry.identity, open(entry))
      return found.get(entry.identity)
    },
    inside(index) {
      return insideWith('own', index)
    },
    formatOf(index) {
      return isTried(index) ? triedIn(tree.entry(index))?.format : undefined
    },
    insideFile(index) {
      return insideWith('of its file', index)
    },
    insidePart(part) {
      if (!parts.has(part)) parts.set(part, recognisePart(part))
      return parts.get(part)
    },
    formatOfPart(part) {
      return soundFormatOf(partSource(image, part))?.format
    },
    get tried() {
      if (tried === undefined) {
        const found: number[] = []
        for (let index = 0; index < tree.count; index += 1) if (isTried(index)) found.push(index)
        tried = found
      }
      return tried
    },
    close() {
      for (const inner of inside) inner.close()
      // The bytes of a stream are its own. Other sources have those of the file.
      if (image.source !== file) image.source.close()
      unpacked?.close()
      file.close()
    },
  }
  return self
}

/** The bytes of a part of an image. */
function partSource({ source }: Image, { name, offset, size }: ImagePart): ByteSource {
  return sliceSource(source, offset, size, `${readable(name)} in ${source.name}`)
}

/** The format of a source that begins like a sound image. */
function soundFormatOf(source: ByteSource): { readonly format: Format } | undefined {
  const found = formatOf(source)
  return found === undefined || found.isDamaged ? undefined : found
}

/** Whether a file only begins like an image because it is the beginning of the image that holds it. */
function isBeginningOf(image: Image, format: Format, { origin }: ByteSource): boolean {
  return (
    format.name === image.format.name &&
    origin.kind === 'slice' &&
    origin.offset === 0 &&
    origin.source === image.source
  )
}

/** Whether an image of a format has accounts of its own where it lies in one of another format. */
function accountsIn(outer: FormatTraits, format: FormatTraits): FormatTraits['accounts'] {
  return outer.holdsPartitions === true ? 'own' : format.accounts
}

/** The errors of files, in an image and in those inside it, that we could not open as images. */
export function allNestedProblems({ nestedProblems, opened }: OpenImage): FormatError[] {
  return [...nestedProblems, ...opened.flatMap(allNestedProblems)]
}

/**
 * The problems of an image and of the opened images inside it, and whether we could read all of them.
 * @param withFiles whether to include images that are one account in a report
 */
export function problemsOf(open: OpenImage, withFiles = true): ReadProblems {
  const inner = open.opened
    .filter(({ image }) => withFiles || accountsIn(open.image.format, image.format) === 'own')
    .map((nested) => problemsOf(nested, withFiles))
  return {
    warnings: [...open.problems.warnings, ...open.nestedProblems, ...inner.flatMap(({ warnings }) => warnings)],
    complete: open.problems.complete && open.nestedProblems.length === 0 && inner.every(({ complete }) => complete),
  }
}
