import type { FormatError } from '../../parsers/bytes/errors.ts'
import { asFormatError } from '../../parsers/bytes/errors.ts'
import type { ByteSource } from '../../parsers/bytes/source.ts'
import { unpackedSource } from '../../parsers/codecs/unpacked-source.ts'
import type { UnpackContext } from '../../parsers/codecs/unpacking.ts'
import type { FormatContext } from '../../parsers/format.ts'
import { formatOf } from '../../parsers/formats.ts'
import type { Image } from '../../parsers/image.ts'

/** An image that was compressed as a whole. Closing its source frees what it unpacked to. */
export interface UnpackedImage {
  readonly image: Image
  /** What the compressed file unpacks to. The source of the image is this, or comes out of it. */
  readonly unpacked: ByteSource
  /** The damage of the compressed stream, if it has any. The image then has the bytes before the damage. */
  readonly damage: FormatError | undefined
}

/**
 * Unpacks a source that is compressed as a whole, and opens the image in it.
 * @returns undefined if what it unpacks to is no image
 * @throws {FormatError} the damage of the stream if it leaves nothing to open; LIMIT for too much content
 */
export function openUnpacked(stored: ByteSource, context: FormatContext & UnpackContext): UnpackedImage | undefined {
  let damage: FormatError | undefined
  const unpacked = unpackedSource(stored, context, (problem) => {
    damage = problem
  })
  try {
    const format = formatOf(unpacked)?.format
    const problem = format?.unreadable?.(unpacked, unpacked.name)
    if (problem !== undefined) throw problem
    if (format !== undefined) return { image: format.open(unpacked, context), unpacked, damage }
  } catch (error) {
    unpacked.close()
    throw damage ?? asFormatError(error)
  }
  unpacked.close()
  if (damage !== undefined) throw damage
  return undefined
}
