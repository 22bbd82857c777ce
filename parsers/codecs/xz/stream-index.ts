import { crc32 } from '../../checksums/crc32.ts'
import type { IndexRecord } from './block.ts'
import { malformed, need, verifyCrc32 } from './failure.ts'
import { readVariableInteger } from './variable-integer.ts'

const STRUCTURE = 'Index'

/**
 * Verifies that the Index at `offset`, which begins with a byte of 0, tells of the blocks that were decoded
 * (xz 1.2: 4).
 * @returns where it ends
 */
export function verifyIndex(input: Uint8Array, offset: number, blocks: readonly IndexRecord[]): number {
  // xz 1.2: 4.2
  const count = readVariableInteger(input, offset + 1, input.length, STRUCTURE, 'Number of Records')
  verifyField('Number of Records', offset + 1, count.value, blocks.length)
  let position = count.end
  for (const block of blocks) {
    const unpaddedSize = readVariableInteger(input, position, input.length, STRUCTURE, 'Unpadded Size')
    verifyField('Unpadded Size', position, unpaddedSize.value, block.unpaddedSize)
    position = unpaddedSize.end
    const uncompressedSize = readVariableInteger(input, position, input.length, STRUCTURE, 'Uncompressed Size')
    verifyField('Uncompressed Size', position, uncompressedSize.value, block.uncompressedSize)
    position = uncompressedSize.end
  }
  // xz 1.2: 4.4 and 4.5. The index begins at a multiple of four bytes from the start of the stream.
  const crcOffset = position + ((offset - position) & 3)
  need(input, position, crcOffset + 4 - position, STRUCTURE)
  for (; position < crcOffset; position++) {
    if (input[position] !== 0) throw malformed(STRUCTURE, position, 'is not zero', { field: 'Index Padding' })
  }
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  verifyCrc32(STRUCTURE, offset, view.getUint32(crcOffset, true), crc32(input, offset, crcOffset))
  return crcOffset + 4
}

function verifyField(field: string, offset: number, found: number, expected: number): void {
  if (found !== expected) {
    throw malformed(STRUCTURE, offset, 'differs from what the blocks are', { field, found, expected })
  }
}
