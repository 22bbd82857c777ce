import { type ByteString, byteString } from '../bytes/byte-string.ts'
import { asFormatError, type ErrorCode, FormatError } from '../bytes/errors.ts'
import { atLimit, type Limits } from '../bytes/limits.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import type { Decompress } from '../codecs/codec.ts'

/** The most bytes of a metadata block, packed and unpacked (kernel: SQUASHFS_METADATA_SIZE). */
export const METADATA_SIZE = 8192
/** Bit 15 of a metadata block's header: the block is not compressed. */
const STORED = 0x8000
/** Unpacked blocks to keep. 4096 of them are 32 MiB, the inode and directory tables of some 600,000 files. */
const CACHED_BLOCKS = 4096
/** Bytes to read ahead, so that a walk over the headers does not need a system call for each. */
const WINDOW = 1 << 16

/** The data that all tables of an image share. */
export interface MetadataContext {
  readonly source: ByteSource
  readonly decompress: Decompress
  readonly limits: Limits
}

/**
 * One run of metadata blocks: inode table, directory table, xattr values, or the blocks of a lookup table. A block has
 * a position, counted from the start of the table. We unpack it when it is first needed.
 */
export class MetadataTable {
  readonly name: string
  readonly limits: Limits
  /** Byte offset of the table in the source. */
  readonly start: number
  /** Byte offset after the last block that the walk reached. */
  readonly end: number
  /** Position of each block, counted from `start`, ascending. The walk over the block headers found them all. */
  readonly positions: readonly number[]
  /** Why the walk ended before its given end, if it did. */
  readonly damage: FormatError | undefined
  readonly #source: ByteSource
  readonly #decompress: Decompress
  readonly #cache = new Map<number, Uint8Array>()
  /** The byte strings of blocks with names and targets, which are slices of them. */
  readonly #texts: (ByteString | undefined)[] = []
  /** Errors of blocks that we could not unpack. Each of the hundreds of inodes in a block asks for it again. */
  readonly #failures = new Map<number, FormatError>()
  readonly #lengths: number[] = []
  readonly #scratch = new Uint8Array(METADATA_SIZE)
  /** Bytes of the source from `#windowStart` to before `#windowEnd`, read ahead. */
  readonly #window = new Uint8Array(WINDOW)
  #windowStart = 0
  #windowEnd = 0

  /** @param end byte offset in the source where the next structure starts: no block may cross it */
  constructor({ source, decompress, limits }: MetadataContext, name: string, start: number, end: number) {
    this.#source = source
    this.#decompress = decompress
    this.limits = limits
    this.name = name
    this.start = start
    const limit = Math.min(end, source.size)
    const positions: number[] = []
    let at = start
    if (end < start) {
      this.damage = formatError('MALFORMED', 'it starts past the structure that follows it', source, {
        structure: name,
        offset: start,
        expected: `at most ${end}`,
      })
    }
    while (at < limit) {
      if (positions.length * METADATA_SIZE >= limits.metadata) {
        this.damage = formatError('LIMIT', `more than ${positions.length} blocks; the rest is left out`, source, {
          structure: name,
          offset: at,
          ...atLimit(limits, 'metadata'),
        })
        break
      }
      const length = at + 2 <= limit ? 2 + (this.#header(at) & (STORED - 1) || STORED) : 2
      if (length > 2 + METADATA_SIZE || at + length > limit) {
        this.damage = this.#error(at, `a block of ${length} bytes, where ${limit - at} are left and 8194 are the most`)
        break
      }
      positions.push(at - start)
      at += length
    }
    if (limit < end && this.damage === undefined) {
      this.damage = formatError('TRUNCATED', 'the file ends inside this table', source, {
        structure: name,
        offset: start,
        found: `${Math.max(0, limit - start)} bytes`,
        expected: `${end - start}`,
      })
    }
    this.positions = positions
    this.end = at
  }

  /** Number of the block at a position; -1 if no block starts there. */
  indexOf(position: number): number {
    let low = 0
    let high = this.positions.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.positions[middle]! < position) low = middle + 1
      else high = middle
    }
    return this.positions[low] === position ? low : -1
  }

  /** Bytes that a block unpacks to. Only the last block may be shorter than the maximum, so we unpack it to see. */
  unpackedLength(index: number): number {
    const known = this.#lengths[index]
    if (known !== undefined) return known
    return index < this.positions.length - 1 ? METADATA_SIZE : this.block(index).length
  }

  /** Stored bytes of a block, including its header. */
  storedLength(index: number): number {
    const next = this.positions[index + 1]
    return (next ?? this.end - this.start) - this.positions[index]!
  }

  /**
   * The unpacked bytes of a block, which the caller must not write to.
   * @throws {FormatError} when the block does not decompress
   */
  block(index: number): Uint8Array {
    const known = this.#cache.get(index)
    if (known !== undefined) return known
    const failure = this.#failures.get(index)
    if (failure !== undefined) throw failure
    const position = this.positions[index]
    if (position === undefined) throw this.#error(this.end, 'a reference runs past the last block of the table')
    let bytes: Uint8Array
    try {
      bytes = this.#unpack(this.start + position)
    } catch (error) {
      if (this.#failures.size < CACHED_BLOCKS) this.#failures.set(index, asFormatError(error))
      throw error
    }
    // Callers need blocks nearly in order, so they are least likely to need the oldest one again.
    if (this.#cache.size >= CACHED_BLOCKS) {
      for (const oldest of this.#cache.keys()) {
        this.#cache.delete(oldest)
        break
      }
    }
    this.#cache.set(index, bytes)
    this.#lengths[index] = bytes.length
    return bytes
  }

  /** `block` as a byte string. We make it once and keep it, because names are slices of it. */
  text(index: number): ByteString {
    const known = this.#texts[index]
    if (known !== undefined) return known
    const text = byteString(this.block(index))
    this.#texts[index] = text
    return text
  }

  #unpack(at: number): Uint8Array {
    const header = this.#header(at)
    const length = header & (STORED - 1) || STORED
    const stored = this.#bytes(at + 2, length)
    if ((header & STORED) !== 0) return stored.slice()
    try {
      const written = this.#decompress(stored, this.#scratch)
      if (written > 0) return this.#scratch.slice(0, written)
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      throw this.#error(at, `a block does not decompress: ${error.detail}`, error)
    }
    throw this.#error(at, 'a block decompresses to nothing')
  }

  #header(at: number): number {
    const bytes = this.#bytes(at, 2)
    return bytes[0]! | (bytes[1]! << 8)
  }

  /** Bytes of the source, at most `WINDOW`. They are valid until the next call. */
  #bytes(at: number, length: number): Uint8Array {
    if (at < this.#windowStart || at + length > this.#windowEnd) {
      const count = Math.max(length, Math.min(WINDOW, this.#source.size - at))
      this.#windowEnd = 0
      this.#source.readInto(this.#window.subarray(0, count), at, count)
      this.#windowStart = at
      this.#windowEnd = at + count
    }
    const offset = at - this.#windowStart
    return this.#window.subarray(offset, offset + length)
  }

  #error(at: number, detail: string, cause?: FormatError): FormatError {
    return formatError(
      cause?.code ?? 'MALFORMED',
      detail,
      this.#source,
      { structure: this.name, offset: at },
      { cause },
    )
  }

  /** An error about something in a block of this table. */
  errorIn(
    index: number,
    structure: string,
    detail: string,
    {
      code = 'MALFORMED',
      ...more
    }: { code?: ErrorCode; field?: string; found?: string | number; expected?: string | number; limit?: string } = {},
  ): FormatError {
    const position = this.positions[index]
    const at = position === undefined ? this.end : this.start + position
    return formatError(code, detail, this.#source, {
      structure: `${structure} in the ${this.name}`,
      offset: at,
      ...more,
    })
  }
}

const NOTHING = new Uint8Array(0)
const NO_VIEW = new DataView(NOTHING.buffer)

/** A position in a metadata table that advances as we read. It crosses block borders, because any structure may. */
export class MetadataCursor {
  readonly table: MetadataTable
  /** Number of the current block; -1 before the first `seek`. */
  index = -1
  /** Offset in the unpacked current block. */
  offset = 0
  /** The bytes in which the latest `take` has its own, and a view of them. */
  taken: Uint8Array = NOTHING
  view: DataView = NO_VIEW
  #bytes: Uint8Array = NOTHING
  #blockView: DataView = NO_VIEW
  /** The current block as a byte string, once a caller has asked for one. */
  #text: ByteString | undefined

  constructor(table: MetadataTable) {
    this.table = table
  }

  /**
   * Goes to an offset in the block at a position. Both are as in references: the position counts from the start of the
   * table, the offset is in the unpacked block. Moving one cursor is much cheaper than making one for each reference.
   * @throws {FormatError} MALFORMED when no block starts there or it ends before `offset`
   */
  seek(position: number, offset: number): this {
    const { table } = this
    if (table.positions[this.index] !== position) {
      const index = table.indexOf(position)
      if (index < 0) throw table.errorIn(-1, 'reference', 'does not point to the start of a block', { found: position })
      this.#enter(index)
    }
    if (offset > this.#bytes.length) {
      throw table.errorIn(this.index, 'reference', 'points past the end of its block', {
        found: offset,
        expected: `at most ${this.#bytes.length}`,
      })
    }
    this.offset = offset
    return this
  }

  /**
   * Advances by `length` bytes and returns their offset in `taken` and `view`: in the block itself, or in a copy if they cross its
   * end. With it we read an inode in one call. A call for each field would be twelve, and a walk makes them a few
   * thousand times before V8 has compiled them.
   */
  take(length: number): number {
    const at = this.offset
    if (at + length <= this.#bytes.length) {
      this.taken = this.#bytes
      this.view = this.#blockView
      this.offset = at + length
      return at
    }
    const copy = this.bytes(length)
    this.taken = copy
    this.view = new DataView(copy.buffer, copy.byteOffset, length)
    return 0
  }

  u16(): number {
    const at = this.take(2)
    return this.view.getUint16(at, true)
  }

  u32(): number {
    const at = this.take(4)
    return this.view.getUint32(at, true)
  }

  /** A 64-bit number. It is rounded above 2^53, and then larger than any file. */
  u64(): number {
    const low = this.u32()
    return low + this.u32() * 2 ** 32
  }

  /**
   * The next `length` bytes as a byte string. We make a block one string, and targets are slices of it. That is several
   * times as fast as a new string for each of a hundred thousand targets.
   */
  text(length: number): ByteString {
    const end = this.offset + length
    if (end > this.#bytes.length) return byteString(this.bytes(length))
    this.#text ??= this.table.text(this.index)
    const text = this.#text.slice(this.offset, end)
    this.offset = end
    return text
  }

  /** The next `length` bytes: a view if they lie in one block, else a copy. Names and values have at most 64 KiB. */
  bytes(length: number): Uint8Array {
    if (this.offset + length <= this.#bytes.length) {
      this.offset += length
      return this.#bytes.subarray(this.offset - length, this.offset)
    }
    const copy = new Uint8Array(length)
    for (let done = 0; done < length; ) {
      if (this.offset === this.#bytes.length) this.#next()
      const count = Math.min(length - done, this.#bytes.length - this.offset)
      copy.set(this.#bytes.subarray(this.offset, this.offset + count), done)
      this.offset += count
      done += count
    }
    return copy
  }

  #next(): void {
    this.#enter(this.index + 1)
  }

  #enter(index: number): void {
    this.#bytes = this.table.block(index)
    this.#blockView = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length)
    this.#text = undefined
    this.index = index
    this.offset = 0
  }
}
