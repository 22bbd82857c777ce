import { hex } from '../../bytes/errors.ts'
import { crc32 } from '../../checksums/crc32.ts'
import type { Progress } from '../progress.ts'
import { failure, malformed, need, verifyCrc32 } from './failure.ts'
import type { Filter } from './filter.ts'
import { readFilterFlags } from './filter-flags.ts'
import { readVariableInteger } from './variable-integer.ts'

const STRUCTURE = 'Block Header'
// Block Flags (xz 1.2: 3.1.2)
const FILTER_COUNT = 0x03
const RESERVED = 0x3c
const HAS_COMPRESSED_SIZE = 0x40
const HAS_UNCOMPRESSED_SIZE = 0x80

/** The most bytes of a header. */
export const BLOCK_HEADER_SIZE_LIMIT: number = (0xff + 1) * 4

/** xz 1.2: 3.1. */
export interface BlockHeader {
  /** Offset in all of the input. */
  readonly offset: number
  /** Bytes. */
  readonly size: number
  /** Bytes, if the header states them. */
  readonly compressedSize: number | undefined
  /** Bytes, if the header states them. */
  readonly uncompressedSize: number | undefined
  /** In the order in which the encoder applied them, without the last one, which is LZMA2. */
  readonly filters: readonly Filter[]
  /** Bytes of the dictionary that LZMA2 needs. */
  readonly dictionarySize: number
}

/** Reads the Block Header. The caller knows that its first byte is there and is not 0. */
export function readBlockHeader(progress: Progress): BlockHeader {
  const { input, inputView: view, inputPosition: offset } = progress
  // xz 1.2: 3.1.1
  const size = (input[offset]! + 1) * 4
  need(progress, offset, size, STRUCTURE)
  const end = offset + size - 4
  verifyCrc32(STRUCTURE, offset, view.getUint32(end, true), crc32(input, offset, end))
  const flags = input[offset + 1]!
  if ((flags & RESERVED) !== 0) {
    throw failure('UNSUPPORTED', STRUCTURE, offset, 'has reserved bits set', {
      field: 'Block Flags',
      found: hex(flags),
    })
  }

  let position = offset + 2
  let compressedSize: number | undefined
  let uncompressedSize: number | undefined
  if ((flags & HAS_COMPRESSED_SIZE) !== 0) {
    const { value, end: next } = readVariableInteger(input, position, end, STRUCTURE, 'Compressed Size')
    if (value === 0) throw malformed(STRUCTURE, position, 'is 0', { field: 'Compressed Size' })
    compressedSize = value
    position = next
  }
  if ((flags & HAS_UNCOMPRESSED_SIZE) !== 0) {
    const { value, end: next } = readVariableInteger(input, position, end, STRUCTURE, 'Uncompressed Size')
    uncompressedSize = value
    position = next
  }

  // xz 1.2: 3.1.5
  const filters: Filter[] = []
  let dictionarySize = 0
  const filterCount = (flags & FILTER_COUNT) + 1
  for (let index = 0; index < filterCount; index++) {
    const flags = readFilterFlags(input, position, end, index === filterCount - 1)
    if (flags.filter !== undefined) filters.push(flags.filter)
    dictionarySize = flags.dictionarySize
    position = flags.end
  }
  // xz 1.2: 3.1.6
  for (; position < end; position++) {
    if (input[position] !== 0) {
      throw failure('UNSUPPORTED', STRUCTURE, position, 'is not zero, so it may be an unknown field', {
        field: 'Header Padding',
        found: hex(input[position]!),
      })
    }
  }
  progress.inputPosition = offset + size
  return { offset: progress.inputStart + offset, size, compressedSize, uncompressedSize, filters, dictionarySize }
}
