import { decodeLzma2 } from '../lzma/lzma2.ts'
import type { Progress } from '../progress.ts'
import { type BlockHeader, readBlockHeader } from './block-header.ts'
import { type Check, verifyCheck } from './check.ts'
import { failure, malformed, need } from './failure.ts'
import type { XzParts } from './parts.ts'

/** The record of a block in the index (xz 1.2: 4.3). */
export interface IndexRecord {
  /** Bytes of Block Header, Compressed Data and Check, without Block Padding. */
  readonly unpaddedSize: number
  /** Bytes. */
  readonly uncompressedSize: number
}

/** Decodes the block that begins here with a byte other than 0 (xz 1.2: 3). */
export function decodeBlock(progress: Progress, check: Check, { lzma, checksums }: XzParts): IndexRecord {
  const { input, output, outputPosition: outputStart } = progress
  const blockStart = progress.inputPosition
  const header = readBlockHeader(progress)
  const dataStart = progress.inputPosition
  if (header.compressedSize !== undefined) need(progress, dataStart, header.compressedSize, 'Compressed Data')
  const room = output.length - outputStart
  if (header.uncompressedSize !== undefined && header.uncompressedSize > room) {
    throw failure('LIMIT', 'Block Header', blockStart, 'is more than the output has room for', {
      field: 'Uncompressed Size',
      found: header.uncompressedSize,
      expected: `at most ${room}`,
    })
  }

  const { inputEnd, outputEnd } = decodeLzma2(lzma, { input, inputStart: dataStart, output, outputStart })
  progress.inputPosition = inputEnd
  const uncompressedSize = outputEnd - outputStart
  const compressedSize = endBlockData(progress, header, uncompressedSize)
  // xz 1.2: 5. The encoder applied filter 0 first, so we undo it last.
  for (let index = header.filters.length - 1; index >= 0; index--) {
    const undo = header.filters[index]!()
    undo(output, outputStart, outputEnd)
  }
  const running = check.start(checksums)
  running.update(output, outputStart, outputEnd)
  verifyCheck(check, progress, running.digest())
  progress.outputPosition = outputEnd
  return { unpaddedSize: header.size + compressedSize + check.size, uncompressedSize }
}

/**
 * Verifies the sizes of a block after its Compressed Data, and reads its Block Padding (xz 1.2: 3.3).
 * @returns the size of the Compressed Data
 */
export function endBlockData(progress: Progress, header: BlockHeader, uncompressedSize: number): number {
  const { input, inputPosition: dataEnd } = progress
  const compressedSize = progress.inputStart + dataEnd - header.offset - header.size
  verifySize(progress, header, 'Compressed Size', header.compressedSize, compressedSize)
  verifySize(progress, header, 'Uncompressed Size', header.uncompressedSize, uncompressedSize)
  // Everything before the data is a multiple of four bytes.
  const padding = -compressedSize & 3
  need(progress, dataEnd, padding, 'Block Padding')
  for (let position = dataEnd; position < dataEnd + padding; position++) {
    if (input[position] !== 0) throw malformed('Block Padding', position, 'is not zero', { found: input[position]! })
  }
  progress.inputPosition = dataEnd + padding
  return compressedSize
}

/** @throws {FormatError} MALFORMED if the Block Header stores a size and the real one differs */
export function verifySize(
  progress: Progress,
  header: BlockHeader,
  field: string,
  stored: number | undefined,
  real: number,
): void {
  if (stored !== undefined && stored !== real) {
    throw malformed('Block Header', header.offset - progress.inputStart, 'does not match the block', {
      field,
      found: stored,
      expected: real,
    })
  }
}
