import { type ErrorCode, FormatError, type FormatErrorFacts } from './errors.ts'
import type { StreamBlocks } from './stream-blocks.ts'

/** Where a source gets its bytes from. We use it to give positions, and to charge the bytes. */
export type Origin =
  /** From no other source: a file, or bytes in memory. */
  | { readonly kind: 'root' }
  /** Byte 0 lies at `offset` of `source`, and the others follow it. */
  | { readonly kind: 'slice'; readonly source: ByteSource; readonly offset: number }
  /** Blocks of `source`, each of which is stored or compressed. The runs are in the order of the content. */
  | { readonly kind: 'blocks'; readonly source: ByteSource; readonly runs: readonly SourceRun[] }
  /** All of `source`, decompressed in order. The blocks say which of its bytes became which. */
  | { readonly kind: 'stream'; readonly source: ByteSource; readonly blocks: StreamBlocks }

/** `length` bytes that come from the stored bytes [offset, offset + storedLength) of another source. */
export interface SourceRun {
  readonly offset: number
  /** 0 for a hole. */
  readonly storedLength: number
  readonly length: number
  /** For a fragment: the most bytes that its block decompresses to. */
  readonly unpackedLimit: number
  /** Whether other files have parts of the same block. */
  readonly fragment?: true
}

/** Random access to immutable bytes, positional and synchronous. */
export interface ByteSource {
  /** The name in error messages: a file name, or "nix-store.squashfs in image.iso". */
  readonly name: string
  /** Length in bytes; every offset is in [0, size). */
  readonly size: number
  /** Which source its bytes come from, and how. */
  readonly origin: Origin
  /**
   * Bytes [offset, offset + length), exactly `length` of them. The caller must not write to them, because they may be a
   * view of shared memory.
   * @throws {FormatError} TRUNCATED when the range leaves the source
   */
  read(offset: number, length: number): Uint8Array
  /** Like `read`, into the front of `target` and without allocating. */
  readInto(target: Uint8Array, offset: number, length: number): void
  /** Tells a source whose bytes are slow to get that [offset, offset + length) are read soon. */
  readAhead?(offset: number, length: number): void
  close(): void
}

/** A source over bytes in memory. */
export function bytesSource(bytes: Uint8Array, name: string): ByteSource {
  const source: ByteSource = {
    name,
    size: bytes.length,
    origin: { kind: 'root' },
    read(offset, length) {
      checkRange(source, offset, length)
      return bytes.subarray(offset, offset + length)
    },
    readInto(target, offset, length) {
      checkRange(source, offset, length)
      target.set(bytes.subarray(offset, offset + length))
    },
    close() {},
  }
  return source
}

/**
 * The part [offset, offset + size) of `outer` as a source of its own. Closing it does not close `outer`.
 * @throws {FormatError} TRUNCATED when the range leaves `outer`
 */
export function sliceSource(outer: ByteSource, offset: number, size: number, name: string): ByteSource {
  checkRange(outer, offset, size)
  const source: ByteSource = {
    name,
    size,
    origin: { kind: 'slice', source: outer, offset },
    read(at, length) {
      checkRange(source, at, length)
      return outer.read(offset + at, length)
    },
    readInto(target, at, length) {
      checkRange(source, at, length)
      outer.readInto(target, offset + at, length)
    },
    close() {},
  }
  return source
}

/**
 * The outermost source that stores the bytes of `source` as they are, and where `offset` lies in it. A stream is such a
 * source: the places of its bytes are offsets in what it unpacks to.
 */
export function locate(source: ByteSource, offset: number): { source: ByteSource; offset: number } {
  let at = { source, offset }
  while (at.source.origin.kind === 'slice') {
    at = { source: at.source.origin.source, offset: at.offset + at.source.origin.offset }
  }
  return at
}

/** Whether the bytes of a source are slow to get, because a server has them or a browser slices them. */
export function isSlow(source: ByteSource): boolean {
  return locate(source, 0).source.readAhead !== undefined
}

/** Tells the outermost source that stores these bytes that they are read soon, if its bytes are slow to get. */
export function readAhead(source: ByteSource, offset: number, length: number): void {
  const outer = locate(source, offset)
  outer.source.readAhead?.(outer.offset, length)
}

/** The facts of a `FormatError` without the source, which `formatError` adds. */
export type Place = Omit<FormatErrorFacts, 'source' | 'outerOffset'>

/** The error for a problem at `place` of `source`. It adds the offset in the outermost file. */
export function formatError(
  code: ErrorCode,
  detail: string,
  source: ByteSource,
  place: Place,
  options?: ErrorOptions,
): FormatError {
  const outer = outerOffset(source, place.offset)
  const facts = { source: source.name, ...place, ...(outer === undefined ? {} : { outerOffset: outer }) }
  return new FormatError(code, detail, facts, options)
}

/** Where a byte lies in the outermost file; undefined if that is the source itself, or has the byte only compressed. */
function outerOffset(source: ByteSource, offset: number): number | undefined {
  if (source.origin.kind !== 'slice') return undefined
  const outer = locate(source, offset)
  return outer.source.origin.kind === 'stream' ? undefined : outer.offset
}

/** @throws {FormatError} TRUNCATED unless [offset, offset + length) lies in `source` */
export function checkRange(source: ByteSource, offset: number, length: number, structure = 'bytes'): void {
  if (offset < 0 || length < 0 || offset + length > source.size) {
    throw formatError(
      'TRUNCATED',
      `cut short: it takes bytes [${offset}, ${offset + length}), and there are only ${source.size}`,
      source,
      {
        structure,
        offset,
      },
    )
  }
}
