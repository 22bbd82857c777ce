// DEFLATE data (RFC 1951) in pieces, and the checksums of zlib and gzip.
import { count, giveBack, held, isPast, position, refill, setBits, take } from './deflate/bits'
import { readDynamicCodes, readStoredLength, useFixedCodes } from './deflate/block-header'
import {
  BLOCK_ENDS,
  DAMAGED,
  decodeSymbols,
  INPUT_IS_READ,
  output,
  OUTPUT_IS_FULL,
  setOutput,
  STREAM_ENDS,
} from './deflate/symbols'

export { adler32 } from './adler32'
export { crc32 } from './crc32'
export { CALLER } from './memory'

// RFC 1951 3.2.3
const STORED: u32 = 0
const FIXED: u32 = 1
const DYNAMIC: u32 = 2

/** What the next bits belong to. */
const HEADER = 0
const STORED_BLOCK = 1
const COMPRESSED_BLOCK = 2
let part: i32 = HEADER
let isLast = false
/** Remaining bytes of a stored block. */
let storedLeft: u32 = 0

/** Starts to decode new data. */
export function startInflate(): void {
  part = HEADER
  isLast = false
  setBits(0, 0, 0)
}

/** Where the last call stopped: whole bytes of the input are read, but for fewer than 8 bits, which we hold. */
export function inputPosition(): usize {
  return position
}
export function outputPosition(): usize {
  return output
}

/**
 * Decodes to the end of a block, or until the input [input, inputEnd) or the room [to, outputEnd) ends.
 * @param windowStart no distance may reach further back
 * @returns BLOCK_ENDS, STREAM_ENDS, INPUT_IS_READ, OUTPUT_IS_FULL, or DAMAGED
 */
export function inflate(input: usize, inputEnd: usize, to: usize, outputEnd: usize, windowStart: usize): i32 {
  setBits(input, held, count)
  setOutput(to)
  let end = BLOCK_ENDS
  if (part === HEADER) {
    end = readBlockHeader(inputEnd)
    if (end !== BLOCK_ENDS) return end
  }
  end = part === STORED_BLOCK ? copyStored(inputEnd, outputEnd) : decodeSymbols(inputEnd, outputEnd, windowStart)
  giveBack()
  if (end !== BLOCK_ENDS) return end
  part = HEADER
  if (!isLast) return BLOCK_ENDS
  setBits(position, 0, 0)
  return STREAM_ENDS
}

/** Reads a header (RFC 1951 3.2.3); if the input does not have all of it, it takes nothing. */
function readBlockHeader(inputEnd: usize): i32 {
  const startPosition = position
  const startHeld = held
  const startCount = count
  refill()
  const last = take(1) === 1
  const type = take(2)
  let isValid = type <= DYNAMIC
  if (type === STORED) {
    const length = readStoredLength()
    isValid = length >= 0
    storedLeft = <u32>length
  } else if (type === DYNAMIC) {
    isValid = readDynamicCodes(inputEnd)
  }
  if (isPast(inputEnd)) {
    setBits(startPosition, startHeld, startCount)
    return INPUT_IS_READ
  }
  if (!isValid) return DAMAGED
  if (type === FIXED) useFixedCodes()
  part = type === STORED ? STORED_BLOCK : COMPRESSED_BLOCK
  isLast = last
  giveBack()
  return BLOCK_ENDS
}

/** RFC 1951 3.2.4. */
function copyStored(inputEnd: usize, outputEnd: usize): i32 {
  const inputLeft = <u32>(inputEnd - position)
  const length = min(storedLeft, min(inputLeft, <u32>(outputEnd - output)))
  memory.copy(output, position, length)
  setBits(position + length, 0, 0)
  setOutput(output + length)
  storedLeft -= length
  return storedLeft === 0 ? BLOCK_ENDS : length === inputLeft ? INPUT_IS_READ : OUTPUT_IS_FULL
}
