import { FormatError } from '../../../parsers/bytes/errors.ts'
import type { ByteSource } from '../../../parsers/bytes/source.ts'
import type { ImageFile } from '../image-file.ts'
import { MOST_AT_ONCE } from '../paged-reads.ts'
import type { ThreadFile } from '../shared-file.ts'
import { fileSource } from './file-source.ts'

/** Pages that a thread keeps: 8 MiB. It reads the file in order, a job at a time, and there may be 15 such threads. */
const KEPT = MOST_AT_ONCE

/** The file for another worker, which reads it itself. */
export function forThread(file: ImageFile): ThreadFile {
  return file
}

/** Whether this worker reads the file for other ones. */
export function readsForThreads(_file: ImageFile): boolean {
  return false
}

/** Its bytes, in that worker. @throws {FormatError} UNSUPPORTED for a file that another worker reads */
export function threadSource(file: ThreadFile, name: string): ByteSource {
  if (typeof file === 'string' || !('channel' in file)) return fileSource(file, name, KEPT)
  throw new FormatError('UNSUPPORTED', 'a worker reads files itself', { source: name, structure: 'file', offset: 0 })
}
