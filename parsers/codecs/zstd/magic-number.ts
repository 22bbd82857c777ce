import { FormatError, hex } from '../../bytes/errors.ts'
import { need, type Progress } from './progress.ts'

const FRAME_MAGIC = 0xfd2fb528
/** The first of sixteen magic numbers (RFC 8878 3.1.2). */
const SKIPPABLE_MAGIC = 0x184d2a50
/** Frames of zstd 0.1 to 0.7, the draft formats: 0xfd2fb522 to 0xfd2fb527; 0.1 had a different one. */
const FIRST_LEGACY_MAGIC = 0xfd2fb522

/** Bytes of the magic number and the size of a skippable frame. */
export const SKIPPABLE_HEADER_SIZE = 8

/** Whether a frame of either kind begins at the input position. */
export function frameFollows({ input, inputView, inputPosition }: Progress): boolean {
  if (input.length - inputPosition < 4) return false
  const magic = inputView.getUint32(inputPosition, true)
  return magic === FRAME_MAGIC || (magic & ~15) >>> 0 === SKIPPABLE_MAGIC
}

/** Reads the Magic_Number of a frame (RFC 8878 3.1.1) or a skippable frame. */
export function readMagicNumber(progress: Progress): 'frame' | 'skippable frame' {
  const offset = progress.inputPosition
  need(progress, 4, 'Magic_Number')
  const magic = progress.inputView.getUint32(offset, true)
  progress.inputPosition = offset + 4
  if (magic === FRAME_MAGIC) return 'frame'
  if ((magic & ~15) >>> 0 === SKIPPABLE_MAGIC) return 'skippable frame'
  const legacy = magic >= FIRST_LEGACY_MAGIC && magic < FRAME_MAGIC
  throw new FormatError(
    legacy ? 'UNSUPPORTED' : 'MALFORMED',
    legacy ? `begins a frame in the draft format of zstd 0.${magic - 0xfd2fb520}` : 'no frame begins here',
    { source: 'input', structure: 'zstd Magic_Number', offset, found: hex(magic), expected: hex(FRAME_MAGIC) },
  )
}

/** Reads the number of bytes that follow in a skippable frame (RFC 8878 3.1.2). */
export function readSkippableSize(progress: Progress): number {
  need(progress, 4, 'Skippable_Frame Frame_Size')
  const frameSize = progress.inputView.getUint32(progress.inputPosition, true)
  progress.inputPosition += 4
  return frameSize
}
