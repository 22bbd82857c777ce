import { FormatError } from '../../parsers/bytes/errors.ts'
import { type ByteSource, checkRange, formatError } from '../../parsers/bytes/source.ts'
import type { CodecName, Decompressors } from '../../parsers/codecs/codec.ts'
import type { StoredRun } from '../../parsers/image.ts'
import { blockReader, type ReadBlock } from './read-block.ts'

/**
 * How many unpacked blocks we keep, for files in one fragment and for random access: 16 MiB at the largest block size.
 */
const KEPT_BLOCKS = 16

/** Reads runs of content from a source. It keeps the blocks that it decompressed last. */
export class BlockReader {
  readonly #source: ByteSource
  readonly #readBlock: ReadBlock
  readonly #spend: (length: number, offset: number) => void
  readonly #blocks = new Map<number, { readonly storedLength: number; readonly bytes: Uint8Array }>()
  /** Blocks that do not decompress, so that we do not try again for each file that has a part in them. */
  readonly #damaged = new Map<number, { readonly storedLength: number; readonly error: FormatError }>()
  /** Memory for pieces that are stored as they are, if the caller allows us to use it again. */
  readonly #pieces: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)]
  #nextPiece: 0 | 1 = 0
  /** Memory of blocks that we keep no longer, if the caller allows us to use it again. */
  readonly #free: Uint8Array[] | undefined

  /**
   * @param spend receives the length of content before we produce it, and may refuse it
   * @param recycles whether bytes need to stay only until the next block is read; new memory is slow
   */
  constructor(
    source: ByteSource,
    decompressors: Decompressors,
    spend: (length: number, offset: number) => void,
    recycles = false,
  ) {
    const free: Uint8Array[] | undefined = recycles ? [] : undefined
    this.#free = free
    this.#source = source
    let stored = new Uint8Array(0)
    this.#readBlock = blockReader({
      input(_, length) {
        if (stored.length < length) stored = new Uint8Array(length)
        return stored.subarray(0, length)
      },
      decompress(codec, input, limit) {
        // We keep the output, so each block needs its own memory.
        const known = free?.pop()
        const output = known !== undefined && known.length >= limit ? known.subarray(0, limit) : new Uint8Array(limit)
        return output.subarray(0, decompressors[codec](input, output))
      },
    })
    this.#spend = spend
  }

  /** Bytes [start, start + length) of a run's content. @throws {FormatError} if it is damaged */
  read(run: StoredRun, start: number, length: number): Uint8Array {
    if (run.codec === 'hole') {
      this.#spend(length, 0)
      return new Uint8Array(length)
    }
    const source = this.#source
    if (run.codec === 'stored') {
      checkRange(source, run.offset, Math.max(run.skip + run.length, run.storedLength), 'stored block')
      if (run.storedLength < run.skip + run.length) {
        throw formatError('MALFORMED', 'is smaller than its file needs', source, {
          structure: 'stored block',
          offset: run.offset,
          found: run.storedLength,
          expected: run.skip + run.length,
        })
      }
      return this.#stored(run.offset + run.skip + start, length)
    }
    return this.#block(run, run.codec).subarray(run.skip + start, run.skip + start + length)
  }

  #stored(offset: number, length: number): Uint8Array {
    if (this.#free === undefined) return this.#source.read(offset, length)
    // Two pieces may be in use, of two files that are compared.
    const index = this.#nextPiece
    this.#nextPiece = index === 0 ? 1 : 0
    if (this.#pieces[index].length < length) this.#pieces[index] = new Uint8Array(length)
    const piece = this.#pieces[index].subarray(0, length)
    this.#source.readInto(piece, offset, length)
    return piece
  }

  #block(run: StoredRun, codec: CodecName): Uint8Array {
    const known = this.#blocks.get(run.offset)
    // A hostile image may have blocks of several lengths at one offset.
    if (known?.storedLength === run.storedLength && known.bytes.length >= run.skip + run.length) return known.bytes
    const damaged = this.#damaged.get(run.offset)
    if (damaged?.storedLength === run.storedLength) throw damaged.error
    this.#spend(run.unpackedLimit, run.offset)
    const bytes = this.#decompressed(run, codec)
    if (this.#blocks.size >= KEPT_BLOCKS) {
      for (const oldest of this.#blocks.keys()) {
        this.#free?.push(new Uint8Array(this.#blocks.get(oldest)!.bytes.buffer as ArrayBuffer))
        this.#blocks.delete(oldest)
        break
      }
    }
    this.#blocks.set(run.offset, { storedLength: run.storedLength, bytes })
    return bytes
  }

  #decompressed(run: StoredRun, codec: CodecName): Uint8Array {
    try {
      return this.#readBlock(this.#source, { ...run, codec }, run.skip + run.length)
    } catch (error) {
      // Only an error of the decoder has a cause. A block that is too small for one file may do for another.
      if (error instanceof FormatError && error.cause !== undefined) {
        if (this.#damaged.size >= KEPT_BLOCKS) this.#damaged.clear()
        this.#damaged.set(run.offset, { storedLength: run.storedLength, error })
      }
      throw error
    }
  }
}
