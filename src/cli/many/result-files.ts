import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { makeDirectory } from '../../platform/node/make-directory.ts'
import { UsageError } from '../exit-codes.ts'
import { onInterruption } from '../interruption.ts'
import { writeReason } from '../write-file.ts'

/** After this time, in milliseconds, we take an unfinished file as abandoned by its writer, which takes seconds. */
const ABANDONED = 3_600_000

/** A name that no result has: those end in their formats. */
const UNFINISHED = /^[0-9a-f]{64}\.[a-z.]+\.[0-9a-f]{16}\.tmp$/

/** Whether a result is there. It is then complete, because it got its name when it was. */
export function hasResult(path: string): boolean {
  return existsSync(path)
}

/**
 * Makes a directory for results, and removes what killed processes left unfinished in it.
 * @throws {UsageError} if the system refuses
 */
export function prepareResults(directory: string): void {
  try {
    makeDirectory(directory, 0o777)
    for (const name of readdirSync(directory)) {
      if (!UNFINISHED.test(name)) continue
      const path = join(directory, name)
      const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() }
      if (Date.now() - mtimeMs > ABANDONED) rmSync(path, { force: true })
    }
  } catch (error) {
    throw refused(directory, error)
  }
}

/**
 * Writes a result under a name of its own, and then gives it its name, so that it is there completely or not at all, also
 * after a loss of power. Who writes the same result at the same time writes the same.
 * @throws {UsageError} if the system refuses
 */
export function writeResult(path: string, pieces: Iterable<string | Uint8Array>): void {
  const unfinished = `${path}.${randomBytes(8).toString('hex')}.tmp`
  const discard = (): void => rmSync(unfinished, { force: true })
  const settled = onInterruption(discard)
  try {
    const file = openSync(unfinished, 'wx')
    try {
      for (const piece of pieces) writeAll(file, piece)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(unfinished, path)
  } catch (error) {
    discard()
    throw refused(path, error)
  } finally {
    settled()
  }
}

function writeAll(file: number, piece: string | Uint8Array): void {
  const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}

function refused(path: string, error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code === undefined) return error
  const reason = writeReason(error) ?? (error as Error).message
  return new UsageError(`${path}: cannot be written: ${reason}`, [], { cause: error })
}
