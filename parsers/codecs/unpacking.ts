import type { ContentBudget } from '../bytes/content-budget.ts'
import { asFormatError, type FormatError } from '../bytes/errors.ts'
import { atLimit, type Limits } from '../bytes/limits.ts'
import { type ByteSource, formatError, sliceSource } from '../bytes/source.ts'
import type { Spool } from '../bytes/spool.ts'
import { StreamBlockList } from '../bytes/stream-blocks.ts'
import type { DecompressStream } from './codec.ts'

/** Bytes that we copy at a time. */
const PIECE = 1 << 20

/** What unpacking a source needs. */
export interface UnpackContext {
  readonly limits: Limits
  /** What may still be unpacked. Stored bytes do not count. */
  readonly budget: ContentBudget
  readonly spool: () => Spool
  /** Receives how many of the stored bytes are unpacked; both numbers are equal at the end, whatever it is. */
  readonly progress?: ((done: number, total: number) => void) | undefined
}

/**
 * Unpacks a source from its first byte to its last: streams are decompressed, and other bytes taken as they are. The
 * result is one source, which knows how its bytes come out of the first one.
 */
export class Unpacking {
  readonly #source: ByteSource
  readonly #context: UnpackContext
  readonly #spool: Spool
  readonly #blocks = new StreamBlockList()
  /** Bytes in the spool. */
  #written = 0

  constructor(source: ByteSource, context: UnpackContext) {
    this.#source = source
    this.#context = context
    this.#spool = context.spool()
  }

  /** The offset in the source of the first byte that is not taken yet. */
  get position(): number {
    return this.#blocks.stored
  }

  /** Bytes of the result so far. */
  get size(): number {
    return this.#written
  }

  /**
   * Takes bytes as they are, up to `end`.
   * @throws {FormatError} LIMIT if the spool cannot hold them
   */
  store(end: number): void {
    while (this.position < end) {
      const { position } = this
      const bytes = this.#source.read(position, Math.min(PIECE, end - position))
      this.#write(bytes, position)
      this.#blocks.addStored(bytes.length)
    }
  }

  /**
   * Decompresses the stream that begins at the position, up to its end.
   * @returns the damage in it; what comes before the damage is unpacked, and the position is the end of the source
   * @throws {FormatError} LIMIT for more content than an image of this size may have, or than the spool can hold
   */
  decompress(decompress: DecompressStream): FormatError | undefined {
    const { source, start, blocks } = { source: this.#source, start: this.position, blocks: this.#blocks }
    const rest = start === 0 ? source : sliceSource(source, start, source.size - start, source.name)
    const pieces = decompress(rest, {
      stopsAtEnd: true,
      // A decoder may tell of more bytes than a file has that is cut short, before it refuses it.
      block: (stored, unpacked) => blocks.add(Math.min(stored, source.size - blocks.stored), unpacked),
    })
    for (;;) {
      let step: IteratorResult<Uint8Array, number>
      try {
        step = pieces.next()
      } catch (error) {
        const damage = asFormatError(error)
        this.#endAt(start + damage.facts.offset)
        return damage
      }
      if (step.done === true) {
        blocks.cutUnpacked(this.#written)
        blocks.add(start + step.value - this.position, this.#written - blocks.unpacked)
        return undefined
      }
      this.#spend(step.value.length)
      this.#write(step.value, start)
      this.#context.progress?.(Math.min(this.position, source.size - 1), source.size)
    }
  }

  /** Ends unpacking. All bytes of the source must be taken. Closing the result frees its bytes, not the source. */
  finish(name: string): ByteSource {
    return this.#spool.finish(name, { kind: 'stream', source: this.#source, blocks: this.#blocks.finish() })
  }

  /** Frees what is unpacked so far. */
  discard(): void {
    this.#spool.discard()
  }

  /**
   * Ends a stream at its damage. The decoder may have told of blocks that it then refused, or unpacked more than it told
   * of.
   */
  #endAt(offset: number): void {
    const { size } = this.#source
    this.#blocks.cutUnpacked(this.#written)
    const end = Math.min(Math.max(offset, this.position), size)
    this.#blocks.add(end - this.position, this.#written - this.#blocks.unpacked)
    this.#blocks.add(size - this.position, 0)
  }

  #spend(length: number): void {
    const { budget, limits } = this.#context
    budget.left -= length
    if (budget.left >= 0) return
    throw formatError('LIMIT', 'unpacks to too much content for an image of this size', this.#source, {
      structure: 'compressed stream',
      offset: this.position,
      ...atLimit(limits, budget.limit),
    })
  }

  #write(bytes: Uint8Array, offset: number): void {
    if (this.#written + bytes.length > this.#spool.capacity) {
      const detail = `unpacks to more than the ${this.#spool.capacity} bytes that there is room for`
      throw formatError('LIMIT', detail, this.#source, { structure: 'compressed stream', offset })
    }
    this.#spool.write(bytes)
    this.#written += bytes.length
  }
}
