import { decodeLzma2 } from '../lzma/lzma2.ts'
import { readBlockHeader } from './block-header.ts'
import { type Check, verifyCheck } from './check.ts'
import { failure, malformed, need } from './failure.ts'
import type { Progress } from './progress.ts'

/** What the index says of a block (xz 1.2: 4.3). */
export interface IndexRecord {
  /** Bytes of Block Header, Compressed Data and Check, without Block Padding. */
  readonly unpaddedSize: number
  /** Bytes. */
  readonly uncompressedSize: number
}

/** Decodes the block that begins here, with a byte that is not 0 (xz 1.2: 3). */
export function decodeBlock(progress: Progress, check: Check): IndexRecord {
  const { input, output } = progress
  const blockStart = progress.inputPosition
  const outputStart = progress.outputPosition
  const header = readBlockHeader(input, blockStart)
  const dataStart = blockStart + header.size
  if (header.compressedSize !== undefined) need(input, dataStart, header.compressedSize, 'Compressed Data')
  const room = output.length - outputStart
  if (header.uncompressedSize !== undefined && header.uncompressedSize > room) {
    throw failure('LIMIT', 'Block Header', blockStart, 'is more than the output has room for', {
      field: 'Uncompressed Size',
      found: header.uncompressedSize,
      expected: `at most ${room}`,
    })
  }

  const { inputEnd, outputEnd } = decodeLzma2({ input, inputStart: dataStart, output, outputStart })
  verifySize('Compressed Size', header.compressedSize, inputEnd - dataStart, blockStart)
  verifySize('Uncompressed Size', header.uncompressedSize, outputEnd - outputStart, blockStart)
  // xz 1.2: 5: the encoder applied filter 0 first.
  for (let index = header.filters.length - 1; index >= 0; index--) {
    header.filters[index]!(output, outputStart, outputEnd)
  }

  // xz 1.2: 3.3. All before the data is a multiple of four bytes.
  const padding = (dataStart - inputEnd) & 3
  need(input, inputEnd, padding, 'Block Padding')
  for (let position = inputEnd; position < inputEnd + padding; position++) {
    if (input[position] !== 0) throw malformed('Block Padding', position, 'is not zero', { found: input[position]! })
  }
  const checkOffset = inputEnd + padding
  need(input, checkOffset, check.size, 'Check')
  verifyCheck(check, input, checkOffset, output, outputStart, outputEnd)

  progress.inputPosition = checkOffset + check.size
  progress.outputPosition = outputEnd
  return { unpaddedSize: inputEnd - blockStart + check.size, uncompressedSize: outputEnd - outputStart }
}

function verifySize(field: string, stored: number | undefined, real: number, blockStart: number): void {
  if (stored !== undefined && stored !== real) {
    throw malformed('Block Header', blockStart, 'is not that of the block', { field, found: stored, expected: real })
  }
}
