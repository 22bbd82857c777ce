import type { ByteSource } from '../../parsers/bytes/source.ts'
import type { CodecName, Decompressors } from '../../parsers/codecs/codec.ts'
import type { StoredRun } from '../../parsers/image.ts'
import { KeptBlocks } from './kept-blocks.ts'
import { blockReader, checkStored, type ReadBlock } from './read-block.ts'

/** How many unpacked bytes we keep, for files in one fragment and for random access: 16 blocks of the largest size. */
const KEPT_BYTES = 16 << 20

/** Reads runs of content from a source. It keeps the blocks that it decompressed last. */
export class BlockReader {
  readonly #source: ByteSource
  readonly #readBlock: ReadBlock
  readonly #spend: (length: number, offset: number) => void
  readonly #blocks: KeptBlocks
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
    this.#blocks = new KeptBlocks(KEPT_BYTES, free)
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
      checkStored(source, run)
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
    return this.#blocks.block(run, (needed) => {
      this.#spend(run.unpackedLimit, run.offset)
      return this.#readBlock(this.#source, { ...run, codec }, needed)
    })
  }
}
