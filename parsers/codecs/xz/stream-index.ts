import { crc32 } from '../../checksums/crc32.ts'
import type { Progress } from '../progress.ts'
import type { IndexRecord } from './block.ts'
import { malformed, need, verifyCrc32 } from './failure.ts'
import { readVariableInteger, VARIABLE_INTEGER_SIZE_LIMIT } from './variable-integer.ts'

const STRUCTURE = 'Index'

/**
 * Reads the Index, which begins with a zero byte, and verifies that it describes the decoded blocks (xz 1.2: 4).
 * @param fill for a stream: makes that many bytes available, if the source has them
 * @returns its size in bytes
 */
export function verifyIndex(
  progress: Progress,
  blocks: readonly IndexRecord[],
  fill: (count: number) => void = () => {},
): number {
  const start = progress.inputStart + progress.inputPosition
  let crc = 0
  const readOn = (end: number): void => {
    crc = crc32(progress.input, progress.inputPosition, end, crc)
    progress.inputPosition = end
  }
  const verifyField = (field: string, expected: number): void => {
    fill(VARIABLE_INTEGER_SIZE_LIMIT)
    const { input, inputPosition } = progress
    const { value, end } = readVariableInteger(input, inputPosition, input.length, STRUCTURE, field)
    if (value !== expected) {
      throw malformed(STRUCTURE, inputPosition, 'does not match the blocks', { field, found: value, expected })
    }
    readOn(end)
  }
  readOn(progress.inputPosition + 1)
  // xz 1.2: 4.2
  verifyField('Number of Records', blocks.length)
  for (const { unpaddedSize, uncompressedSize } of blocks) {
    verifyField('Unpadded Size', unpaddedSize)
    verifyField('Uncompressed Size', uncompressedSize)
  }
  // xz 1.2: 4.4 and 4.5. The index begins at a multiple of four bytes from the start of the stream.
  const padding = (start - progress.inputStart - progress.inputPosition) & 3
  fill(padding + 4)
  const { input, inputView, inputPosition } = progress
  const crcOffset = inputPosition + padding
  need(progress, inputPosition, padding + 4, STRUCTURE)
  for (let position = inputPosition; position < crcOffset; position++) {
    if (input[position] !== 0) throw malformed(STRUCTURE, position, 'is not zero', { field: 'Index Padding' })
  }
  readOn(crcOffset)
  verifyCrc32(STRUCTURE, start - progress.inputStart, inputView.getUint32(crcOffset, true), crc)
  progress.inputPosition = crcOffset + 4
  return progress.inputStart + progress.inputPosition - start
}
