import { hex } from '../../bytes/errors.ts'
import { branchFilter, branchFilters } from './branch-filters.ts'
import { failure, malformed } from './failure.ts'
import type { Filter } from './filter.ts'
import { deltaFilter } from './filters/delta.ts'
import { readVariableInteger } from './variable-integer.ts'

const STRUCTURE = 'Filter Flags'

const DELTA = 0x03
const LZMA2 = 0x21

/** LZMA2 dictionary sizes are 2^n and 3 * 2^n from 4 KiB to 4 GiB, numbered from 0 (xz 1.2: 5.3.1). */
const LAST_DICTIONARY_SIZE = 40

/** xz 1.2: 3.1.5. */
export interface FilterFlags {
  /** Undefined for the last filter, which must be LZMA2. */
  readonly filter: Filter | undefined
  /** Bytes; 0 for all filters except LZMA2. */
  readonly dictionarySize: number
  /** The offset after them. */
  readonly end: number
}

/** Reads the Filter Flags at `offset` (xz 1.2: 3.1.5): ID, Size of Properties, Filter Properties. */
export function readFilterFlags(input: Uint8Array, offset: number, headerEnd: number, isLast: boolean): FilterFlags {
  const { value: id, end: idEnd } = readVariableInteger(input, offset, headerEnd, STRUCTURE, 'Filter ID')
  const { value: size, end: start } = readVariableInteger(input, idEnd, headerEnd, STRUCTURE, 'Size of Properties')
  if (size > headerEnd - start) {
    throw malformed(STRUCTURE, offset, 'extend past the end of the Block Header', {
      field: 'Filter Properties',
      found: `${size} bytes`,
      expected: `at most ${headerEnd - start}`,
    })
  }
  const end = start + size
  const properties = input.subarray(start, end)
  const branch = branchFilters[id]
  if (branch === undefined && id !== DELTA && id !== LZMA2) {
    throw failure('UNSUPPORTED', STRUCTURE, offset, 'names an unknown filter', { field: 'Filter ID', found: hex(id) })
  }
  if ((id === LZMA2) !== isLast) {
    throw malformed(
      STRUCTURE,
      offset,
      isLast ? 'is the last filter, but not LZMA2' : 'is LZMA2, but not the last filter',
      {
        field: 'Filter ID',
        found: hex(id),
      },
    )
  }
  if (branch !== undefined) {
    const startOffset = readStartOffset(branch, properties, offset)
    return { filter: branchFilter(branch.decode, startOffset), dictionarySize: 0, end }
  }
  if (size !== 1) throw wrongSize(id === LZMA2 ? 'LZMA2' : 'Delta', size, '1 byte', offset)
  if (id === LZMA2) {
    return { filter: undefined, dictionarySize: dictionarySizeOf(properties[0]!, offset), end }
  }
  // xz 1.2: 5.3.3
  return { filter: deltaFilter(properties[0]! + 1), dictionarySize: 0, end }
}

/**
 * Reads the Filter Properties of a branch filter: none, or the start offset, a multiple of the alignment (xz 1.2:
 * 5.3.2).
 */
function readStartOffset(
  { name, alignment }: { name: string; alignment: number },
  properties: Uint8Array,
  offset: number,
): number {
  if (properties.length === 0) return 0
  if (properties.length !== 4) throw wrongSize(name, properties.length, '0 or 4 bytes', offset)
  const startOffset = new DataView(properties.buffer, properties.byteOffset).getUint32(0, true)
  if (startOffset % alignment !== 0) {
    throw malformed(STRUCTURE, offset, `is not aligned for the ${name} filter`, {
      field: 'start offset',
      found: hex(startOffset),
      expected: `a multiple of ${alignment}`,
    })
  }
  return startOffset
}

/** xz 1.2: 5.3.1. */
function dictionarySizeOf(byte: number, offset: number): number {
  if (byte > LAST_DICTIONARY_SIZE) {
    throw malformed(STRUCTURE, offset, 'is invalid', {
      field: 'Dictionary Size',
      found: byte,
      expected: `at most ${LAST_DICTIONARY_SIZE}`,
    })
  }
  // The last size is 4 GiB less one byte.
  return byte === LAST_DICTIONARY_SIZE ? 2 ** 32 - 1 : (2 + (byte & 1)) * 2 ** (11 + (byte >>> 1))
}

function wrongSize(name: string, found: number, expected: string, offset: number): Error {
  return malformed(STRUCTURE, offset, `is invalid for the ${name} filter`, {
    field: 'Size of Properties',
    found: `${found} bytes`,
    expected,
  })
}
