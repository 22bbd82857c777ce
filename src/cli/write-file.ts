import { randomBytes } from 'node:crypto'
import { createWriteStream, openSync, renameSync, rmSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { zlib } from '../platform/node/load-zlib.ts'
import { UsageError } from './exit-codes.ts'
import { onInterruption } from './interruption.ts'
import { writeOut } from './output.ts'

/**
 * Writes a file from pieces, completely or not at all: it first writes under another name. If the name ends in .gz, it
 * compresses with gzip.
 * @throws {UsageError} if it cannot write the file
 */
export async function writeFileWhole(
  path: string,
  pieces: Iterable<string> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  // In containers all processes have the same number, and a killed one may have left its file.
  const unfinished = `${path}.${randomBytes(8).toString('hex')}.tmp`
  try {
    const descriptor = openSync(unfinished, 'wx')
    const discard = (): void => rmSync(unfinished, { force: true })
    const settled = onInterruption(discard)
    try {
      const source = Readable.from(pieces, { objectMode: true })
      const target = createWriteStream(unfinished, { fd: descriptor })
      if (path.endsWith('.gz')) await pipeline(source, zlib().createGzip(), target)
      else await pipeline(source, target)
      renameSync(unfinished, path)
    } finally {
      discard()
      settled()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    throw new UsageError(`${path}: cannot be written: ${writeReason(error) ?? (error as Error).message}`, [], {
      cause: error,
    })
  }
}

/** Writes a document to the file that the user named, or to stdout for "-". */
export async function writeDocument(output: string, pieces: Iterable<string>): Promise<void> {
  if (output === '-') await writeOut(pieces)
  else await writeFileWhole(output, pieces)
}

const WRITE_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such directory',
  ENOTDIR: 'part of the path is not a directory',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
}

/** Why the system refuses to write a file, in words; undefined for a rare error. */
export function writeReason(error: unknown): string | undefined {
  return WRITE_REASONS[(error as NodeJS.ErrnoException).code ?? '']
}
