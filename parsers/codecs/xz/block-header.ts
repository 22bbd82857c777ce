import { hex } from '../../bytes/errors.ts'
import { crc32 } from '../../checksums/crc32.ts'
import { failure, malformed, need, verifyCrc32 } from './failure.ts'
import { type Filter, readFilter } from './filter.ts'
import { readVariableInteger } from './variable-integer.ts'

const STRUCTURE = 'Block Header'
// Block Flags (xz 1.2: 3.1.2)
const FILTER_COUNT = 0x03
const RESERVED = 0x3c
const HAS_COMPRESSED_SIZE = 0x40
const HAS_UNCOMPRESSED_SIZE = 0x80

/** xz 1.2: 3.1. */
export interface BlockHeader {
  /** Bytes. */
  readonly size: number
  /** Bytes, where the header says. */
  readonly compressedSize: number | undefined
  /** Bytes, where the header says. */
  readonly uncompressedSize: number | undefined
  /** In the order in which the encoder applied them, without the last, which is LZMA2. */
  readonly filters: readonly Filter[]
}

/** Reads the Block Header at `offset`, whose first byte the caller knows to be there and not 0. */
export function readBlockHeader(input: Uint8Array, offset: number): BlockHeader {
  // xz 1.2: 3.1.1
  const size = (input[offset]! + 1) * 4
  need(input, offset, size, STRUCTURE)
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
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
  const filterCount = (flags & FILTER_COUNT) + 1
  for (let index = 0; index < filterCount; index++) {
    const { filter, end: next } = readFilter(input, position, end, index === filterCount - 1)
    if (filter !== undefined) filters.push(filter)
    position = next
  }
  // xz 1.2: 3.1.6
  for (; position < end; position++) {
    if (input[position] !== 0) {
      throw failure('UNSUPPORTED', STRUCTURE, position, 'is not zero, so may be a field unknown here', {
        field: 'Header Padding',
        found: hex(input[position]!),
      })
    }
  }
  return { size, compressedSize, uncompressedSize, filters }
}
