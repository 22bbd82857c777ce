import { readable } from '../../parsers/bytes/byte-string.ts'
import type { ContentBudget } from '../../parsers/bytes/content-budget.ts'
import { lastAtOrBefore } from '../../parsers/bytes/last-at-or-before.ts'
import { atLimit, type Limits } from '../../parsers/bytes/limits.ts'
import { type ByteSource, checkRange, formatError, sliceSource } from '../../parsers/bytes/source.ts'
import type { Spool } from '../../parsers/bytes/spool.ts'
import type { Decompressors } from '../../parsers/codecs/codec.ts'
import type { Entry, Image, StoredRun } from '../../parsers/image.ts'
import { BlockReader } from './block-reader.ts'

/** The largest piece that we read or return at once, because a run of an ISO may be gigabytes. */
const CHUNK = 1 << 20
/** The state that the readers of an image and of the images inside it share. */
export interface ContentContext {
  readonly decompressors: Decompressors
  readonly limits: Limits
  readonly budget: ContentBudget
  /** How many images inside we may still open, at all depths together. */
  readonly images: { left: number }
  /** Takes what an image that is compressed as a whole unpacks to. */
  readonly spool: () => Spool
}

/** Reads the content of files in one image. It keeps the blocks that it decompressed last. */
export class ContentReader {
  readonly image: Image
  readonly limits: Limits
  readonly #budget: ContentBudget
  readonly #blocks: BlockReader

  readonly #context: ContentContext

  /** @param recycles whether each piece needs to stay only until the next one is read */
  constructor(image: Image, context: ContentContext, recycles = false) {
    const { decompressors, limits, budget } = context
    this.#context = context
    this.image = image
    this.limits = limits
    this.#budget = budget
    const spend = (length: number, offset: number): void => this.spend(length, offset)
    this.#blocks = new BlockReader(image.source, decompressors, spend, recycles)
  }

  /**
   * A reader of the same image for content that is looked at once and in order. It uses the memory of blocks again, which
   * takes a third less time.
   */
  recycling(): ContentReader {
    return new ContentReader(this.image, this.#context, true)
  }

  /**
   * Counts content before we look at it, because a hostile image may have far more content than bytes.
   * @throws {FormatError} LIMIT if the image has more content than a user can wait for
   */
  spend(length: number, offset: number): void {
    this.#budget.left -= length
    if (this.#budget.left >= 0) return
    throw formatError('LIMIT', 'too much content for an image of this size', this.image.source, {
      structure: 'data block',
      offset,
      ...atLimit(this.limits, this.#budget.limit),
    })
  }

  /**
   * The content of a file in order, in pieces of at most 1 MiB. Each piece is valid until the caller asks for the next.
   * @throws {FormatError} if it is damaged; we never return content other than the stored one
   */
  *chunks(entry: Entry): Generator<Uint8Array> {
    for (const run of this.image.runs(entry)) yield* this.#piecesOf(run)
  }

  /**
   * Like `chunks`, but a hole is the number of its zeros. It costs nothing to read, so it may be of any size.
   * @throws {FormatError} as `chunks` does
   */
  *pieces(entry: Entry): Generator<Uint8Array | number> {
    for (const run of this.image.runs(entry)) {
      if (run.codec === 'hole') yield run.length
      else yield* this.#piecesOf(run)
    }
  }

  *#piecesOf(run: StoredRun): Generator<Uint8Array> {
    const { codec, length } = run
    const most = codec === 'hole' || codec === 'stored' ? CHUNK : length
    for (let done = 0; done < length; done += most) yield this.read(run, done, Math.min(most, length - done))
  }

  /** Bytes [start, start + length) of a run's content. */
  read(run: StoredRun, start: number, length: number): Uint8Array {
    return this.#blocks.read(run, start, length)
  }
}

/**
 * A file of an image as a source of its own. It is a slice if the file is stored in one piece, else we decompress
 * blocks on demand.
 * @throws {FormatError} if the block list of the file is damaged
 */
export function contentSource(reader: ContentReader, entry: Entry): ByteSource {
  const { image } = reader
  const name = `${readable(entry.name)} in ${image.source.name}`
  const runs: StoredRun[] = []
  for (const run of image.runs(entry)) {
    runs.push(run)
    if (runs.length > reader.limits['file-blocks']) {
      const detail = `more than ${reader.limits['file-blocks']} blocks; it is not looked into`
      throw formatError('LIMIT', detail, image.source, {
        structure: 'block list',
        offset: run.offset,
        ...atLimit(reader.limits, 'file-blocks'),
      })
    }
  }
  const contiguous = storedInOnePiece(runs)
  if (contiguous !== undefined) {
    // If a truncated image has only a part of the file, we take that part.
    const offset = Math.min(contiguous, image.source.size)
    return sliceSource(image.source, offset, Math.min(entry.size, image.source.size - offset), name)
  }
  const starts: number[] = []
  let size = 0
  for (const run of runs) {
    starts.push(size)
    size += run.length
  }
  const source: ByteSource = {
    name,
    size,
    origin: { kind: 'blocks', source: image.source, runs },
    read(offset, length) {
      checkRange(source, offset, length)
      const bytes = new Uint8Array(length)
      source.readInto(bytes, offset, length)
      return bytes
    },
    readInto(target, offset, length) {
      checkRange(source, offset, length)
      let index = lastAtOrBefore(starts, offset)
      for (let done = 0; done < length; index += 1) {
        const within = offset + done - starts[index]!
        const count = Math.min(length - done, runs[index]!.length - within)
        if (count > 0) target.set(reader.read(runs[index]!, within, count), done)
        done += Math.max(count, 0)
      }
    },
    close() {},
  }
  return source
}

/** The offset of a file that the source holds uncompressed, in consecutive runs; else undefined. */
function storedInOnePiece(runs: readonly StoredRun[]): number | undefined {
  const [first] = runs
  if (first === undefined) return undefined
  let next = first.offset + first.skip
  for (const run of runs) {
    if (run.codec !== 'stored' || run.offset + run.skip !== next) return undefined
    next += run.length
  }
  return first.offset + first.skip
}
