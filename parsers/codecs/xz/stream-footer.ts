import { hex } from '../../bytes/errors.ts'
import { crc32 } from '../../checksums/crc32.ts'
import type { Progress } from '../progress.ts'
import { malformed, need, verifyCrc32 } from './failure.ts'
import type { StreamFlags } from './stream-header.ts'

const BACKWARD_SIZE_OFFSET = 4
const FLAGS_OFFSET = 8
const MAGIC_OFFSET = 10
/** "YZ" */
const MAGIC = 0x5a59
/** Bytes. */
export const STREAM_FOOTER_SIZE = 12

/** Reads and verifies the Stream Footer after an index of `indexSize` bytes (xz 1.2: 2.1.2). */
export function verifyStreamFooter(progress: Progress, indexSize: number, flags: StreamFlags): void {
  const { input, inputView: view, inputPosition: offset } = progress
  need(progress, offset, STREAM_FOOTER_SIZE, 'Stream Footer')
  if (view.getUint16(offset + MAGIC_OFFSET, true) !== MAGIC) {
    throw malformed('Stream Footer', offset, 'are not "YZ"', { field: 'Footer Magic Bytes' })
  }
  verifyCrc32(
    'Stream Footer',
    offset,
    view.getUint32(offset, true),
    crc32(input, offset + BACKWARD_SIZE_OFFSET, offset + MAGIC_OFFSET),
  )
  const backwardSize = (view.getUint32(offset + BACKWARD_SIZE_OFFSET, true) + 1) * 4
  if (backwardSize !== indexSize) {
    throw malformed('Stream Footer', offset, 'is not the size of the index', {
      field: 'Backward Size',
      found: backwardSize,
      expected: indexSize,
    })
  }
  const repeated = view.getUint16(offset + FLAGS_OFFSET, true)
  if (repeated !== flags.checkByte << 8) {
    throw malformed('Stream Footer', offset, 'differ from those of the Stream Header', {
      field: 'Stream Flags',
      found: hex(repeated),
      expected: hex(flags.checkByte << 8),
    })
  }
  progress.inputPosition = offset + STREAM_FOOTER_SIZE
}
