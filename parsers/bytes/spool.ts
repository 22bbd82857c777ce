import { type ByteSource, checkRange, type Origin } from './source.ts'

/** Takes bytes that a decoder unpacks, in order, and then gives random access to them. */
export interface Spool {
  /** Bytes that it can hold. */
  readonly capacity: number
  /**
   * Appends a copy of the bytes.
   * @throws {FormatError} IO if the system has no room for them
   */
  write(bytes: Uint8Array): void
  /** Ends writing. The source has all bytes, and closing it frees them. */
  finish(name: string, origin: Origin): ByteSource
  /** Frees all bytes, if nobody needs them. */
  discard(): void
}

/** Bytes that we allocate at a time. One buffer that doubles would take three times the memory while it grows. */
const CHUNK = 4 << 20

/** What a spool in memory holds, unless the caller says otherwise. A browser has not much more. */
const MEMORY_CAPACITY = 2 ** 30

/** A spool in memory. It grows with its content. @param capacity bytes that it can hold */
export function memorySpool(capacity: number = MEMORY_CAPACITY): Spool {
  const chunks = new ChunkList()
  return {
    capacity,
    write: (bytes) => chunks.append(bytes),
    finish: (name, origin) => chunks.source(name, origin),
    discard: () => chunks.clear(),
  }
}

/** Bytes in pieces of 4 MiB. All pieces but the last are full. */
export class ChunkList {
  #chunks: Uint8Array[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The chunks, of which the last one may be short. */
  get chunks(): readonly Uint8Array[] {
    return this.#chunks
  }

  append(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const used = this.#size % CHUNK
      if (used === 0) this.#chunks.push(new Uint8Array(CHUNK))
      const part = bytes.subarray(done, done + CHUNK - used)
      this.#chunks[this.#chunks.length - 1]!.set(part, used)
      done += part.length
      this.#size += part.length
    }
  }

  clear(): void {
    this.#chunks = []
    this.#size = 0
  }

  /** All bytes as a source. Closing it frees them. */
  source(name: string, origin: Origin): ByteSource {
    this.#trim()
    const source: ByteSource = {
      name,
      size: this.#size,
      origin,
      read: (offset, length) => {
        checkRange(source, offset, length)
        const chunk = this.#chunks[Math.floor(offset / CHUNK)]
        const start = offset % CHUNK
        if (chunk !== undefined && start + length <= chunk.length) return chunk.subarray(start, start + length)
        const bytes = new Uint8Array(length)
        this.#copy(bytes, offset)
        return bytes
      },
      readInto: (target, offset, length) => {
        checkRange(source, offset, length)
        this.#copy(target.subarray(0, length), offset)
      },
      close: () => this.clear(),
    }
    return source
  }

  /** Makes the last chunk as long as its content. */
  #trim(): void {
    const used = this.#size % CHUNK
    if (used > 0) this.#chunks.push(this.#chunks.pop()!.slice(0, used))
  }

  #copy(target: Uint8Array, offset: number): void {
    for (let done = 0; done < target.length; ) {
      const start = (offset + done) % CHUNK
      const part = this.#chunks[Math.floor((offset + done) / CHUNK)]!.subarray(start, start + target.length - done)
      target.set(part, done)
      done += part.length
    }
  }
}
