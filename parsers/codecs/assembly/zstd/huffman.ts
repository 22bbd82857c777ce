// Huffman trees of literals (RFC 8878 4.2).
import { HUFFMAN_TABLE, WEIGHT_CELLS, WEIGHT_TABLE, WEIGHTS } from '../memory'
import { endCursor, firstCursor, wordAt } from './bitstream'
import { accuracyLog, buildFseTable, readDistribution, WEIGHT } from './fse'

/** The longest code of a literal (RFC 8878 4.2.1). */
const MAX_BITS: u32 = 11
/** Max_Number_of_Bits; 0 while the frame has no tree. */
export let maxBits: u32 = 0

export function forgetHuffmanTree(): void {
  maxBits = 0
}

/**
 * Reads the Huffman_Tree_Description at the front of [start, end) (RFC 8878 4.2.1) and builds its table.
 * @returns where it ends; 0 if it is damaged
 */
export function readHuffmanTree(start: usize, end: usize): usize {
  maxBits = 0
  if (start >= end) return 0
  const headerByte = <u32>load<u8>(start)
  const weightsStart = start + 1
  const weightsEnd = weightsStart + (headerByte < 128 ? headerByte : (headerByte - 126) >>> 1)
  if (weightsEnd > end) return 0
  let count = headerByte - 127
  if (headerByte < 128) {
    count = readCompressedWeights(weightsStart, weightsEnd)
    if (count === 0) return 0
  } else {
    // RFC 8878 4.2.1.1: four bits for each weight, at most 128 of them.
    for (let index: u32 = 0; index < count; index += 2) {
      const pair = load<u8>(weightsStart + (index >>> 1))
      store<u8>(WEIGHTS + index, pair >> 4)
      store<u8>(WEIGHTS + index + 1, pair & 15)
    }
  }
  return buildHuffmanTable(count) ? weightsEnd : 0
}

/**
 * Reads weights from a stream, from its end. Two FSE states take turns (RFC 8878 4.2.1.2).
 * @returns their number; 0 if they are damaged
 */
function readCompressedWeights(start: usize, end: usize): u32 {
  const streamStart = readDistribution(start, end, 6, 12)
  if (streamStart === 0 || streamStart >= end) return 0
  buildFseTable(WEIGHT_TABLE, WEIGHT)
  const lastByte = <u32>load<u8>(end - 1)
  if (lastByte === 0) return 0
  // The number of bits left below the end mark; bits below the first one count as 0.
  let bitsLeft = <i32>(end - 1 - streamStart) * 8 + 31 - <i32>clz(lastByte)
  let state = bitsBefore(streamStart, bitsLeft, accuracyLog)
  bitsLeft -= accuracyLog
  let otherState = bitsBefore(streamStart, bitsLeft, accuracyLog)
  bitsLeft -= accuracyLog
  if (bitsLeft < 0) return 0
  let count: u32 = 0
  for (;;) {
    // At most 255 weights, because the stream does not store the 256th. A turn may add two.
    if (count > 253) return 0
    const cell = load<u64>(WEIGHT_TABLE + (<usize>state << 3))
    store<u8>(WEIGHTS + count, <u8>cell)
    count += 1
    const bitCount = <i32>(cell >> 56)
    // The stream ends at the first update that needs more bits than are left. The other state then holds the last
    // weight.
    if (bitCount > bitsLeft) break
    state = otherState
    otherState = (<u32>(cell >> 32) & 0xffff) + bitsBefore(streamStart, bitsLeft, bitCount)
    bitsLeft -= bitCount
  }
  store<u8>(WEIGHTS + count, <u8>load<u64>(WEIGHT_TABLE + (<usize>otherState << 3)))
  return count + 1
}

/** The `count` bits (at most 6) below bit `position` of the bytes from `start` on; bits below the first are 0. */
function bitsBefore(start: usize, position: i32, count: i32): u32 {
  const first = position - count
  if (first < 0) return position <= 0 ? 0 : bitsBefore(start, position, position) << -first
  return (<u32>load<u16>(start + (first >>> 3)) >>> (first & 7)) & ((1 << count) - 1)
}

/**
 * Fills the table from the weights of the first `count` literals, at most 255. The weight of one more literal follows
 * from them (RFC 8878 4.2.1). A literal of weight w takes 2^(w-1) cells.
 */
function buildHuffmanTable(count: u32): bool {
  memory.fill(WEIGHT_CELLS, 0, 4 * (MAX_BITS + 2))
  let sum: u32 = 0
  for (let literal: u32 = 0; literal < count; literal++) {
    const weight = <u32>load<u8>(WEIGHTS + literal)
    if (weight > MAX_BITS) return false
    const cells: u32 = (1 << weight) >>> 1
    addCells(weight, cells)
    sum += cells
  }
  // The last literal fills the sum up to the next power of two, so the rest must be a power of two itself.
  const bits: u32 = 32 - <u32>clz(sum)
  const rest: u32 = (1 << bits) - sum
  if (sum === 0 || bits > MAX_BITS || (rest & (rest - 1)) !== 0) return false
  const lastWeight: u32 = 32 - <u32>clz(rest)
  store<u8>(WEIGHTS + count, <u8>lastWeight)
  addCells(lastWeight, rest)
  if (load<u32>(WEIGHT_CELLS, 4) < 2) return false
  // Literals take cells by weight, then by value. The smallest weight has the first cells.
  let firstCell: u32 = 0
  for (let weight: u32 = 1; weight <= bits; weight++) {
    const at = WEIGHT_CELLS + (<usize>weight << 2)
    const cells = load<u32>(at)
    store<u32>(at, firstCell)
    firstCell += cells
  }
  // All literals together take 2^bits cells, at most 2048, so every cell below is inside the table.
  for (let literal: u32 = 0; literal <= count; literal++) {
    const weight = <u32>load<u8>(WEIGHTS + literal)
    if (weight === 0) continue
    const cells: u32 = 1 << (weight - 1)
    const first = addCells(weight, cells)
    fillCells(HUFFMAN_TABLE + (<usize>first << 1), cells, <u16>(literal | ((bits + 1 - weight) << 8)))
  }
  maxBits = bits
  return true
}

/** Adds to the number of a weight, and returns the number before. */
@inline
function addCells(weight: u32, cells: u32): u32 {
  const at = WEIGHT_CELLS + (<usize>weight << 2)
  const before = load<u32>(at)
  store<u32>(at, before + cells)
  return before
}

@inline
function fillCells(start: usize, count: u32, cell: u16): void {
  const end = start + (<usize>count << 1)
  if (count < 8) {
    for (let at = start; at < end; at += 2) store<u16>(at, cell)
  } else {
    const eight = i16x8.splat(cell)
    for (let at = start; at < end; at += 16) v128.store(at, eight)
  }
}

/** Decodes `count` literals from the single stream [start, end) to `output` (RFC 8878 4.2.2). */
export function decodeHuffmanStream(start: usize, end: usize, output: usize, count: u32): bool {
  if (start >= end || load<u8>(end - 1) === 0) return false
  return finishStream(start, firstCursor(end), output, output + count)
}

/**
 * Decodes `count` literals, at least 6, from the jump table and the four streams in [start, end) to `output` (RFC 8878
 * 3.1.1.3.1.6).
 */
export function decodeFourHuffmanStreams(start: usize, end: usize, output: usize, count: u32): bool {
  const start1 = start + 6
  if (start1 > end) return false
  const start2 = start1 + load<u16>(start)
  const start3 = start2 + load<u16>(start, 2)
  const start4 = start3 + load<u16>(start, 4)
  if (start4 >= end || start1 >= start2 || start2 >= start3 || start3 >= start4) return false
  if (load<u8>(start2 - 1) === 0 || load<u8>(start3 - 1) === 0) return false
  if (load<u8>(start4 - 1) === 0 || load<u8>(end - 1) === 0) return false
  let cursor1 = firstCursor(start2)
  let cursor2 = firstCursor(start3)
  let cursor3 = firstCursor(start4)
  let cursor4 = firstCursor(end)
  const perStream = (count + 3) >>> 2
  let output1 = output
  let output2 = output1 + perStream
  let output3 = output2 + perStream
  let output4 = output3 + perStream
  const end1 = output2
  const end2 = output3
  const end3 = output4
  const end4 = output + count
  const first1 = <u64>start1 << 3
  const first2 = <u64>start2 << 3
  const first3 = <u64>start3 << 3
  const first4 = <u64>start4 << 3
  const shift: u64 = 64 - maxBits
  // While no cursor is below the first bit of its stream, every word lies inside the stream. Five literals take at most
  // 55 of the 57 bits of a word. The fourth stream has no more literals than the others, so it ends first. Four streams
  // at a time hide the latency of the table look-ups.
  while (
    output4 + 5 <= end4 &&
    cursor1 >= first1 &&
    cursor2 >= first2 &&
    cursor3 >= first3 &&
    cursor4 >= first4
  ) {
    let word1 = wordAt(cursor1)
    let word2 = wordAt(cursor2)
    let word3 = wordAt(cursor3)
    let word4 = wordAt(cursor4)
    for (let index: usize = 0; index < 5; index++) {
      let cell = cellOf(word1, shift)
      store<u8>(output1 + index, <u8>cell)
      word1 <<= cell >>> 8
      cursor1 -= cell >>> 8
      cell = cellOf(word2, shift)
      store<u8>(output2 + index, <u8>cell)
      word2 <<= cell >>> 8
      cursor2 -= cell >>> 8
      cell = cellOf(word3, shift)
      store<u8>(output3 + index, <u8>cell)
      word3 <<= cell >>> 8
      cursor3 -= cell >>> 8
      cell = cellOf(word4, shift)
      store<u8>(output4 + index, <u8>cell)
      word4 <<= cell >>> 8
      cursor4 -= cell >>> 8
    }
    output1 += 5
    output2 += 5
    output3 += 5
    output4 += 5
  }
  return (
    finishStream(start1, cursor1, output1, end1) &&
    finishStream(start2, cursor2, output2, end2) &&
    finishStream(start3, cursor3, output3, end3) &&
    finishStream(start4, cursor4, output4, end4)
  )
}

/** The next literal of a word, and above it (<< 8) the length of its code. */
@inline
function cellOf(word: u64, shift: u64): u64 {
  return <u64>load<u16>(HUFFMAN_TABLE + (<usize>(word >> shift) << 1))
}

/**
 * Decodes the rest of a stream to [position, end). The stream must hold exactly these literals. If we take bits from
 * before the stream for a literal, the cursor falls below its end.
 */
function finishStream(start: usize, first: u64, position: usize, end: usize): bool {
  const shift: u64 = 64 - maxBits
  const allRead = endCursor(start)
  let cursor = first
  while (position < end && cursor >= allRead) {
    const cell = cellOf(wordAt(cursor), shift)
    store<u8>(position++, <u8>cell)
    cursor -= cell >>> 8
  }
  return position === end && cursor === allRead
}
