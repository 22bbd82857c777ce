import { readable } from '../../parsers/bytes/byte-string.ts'
import { atLimit, type LimitName, type Limits } from '../../parsers/bytes/limits.ts'
import { type ByteSource, checkRange, formatError, sliceSource } from '../../parsers/bytes/source.ts'
import type { Decompressors } from '../../parsers/codecs/codec.ts'
import type { Entry, Image, StoredRun } from '../../parsers/image.ts'
import { BlockReader } from './block-reader.ts'

/** Largest piece handed out or read at once: a run of an ISO may be gigabytes. */
const CHUNK = 1 << 20
/** So much content may any image have, however small it is. */
const CONTENT_FLOOR = 2 ** 30

/** Bytes of content that may still be read, of an image and of those inside it. */
export interface ContentBudget {
  left: number
  readonly limit: LimitName
}

/** What is to be read of an image of `size` bytes at most. */
export function contentBudget(limits: Limits, size: number): ContentBudget {
  const expanded = Math.max(CONTENT_FLOOR, size * limits.expansion)
  return expanded < limits.unpacked
    ? { left: expanded, limit: 'expansion' }
    : { left: limits.unpacked, limit: 'unpacked' }
}

/** What the readers of an image and of those inside it share. */
export interface ContentContext {
  readonly decompressors: Decompressors
  readonly limits: Limits
  readonly budget: ContentBudget
}

/** Reads content of one image's files, keeping the blocks it decompressed last. */
export class ContentReader {
  readonly image: Image
  readonly limits: Limits
  readonly #budget: ContentBudget
  readonly #blocks: BlockReader

  constructor(image: Image, { decompressors, limits, budget }: ContentContext) {
    this.image = image
    this.limits = limits
    this.#budget = budget
    this.#blocks = new BlockReader(image.source, decompressors, (length, offset) => this.spend(length, offset))
  }

  /**
   * Notes that content is to be looked at: of a hostile image there may be far more than it has bytes.
   * @throws {FormatError} LIMIT where an image has more of it than a person has time
   */
  spend(length: number, offset: number): void {
    this.#budget.left -= length
    if (this.#budget.left >= 0) return
    throw formatError('LIMIT', 'more content than is read of an image of this size', this.image.source, {
      structure: 'data block',
      offset,
      ...atLimit(this.limits, this.#budget.limit),
    })
  }

  /**
   * The content of a file in order, in pieces of at most 1 MiB, each good until the next is asked for.
   * @throws {FormatError} where it is damaged: content is never handed out that is not what was stored
   */
  *chunks(entry: Entry): Generator<Uint8Array> {
    for (const run of this.image.runs(entry)) {
      if (run.codec === 'hole' || run.codec === 'stored') {
        for (let done = 0; done < run.length; done += CHUNK) {
          yield this.read(run, done, Math.min(CHUNK, run.length - done))
        }
      } else if (run.length > 0) yield this.read(run, 0, run.length)
    }
  }

  /** Bytes [start, start + length) of a run's content. */
  read(run: StoredRun, start: number, length: number): Uint8Array {
    return this.#blocks.read(run, start, length)
  }
}

/**
 * A file of an image as a source of its own: a slice where it is stored in one piece, else blocks decompressed as they
 * are asked for.
 * @throws {FormatError} where its block list is damaged
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
    // Of a file that a truncated image has only in part, that part.
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
    origin: { kind: 'blocks', source: image.source },
    read(offset, length) {
      checkRange(source, offset, length)
      const bytes = new Uint8Array(length)
      source.readInto(bytes, offset, length)
      return bytes
    },
    readInto(target, offset, length) {
      checkRange(source, offset, length)
      let index = runBefore(starts, offset)
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

/** Where a file begins that lies in the source as it is, one stored run after the other; else undefined. */
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

/** Index of the last start at or before an offset. */
function runBefore(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (starts[middle]! <= offset) low = middle + 1
    else high = middle
  }
  return low - 1
}
