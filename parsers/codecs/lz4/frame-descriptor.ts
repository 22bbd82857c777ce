import { hex } from '../../bytes/errors.ts'
import { xxhash32 } from '../../checksums/xxhash32.ts'
import type { Progress } from '../progress.ts'
import { failure, need } from './failure.ts'

const STRUCTURE = 'Frame Descriptor'
// FLG. The highest two bits are the version.
const VERSION = 1
const BLOCK_INDEPENDENCE = 0x20
const BLOCK_CHECKSUM = 0x10
const CONTENT_SIZE = 0x08
const CONTENT_CHECKSUM = 0x04
const FLG_RESERVED = 0x02
const DICTIONARY_ID = 0x01
const BD_RESERVED = 0x8f

/** The most bytes of a descriptor: FLG, BD, Content Size, Dictionary ID, Header Checksum. */
export const FRAME_DESCRIPTOR_SIZE_LIMIT: number = 1 + 1 + 8 + 4 + 1

/** "LZ4 Frame Format", Frame Descriptor. */
export interface FrameDescriptor {
  /** Offset in all of the input. */
  readonly offset: number
  readonly hasIndependentBlocks: boolean
  readonly hasBlockChecksums: boolean
  readonly hasContentChecksum: boolean
  /** Bytes that the frame decompresses to, if the descriptor states them; exact up to 2^53. */
  readonly contentSize: number | undefined
  /** Bytes. */
  readonly blockMaximumSize: number
}

/** Reads the descriptor after the magic number, and refuses a frame that we cannot decode. */
export function readFrameDescriptor(progress: Progress): FrameDescriptor {
  const { input, inputView: view, inputPosition: offset } = progress
  need(progress, 2, STRUCTURE)
  const flags = input[offset]!
  const blockDescriptor = input[offset + 1]!
  if (flags >>> 6 !== VERSION) {
    throw failure('UNSUPPORTED', STRUCTURE, offset, 'is not supported', {
      field: 'Version Number',
      found: flags >>> 6,
      expected: VERSION,
    })
  }
  if ((flags & FLG_RESERVED) !== 0 || (blockDescriptor & BD_RESERVED) !== 0) {
    throw failure('UNSUPPORTED', STRUCTURE, offset, 'has reserved bits set', {
      field: 'FLG, BD',
      found: `${hex(flags)}, ${hex(blockDescriptor)}`,
    })
  }
  const contentSizeOffset = offset + 2
  const dictionaryIdOffset = contentSizeOffset + ((flags & CONTENT_SIZE) === 0 ? 0 : 8)
  const checksumOffset = dictionaryIdOffset + ((flags & DICTIONARY_ID) === 0 ? 0 : 4)
  need(progress, checksumOffset + 1 - offset, STRUCTURE)
  // The second byte of the hash.
  const checksum = (xxhash32(input, offset, checksumOffset) >>> 8) & 0xff
  if (input[checksumOffset] !== checksum) {
    throw failure('CHECKSUM', STRUCTURE, checksumOffset, 'does not match the descriptor', {
      field: 'Header Checksum',
      found: hex(input[checksumOffset]!),
      expected: hex(checksum),
    })
  }
  if ((flags & DICTIONARY_ID) !== 0) {
    throw failure('UNSUPPORTED', STRUCTURE, dictionaryIdOffset, 'needs a dictionary', {
      field: 'Dictionary ID',
      found: hex(view.getUint32(dictionaryIdOffset, true)),
    })
  }
  const sizeId = blockDescriptor >>> 4
  if (sizeId < 4) {
    throw failure('MALFORMED', STRUCTURE, offset + 1, 'is invalid', {
      field: 'Block Maximum Size',
      found: sizeId,
      expected: '4 (64 KiB) to 7 (4 MiB)',
    })
  }
  const hasContentSize = (flags & CONTENT_SIZE) !== 0
  progress.inputPosition = checksumOffset + 1
  return {
    offset: progress.inputStart + offset,
    hasIndependentBlocks: (flags & BLOCK_INDEPENDENCE) !== 0,
    hasBlockChecksums: (flags & BLOCK_CHECKSUM) !== 0,
    hasContentChecksum: (flags & CONTENT_CHECKSUM) !== 0,
    contentSize: hasContentSize
      ? view.getUint32(contentSizeOffset, true) + view.getUint32(contentSizeOffset + 4, true) * 2 ** 32
      : undefined,
    // 64 KiB, 256 KiB, 1 MiB, 4 MiB.
    blockMaximumSize: 1 << (8 + 2 * sizeId),
  }
}
