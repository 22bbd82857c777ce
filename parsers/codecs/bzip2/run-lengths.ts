import type { StreamProgress } from '../stream-progress.ts'

/** After so many equal bytes comes a count of more of them. */
const COUNTED_AFTER = 4
/** The most bytes of output for one byte of a block. */
export const LONGEST_RUN = 255

/** The way through a block that `linkBlock` has prepared. */
export interface BlockContent {
  readonly block: Int32Array
  /** The row of the next byte. */
  row: number
  /** The number of bytes of the block that are left. */
  left: number
  /** The last byte, and how often it came in succession, up to COUNTED_AFTER. */
  byte: number
  equal: number
}

/**
 * @param length the number of bytes in the block, at least 1
 * @param origPtr less than `length`
 */
export function startContent(block: Int32Array, length: number, origPtr: number): BlockContent {
  return { block, row: block[origPtr]! >>> 8, left: length, byte: 0, equal: 0 }
}

/** Writes content until the block ends, or the output may have too little room for a run. */
export function writeContent(content: BlockContent, stream: StreamProgress): void {
  const { block } = content
  const { output } = stream
  const outputEnd = output.length - LONGEST_RUN
  let { row, left, byte, equal } = content
  let position = stream.outputPosition

  // Each turn takes one byte of the block and writes at most LONGEST_RUN bytes. A link is a row of the block, so `row`
  // is always less than the length of the block.
  for (; left > 0 && position <= outputEnd; left--) {
    const entry = block[row]!
    row = entry >>> 8
    const next = entry & 0xff
    if (equal === COUNTED_AFTER) {
      output.fill(byte, position, position + next)
      position += next
      equal = 0
      continue
    }
    equal = next === byte ? equal + 1 : 1
    byte = next
    output[position++] = byte
  }
  content.row = row
  content.left = left
  content.byte = byte
  content.equal = equal
  stream.outputPosition = position
}

/** Whether the content ends where a count has to follow. */
export function countIsMissing({ left, equal }: BlockContent): boolean {
  return left === 0 && equal === COUNTED_AFTER
}
