import { asFormatError } from '../../parsers/bytes/errors.ts'
import { type ByteSource, checkRange, formatError } from '../../parsers/bytes/source.ts'
import type { BlockDecompressor, CodecName } from '../../parsers/codecs/codec.ts'
import type { StoredRun } from '../../parsers/image.ts'

/** A block of a source, stored uncompressed or compressed. */
export interface StoredBlock extends Pick<StoredRun, 'offset' | 'storedLength' | 'unpackedLimit'> {
  readonly codec: CodecName | 'stored'
}

/** Reads blocks one after the other. */
export type ReadBlock = (source: ByteSource, block: StoredBlock, needed: number) => Uint8Array

/**
 * Makes a reader of blocks. It returns the bytes that files need from a block, valid until the next call. It throws a
 * FormatError if the block leaves the source, does not decompress, or holds fewer bytes.
 */
export function blockReader(decompressor: BlockDecompressor): ReadBlock {
  let buffer = new Uint8Array(0)
  return (source, { offset, storedLength, unpackedLimit, codec }, needed) => {
    checkRange(source, offset, storedLength, 'data block')
    if (codec === 'stored' && buffer.length < storedLength) buffer = new Uint8Array(storedLength)
    const stored =
      codec === 'stored' ? buffer.subarray(0, storedLength) : decompressor.input(codec, storedLength, unpackedLimit)
    source.readInto(stored, offset, storedLength)
    const place = { structure: 'data block', offset }
    let content: Uint8Array = stored
    try {
      if (codec !== 'stored') content = decompressor.decompress(codec, stored, unpackedLimit)
    } catch (error) {
      const cause = asFormatError(error)
      throw formatError(cause.code, `does not decompress: ${cause.detail}`, source, place, { cause })
    }
    if (content.length >= needed) return content
    const detail = `${codec === 'stored' ? 'holds' : 'decompresses to'} less than its file needs`
    throw formatError('MALFORMED', detail, source, { ...place, found: content.length, expected: needed })
  }
}

/**
 * Checks the place of a run that is stored as it is.
 * @throws {FormatError} if it leaves the source, or is smaller than its file needs
 */
export function checkStored(source: ByteSource, { offset, skip, length, storedLength }: StoredRun): void {
  const needed = skip + length
  checkRange(source, offset, Math.max(needed, storedLength), 'stored block')
  if (storedLength >= needed) return
  const place = { structure: 'stored block', offset, found: storedLength, expected: needed }
  throw formatError('MALFORMED', 'is smaller than its file needs', source, place)
}
