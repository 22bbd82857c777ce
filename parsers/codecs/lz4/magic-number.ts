import { hex } from '../../bytes/errors.ts'
import type { Progress } from '../progress.ts'
import { failure, need } from './failure.ts'

const FRAME_MAGIC = 0x184d2204
const LEGACY_FRAME_MAGIC = 0x184c2102
/** The first of sixteen magic numbers ("LZ4 Frame Format", Skippable Frames). */
const SKIPPABLE_MAGIC = 0x184d2a50

/** Bytes of the magic number and the size of a skippable frame. */
export const SKIPPABLE_HEADER_SIZE = 8

/** The kind of frame that begins with `magic`; undefined if it is not a magic number. */
export function frameOfMagic(magic: number): 'frame' | 'legacy frame' | 'skippable frame' | undefined {
  if (magic === FRAME_MAGIC) return 'frame'
  if (magic === LEGACY_FRAME_MAGIC) return 'legacy frame'
  return (magic & ~15) >>> 0 === SKIPPABLE_MAGIC ? 'skippable frame' : undefined
}

/** Whether a frame of any kind begins at the input position. */
export function frameFollows({ input, inputView, inputPosition }: Progress): boolean {
  return input.length - inputPosition >= 4 && frameOfMagic(inputView.getUint32(inputPosition, true)) !== undefined
}

/** Reads the Magic Number of any kind of frame. */
export function readMagicNumber(progress: Progress): 'frame' | 'legacy frame' | 'skippable frame' {
  need(progress, 4, 'Magic Number')
  const magic = progress.inputView.getUint32(progress.inputPosition, true)
  const frame = frameOfMagic(magic)
  if (frame === undefined) {
    throw failure('MALFORMED', 'Magic Number', progress.inputPosition, 'no frame begins here', {
      found: hex(magic),
      expected: hex(FRAME_MAGIC),
    })
  }
  progress.inputPosition += 4
  return frame
}

/** Reads the number of bytes that follow in a skippable frame. */
export function readSkippableSize(progress: Progress): number {
  need(progress, 4, 'Frame Size')
  const size = progress.inputView.getUint32(progress.inputPosition, true)
  progress.inputPosition += 4
  return size
}
