import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import { type ByteSource, checkRange, formatError, type Origin } from '../../../parsers/bytes/source.ts'
import { ChunkList, type Spool } from '../../../parsers/bytes/spool.ts'

/** Bytes that stay in memory. Most initrds that distributions write unpack to more, most of other tools to less. */
const IN_MEMORY = 64 << 20

/**
 * A spool that keeps its first 64 MiB in memory. If there are more, all go to a temporary file, which has no name from
 * the moment on that it is open, so it is gone in every case when this process ends.
 * @param inMemory bytes from which on it uses a file
 */
export function systemSpool(inMemory: number = IN_MEMORY): Spool {
  const chunks = new ChunkList()
  let file: TemporaryFile | undefined
  return {
    capacity: Number.POSITIVE_INFINITY,
    write(bytes) {
      if (file === undefined && chunks.size + bytes.length <= inMemory) {
        chunks.append(bytes)
        return
      }
      if (file === undefined) {
        file = new TemporaryFile()
        let left = chunks.size
        for (const chunk of chunks.chunks) {
          file.append(chunk.subarray(0, left))
          left -= chunk.length
        }
        chunks.clear()
      }
      file.append(bytes)
    },
    finish: (name, origin) => file?.source(name, origin) ?? chunks.source(name, origin),
    discard() {
      chunks.clear()
      file?.close()
    },
  }
}

/** A file in the folder for temporary files, which only this user may read. */
class TemporaryFile {
  readonly #path = join(tmpdir(), `isoscope-${randomUUID()}`)
  readonly #descriptor: number
  /** Removes the file, where the system does not let us do so while it is open. */
  #remove: (() => void) | undefined
  #size = 0
  #isOpen = true

  constructor() {
    try {
      this.#descriptor = openSync(this.#path, 'wx+', 0o600)
    } catch (error) {
      throw this.#failure('cannot be made', error)
    }
    try {
      unlinkSync(this.#path)
    } catch {
      this.#remove = () => {
        try {
          unlinkSync(this.#path)
        } catch {
          // The system has removed it, or will do so.
        }
      }
      process.once('exit', this.#remove)
    }
  }

  append(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      try {
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done, this.#size + done)
      } catch (error) {
        throw this.#failure('cannot be written; TMPDIR names a folder with more room', error)
      }
    }
    this.#size += bytes.length
  }

  source(name: string, origin: Origin): ByteSource {
    const source: ByteSource = {
      name,
      size: this.#size,
      origin,
      read(offset, length) {
        checkRange(source, offset, length)
        const bytes = new Uint8Array(length)
        source.readInto(bytes, offset, length)
        return bytes
      },
      readInto: (target, offset, length) => {
        checkRange(source, offset, length)
        for (let done = 0; done < length; ) {
          const count = this.#read(source, target, done, length - done, offset + done)
          if (count === 0) {
            throw formatError('IO', 'the temporary file became shorter', source, { structure: 'file', offset })
          }
          done += count
        }
      },
      close: () => this.close(),
    }
    return source
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    closeSync(this.#descriptor)
    if (this.#remove === undefined) return
    this.#remove()
    process.off('exit', this.#remove)
  }

  #read(source: ByteSource, target: Uint8Array, start: number, length: number, offset: number): number {
    try {
      return readSync(this.#descriptor, target, start, length, offset)
    } catch (error) {
      const detail = `the system cannot read the temporary file: ${(error as Error).message}`
      throw formatError('IO', detail, source, { structure: 'file', offset })
    }
  }

  #failure(what: string, cause: unknown): FormatError {
    const detail = `${what}: ${(cause as Error).message}`
    return new FormatError('IO', detail, { source: this.#path, structure: 'temporary file', offset: this.#size })
  }
}
