import type { FormatError } from '../bytes/errors.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { detectCompression } from './compression.ts'
import { type UnpackContext, Unpacking } from './unpacking.ts'

/**
 * The content of a source that is compressed as a whole, such as `nixos.iso.zst`: zstd, xz, lzma, lz4, gzip, bzip2 or
 * lzop. It is unpacked at once, into a spool. Bytes after the stream, such as a signature, follow its content as they
 * are. Closing the result frees it, and leaves `source` open.
 * @param damaged receives what is wrong with the stream; the result then has the content before the damage. Without
 * it, damage is thrown
 * @throws {FormatError} UNSUPPORTED if it has none of these formats; LIMIT for more content than a source of this size
 * may have; the damage of the stream
 */
export function unpackedSource(
  source: ByteSource,
  context: UnpackContext,
  damaged?: (problem: FormatError) => void,
): ByteSource {
  const decompress = detectCompression(source)?.decompress
  if (decompress === undefined) {
    const detail = 'is not compressed with zstd, xz, lzma, lz4, gzip, bzip2 or lzop'
    throw formatError('UNSUPPORTED', detail, source, { structure: 'first bytes', offset: 0 })
  }
  const unpacking = new Unpacking(source, context)
  try {
    const damage = unpacking.decompress(decompress)
    if (damage !== undefined) {
      if (damaged === undefined) throw damage
      damaged(damage)
    }
    unpacking.store(source.size)
    return unpacking.finish(unpackedName(source))
  } catch (error) {
    unpacking.discard()
    throw error
  } finally {
    context.progress?.(source.size, source.size)
  }
}

/** The name of what a source unpacks to, for messages. Offsets in it are not those of the source. */
export function unpackedName(source: Pick<ByteSource, 'name'>): string {
  return `${source.name} (unpacked)`
}
