import { createHash } from 'node:crypto'
import type { ByteSource } from '../../parsers/bytes/source.ts'
import { blockingProgressOf } from './progress.ts'
import { noteBytes } from './server-bytes.ts'

/** Bytes that we read at once. */
const PIECE = 1 << 20

/**
 * The SHA-256 of a whole file, in hexadecimal.
 * @param name the user's name for it
 * @throws {FormatError} if we cannot read it
 */
export function hashOfFile(file: ByteSource, name: string): string {
  noteBytes(name, 'hashing the image', file.size)
  const hash = createHash('sha256')
  const progress = blockingProgressOf('hashing the image')
  for (let offset = 0; offset < file.size; offset += PIECE) {
    const length = Math.min(PIECE, file.size - offset)
    hash.update(file.read(offset, length))
    progress(offset + length, file.size)
  }
  return hash.digest('hex')
}
