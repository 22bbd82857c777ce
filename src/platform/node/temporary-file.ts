import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FormatError } from '../../../parsers/bytes/errors.ts'

/**
 * A file in the folder for temporary files, which only this user may read. It has no name from the moment on that it is
 * open, so it is gone in every case when this process ends.
 */
export class TemporaryFile {
  readonly #path = join(tmpdir(), `isoscope-${randomUUID()}`)
  readonly #descriptor: number
  /** Removes the file, where the system does not let us do so while it is open. */
  #remove: (() => void) | undefined
  #isOpen = true

  /** @throws {FormatError} IO if it cannot be made */
  constructor() {
    try {
      this.#descriptor = openSync(this.#path, 'wx+', 0o600)
    } catch (error) {
      throw this.#failure('cannot be made', error, 0)
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

  /** @throws {FormatError} IO */
  write(bytes: Uint8Array, offset: number): void {
    for (let done = 0; done < bytes.length; ) {
      try {
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done, offset + done)
      } catch (error) {
        throw this.#failure('cannot be written; TMPDIR names a folder with more room', error, offset)
      }
    }
  }

  /** Reads into the front of `target`. @throws {Error} of the system, or if the file has fewer bytes */
  readInto(target: Uint8Array, offset: number, length: number): void {
    for (let done = 0; done < length; ) {
      const count = readSync(this.#descriptor, target, done, length - done, offset + done)
      if (count === 0) throw new Error('it became shorter')
      done += count
    }
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    closeSync(this.#descriptor)
    if (this.#remove === undefined) return
    this.#remove()
    process.off('exit', this.#remove)
  }

  #failure(what: string, cause: unknown, offset: number): FormatError {
    const detail = `${what}: ${(cause as Error).message}`
    return new FormatError('IO', detail, { source: this.#path, structure: 'temporary file', offset })
  }
}
