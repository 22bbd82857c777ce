import { FormatError } from '../../parsers/bytes/errors.ts'
import type { StoredRun } from '../../parsers/image.ts'
import { RecentBlocks } from './recent-blocks.ts'

/** A block, or why it does not unpack, and how many bytes were needed of it. */
type Kept = { readonly bytes: Uint8Array } | { readonly error: FormatError; readonly needed: number }

/** What an error counts as, so that we keep only so many. In bytes. */
const ERROR_BYTES = 1 << 14

/**
 * The blocks of a source that were unpacked last, for files that have parts of one block. We do not try a damaged block
 * again for each of a thousand files.
 */
export class KeptBlocks {
  readonly #recent: RecentBlocks<Kept>

  /**
   * @param capacity unpacked bytes to keep
   * @param free receives the memory of blocks that are no longer kept
   */
  constructor(capacity: number, free?: Uint8Array[]) {
    this.#recent = new RecentBlocks(capacity, (kept) => {
      if ('bytes' in kept) free?.push(new Uint8Array(kept.bytes.buffer as ArrayBuffer))
    })
  }

  /**
   * The content of the block of a run.
   * @param unpack unpacks it into memory of its own
   * @throws {FormatError} if it is damaged, or holds less than the run needs
   */
  block({ offset, storedLength, skip, length }: StoredRun, unpack: (needed: number) => Uint8Array): Uint8Array {
    const needed = skip + length
    const known = this.#recent.get(offset, storedLength)
    if (known !== undefined && 'bytes' in known && known.bytes.length >= needed) return known.bytes
    if (known !== undefined && 'error' in known && known.needed <= needed) throw known.error
    try {
      const bytes = unpack(needed)
      this.#recent.add(offset, storedLength, bytes.buffer.byteLength, { bytes })
      return bytes
    } catch (error) {
      if (error instanceof FormatError) {
        // Only an error of the decoder has a cause. A block that is too small for one file may do for another.
        const fails = error.cause === undefined ? needed : 0
        this.#recent.add(offset, storedLength, ERROR_BYTES, { error, needed: fails })
      }
      throw error
    }
  }
}
