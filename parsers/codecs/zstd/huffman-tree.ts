import { createDistribution, readDistribution } from './distribution.ts'
import { buildFseTable, createFseTable, type FseCodes } from './fse-table.ts'
import { buildHuffmanTable, type HuffmanTable } from './huffman-table.ts'
import { malformed } from './malformed.ts'

/** Accuracy_Log of the weights (RFC 8878 4.2.1.2). */
const WEIGHTS_ACCURACY_LOG_LIMIT = 6
/** 12 weights, 0 to 11. A weight is its own code. */
const weightCodes: FseCodes = { baselines: new Int32Array(12), extraBits: new Uint8Array(12) }
const distribution = createDistribution()
const weightsTable = createFseTable(WEIGHTS_ACCURACY_LOG_LIMIT)
for (let weight = 0; weight < 12; weight++) weightCodes.baselines[weight] = weight

/** Weights of up to 256 literals. All calls share this array. */
const weights = new Uint8Array(256)

/**
 * Reads the Huffman_Tree_Description at the front of [start, end) (RFC 8878 4.2.1) and builds its table.
 * @returns where the description ends
 */
export function readHuffmanTree(input: Uint8Array, start: number, end: number, table: HuffmanTable): number {
  if (start >= end) throw malformed('Huffman_Tree_Description', start, 'is missing')
  // A frame has no usable tree until this one is complete.
  table.maxBits = 0
  const headerByte = input[start]!
  const weightsStart = start + 1
  const weightsSize = headerByte < 128 ? headerByte : (headerByte - 126) >>> 1
  const weightsEnd = weightsStart + weightsSize
  if (weightsEnd > end) {
    throw malformed('Huffman_Tree_Description', start, 'extends past the end of the literals section', {
      found: `${weightsSize + 1} bytes`,
      expected: `at most ${end - start}`,
    })
  }
  const count =
    headerByte < 128
      ? readCompressedWeights(input, weightsStart, weightsEnd)
      : readDirectWeights(input, weightsStart, headerByte - 127)
  buildHuffmanTable(table, weights, count + 1, start)
  return weightsEnd
}

/** Reads four bits for each weight, the first in the upper half of a byte (RFC 8878 4.2.1.1). */
function readDirectWeights(input: Uint8Array, start: number, count: number): number {
  for (let index = 0; index < count; index += 2) {
    const pair = input[start + (index >>> 1)]!
    weights[index] = pair >>> 4
    weights[index + 1] = pair & 15
  }
  return count
}

/** Reads weights from a stream, from its end. Two FSE states take turns (RFC 8878 4.2.1.2). */
function readCompressedWeights(input: Uint8Array, start: number, end: number): number {
  const structure = 'Huffman_Tree_Description'
  const streamStart = readDistribution(input, start, end, WEIGHTS_ACCURACY_LOG_LIMIT, 12, distribution)
  buildFseTable(weightsTable, distribution, weightCodes)
  const { accuracyLog, baselines, cells } = weightsTable
  const lastByte = streamStart < end ? input[end - 1]! : 0
  if (lastByte === 0) throw malformed(structure, end, 'has a stream of weights without an end mark')
  // The number of bits left below the end mark; bits below the first one count as 0.
  let bitsLeft = (end - 1 - streamStart) * 8 + 31 - Math.clz32(lastByte)
  let state = bitsBefore(input, streamStart, end, bitsLeft, accuracyLog)
  bitsLeft -= accuracyLog
  let otherState = bitsBefore(input, streamStart, end, bitsLeft, accuracyLog)
  bitsLeft -= accuracyLog
  if (bitsLeft < 0) throw malformed(structure, end, 'has a stream of weights too short for its two states')

  let count = 0
  for (;;) {
    // At most 255 weights, because the stream does not store the 256th. A turn may add two.
    if (count > 253) throw malformed(structure, start - 1, 'describes more than 256 literals')
    weights[count++] = baselines[state]!
    const cell = cells[state]!
    const bitCount = (cell >>> 8) & 255
    // The stream ends at the first update that needs more bits than are left. The other state then holds the last
    // weight.
    if (bitCount > bitsLeft) break
    state = otherState
    otherState = (cell >>> 16) + bitsBefore(input, streamStart, end, bitsLeft, bitCount)
    bitsLeft -= bitCount
  }
  weights[count++] = baselines[otherState]!
  return count
}

/** The `count` bits (at most 6) below bit `position` of the bytes [start, end); bits below the first are 0. */
function bitsBefore(input: Uint8Array, start: number, end: number, position: number, count: number): number {
  const first = position - count
  if (first < 0) return position <= 0 ? 0 : bitsBefore(input, start, end, position, position) << -first
  const offset = start + (first >>> 3)
  const word = input[offset]! | (offset + 1 < end ? input[offset + 1]! << 8 : 0)
  return (word >>> (first & 7)) & ((1 << count) - 1)
}
