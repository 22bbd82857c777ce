import { FormatError } from '../../../parsers/bytes/errors.ts'
import { type ByteSource, formatError } from '../../../parsers/bytes/source.ts'
import type { ChosenFile, ImageFile } from '../image-file.ts'
import { wantedPages } from '../paged-reads.ts'
import { pagedSource } from '../paged-source.ts'
import { httpSource } from './http-source.ts'

/** Pages that are kept: 32 MiB. Two files that are compared have 8 MiB each at once, and must not push each other out. */
const KEPT = 128

/**
 * The bytes of a file on a server, or of one that the user chose, by slices of it. Only a worker can read them at once.
 * @param name the name in messages; by default that of the file
 * @param kept how many pages of a chosen file are kept, at least as many as are got at once
 * @throws {FormatError} UNSUPPORTED for a path
 */
export function fileSource(file: ImageFile, name?: string, kept: number = KEPT): ByteSource {
  if (typeof file === 'object' && 'url' in file) return httpSource(file, name)
  const chosen = chosenFile(file)
  const reader = new FileReaderSync()
  const load = (start: number, end: number): Uint8Array => {
    try {
      return new Uint8Array(reader.readAsArrayBuffer(chosen.slice(start, end) as Blob))
    } catch (error) {
      const detail = `the browser cannot read it: ${(error as Error).message}`
      throw formatError('IO', detail, source, { structure: 'file', offset: start })
    }
  }
  const { pages, readAhead } = wantedPages(chosen.size, kept, load)
  const source = pagedSource(name ?? chosen.name, chosen.size, pages)
  return { ...source, readAhead, close: () => pages.clear() }
}

/** The same file: it has no path. */
export function absoluteFile(file: ImageFile): ImageFile {
  return file
}

/** @throws {FormatError} UNSUPPORTED for a path */
export function chosenFile(file: ImageFile): ChosenFile {
  if (typeof file !== 'string' && !('url' in file)) return file
  const facts = { source: typeof file === 'string' ? file : file.url, structure: 'file', offset: 0 }
  throw new FormatError('UNSUPPORTED', 'a browser reads files that the user chose, and no paths', facts)
}
