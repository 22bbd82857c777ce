import { FormatError, hex } from '../../bytes/errors.ts'
import type { Decompress } from '../codec.ts'
import { decodeFrame } from './frame.ts'
import { createFrameState, type FrameState } from './frame-state.ts'
import { need, type Progress } from './progress.ts'

const FRAME_MAGIC = 0xfd2fb528
/** The first of sixteen (RFC 8878 3.1.2). */
const SKIPPABLE_MAGIC = 0x184d2a50
/** Frames of zstd 0.1 to 0.7, before the format was settled: 0xfd2fb522 to 0xfd2fb527; 0.1 had yet another. */
const FIRST_LEGACY_MAGIC = 0xfd2fb522

/** Made by the first call, so that a program that meets no zstd makes no tables. */
let frameState: FrameState | undefined

/**
 * Decompresses Zstandard data: any number of frames and skippable frames, one after the other (RFC 8878 3).
 * `output` itself is the window: matches are copied within it.
 */
export const decompressZstd: Decompress = (input, output) => {
  frameState ??= createFrameState()
  const progress: Progress = {
    input,
    inputView: new DataView(input.buffer, input.byteOffset, input.byteLength),
    inputPosition: 0,
    output,
    outputView: new DataView(output.buffer, output.byteOffset, output.byteLength),
    outputPosition: 0,
  }
  do {
    const offset = progress.inputPosition
    need(progress, 4, 'Magic_Number')
    const magic = progress.inputView.getUint32(offset, true)
    progress.inputPosition += 4
    if (magic === FRAME_MAGIC) decodeFrame(progress, frameState)
    else if ((magic & ~15) >>> 0 === SKIPPABLE_MAGIC) skipFrame(progress)
    else throw unknownMagic(magic, offset)
  } while (progress.inputPosition < input.length)
  return progress.outputPosition
}

/** RFC 8878 3.1.2. */
function skipFrame(progress: Progress): void {
  need(progress, 4, 'Skippable_Frame Frame_Size')
  const frameSize = progress.inputView.getUint32(progress.inputPosition, true)
  progress.inputPosition += 4
  need(progress, frameSize, 'Skippable_Frame User_Data')
  progress.inputPosition += frameSize
}

function unknownMagic(magic: number, offset: number): FormatError {
  const legacy = magic >= FIRST_LEGACY_MAGIC && magic < FRAME_MAGIC
  return new FormatError(
    legacy ? 'UNSUPPORTED' : 'MALFORMED',
    legacy ? `is a frame of the draft format of zstd 0.${magic - 0xfd2fb520}` : 'no frame begins here',
    { source: 'input', structure: 'zstd Magic_Number', offset, found: hex(magic), expected: hex(FRAME_MAGIC) },
  )
}
