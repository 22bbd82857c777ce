import type { ByteSource } from '../../parsers/bytes/source.ts'

/** A source of the same bytes that tells of each read. @param reads receives how many bytes a read takes */
export function watchedSource(source: ByteSource, reads: (bytes: number) => void): ByteSource {
  return {
    ...source,
    read(offset, length) {
      reads(length)
      return source.read(offset, length)
    },
    readInto(target, offset, length) {
      reads(length)
      source.readInto(target, offset, length)
    },
  }
}
