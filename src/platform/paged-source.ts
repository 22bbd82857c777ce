import { type ByteSource, checkRange } from '../../parsers/bytes/source.ts'
import type { PagedReads } from './paged-reads.ts'

/** A whole file that is read by pages, as a source. Closing it leaves the pages. */
export function pagedSource(name: string, size: number, pages: PagedReads): ByteSource {
  const source: ByteSource = {
    name,
    size,
    origin: { kind: 'root' },
    read(offset, length) {
      const bytes = new Uint8Array(length)
      source.readInto(bytes, offset, length)
      return bytes
    },
    readInto(target, offset, length) {
      checkRange(source, offset, length)
      pages.readInto(target, offset, length)
    },
    close() {},
  }
  return source
}
