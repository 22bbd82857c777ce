import type { ByteSource } from '../../parsers/bytes/source.ts'
import type { BlockDecompressor, CodecName } from '../../parsers/codecs/codec.ts'
import type { StoredRun } from '../../parsers/image.ts'
import { KeptBlocks } from '../images/kept-blocks.ts'
import { blockReader, checkStored, type ReadBlock } from '../images/read-block.ts'

/** How many unpacked bytes of shared blocks a thread keeps: 32 blocks of the largest size. */
export const KEPT_BYTES: number = 32 << 20
/** The largest piece of stored content and of holes. */
const PIECE = 1 << 20

/** Receives a piece of content, which is valid until it returns. */
type Take = (piece: Uint8Array) => void

/**
 * Reads the content of runs in order. It unpacks a block into memory that it uses again, and keeps only blocks that
 * several files have parts of.
 */
export class RunReader {
  readonly source: ByteSource
  readonly #readBlock: ReadBlock
  readonly #shared: KeptBlocks
  /** Memory of blocks that are no longer kept. */
  readonly #free: Uint8Array[] = []
  #piece = new Uint8Array(0)
  #zeros = new Uint8Array(0)

  constructor(source: ByteSource, decompressor: BlockDecompressor) {
    this.source = source
    this.#readBlock = blockReader(decompressor)
    this.#shared = new KeptBlocks(KEPT_BYTES, this.#free)
  }

  /**
   * Reads a run.
   * @param isShared whether other contents have parts of the same block
   * @throws {FormatError} if it is damaged
   */
  readonly pieces = (run: StoredRun, isShared: boolean, take: Take): void => {
    const { codec, skip, length } = run
    if (length === 0) return
    if (codec === 'hole') this.#hole(length, take)
    else if (codec === 'stored') this.#stored(run, take)
    else {
      const block = { ...run, codec }
      const bytes = isShared ? this.#sharedBlock(block) : this.#readBlock(this.source, block, skip + length)
      take(bytes.subarray(skip, skip + length))
    }
  }

  #hole(length: number, take: Take): void {
    if (this.#zeros.length === 0) this.#zeros = new Uint8Array(PIECE)
    for (let done = 0; done < length; done += PIECE) take(this.#zeros.subarray(0, Math.min(PIECE, length - done)))
  }

  #stored(run: StoredRun, take: Take): void {
    const { source } = this
    const { offset, skip, length } = run
    checkStored(source, run)
    if (this.#piece.length === 0) this.#piece = new Uint8Array(PIECE)
    for (let done = 0; done < length; done += PIECE) {
      const piece = this.#piece.subarray(0, Math.min(PIECE, length - done))
      source.readInto(piece, offset + skip + done, piece.length)
      take(piece)
    }
  }

  #sharedBlock(run: StoredRun & { readonly codec: CodecName }): Uint8Array {
    return this.#shared.block(run, (needed) => this.#copy(this.#readBlock(this.source, run, needed), run.unpackedLimit))
  }

  /** A copy of a block, which stays while others are read. */
  #copy(bytes: Uint8Array, limit: number): Uint8Array {
    const free = this.#free.pop()
    const memory =
      free !== undefined && free.length >= bytes.length ? free : new Uint8Array(Math.max(limit, bytes.length))
    memory.set(bytes)
    return memory.subarray(0, bytes.length)
  }
}
