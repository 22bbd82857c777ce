import { createDistribution, readDistribution } from './distribution.ts'
import { buildFseTable, createFseTable, type FseCodes } from './fse-table.ts'
import { buildHuffmanTable, type HuffmanTable } from './huffman-table.ts'
import { malformed } from './malformed.ts'

/** Accuracy_Log of the weights (RFC 8878 4.2.1.2). */
const WEIGHTS_ACCURACY_LOG_LIMIT = 6
/** 12 weights, 0 to 11; a weight is its own code. */
const weightCodes: FseCodes = { baselines: new Int32Array(12), extraBits: new Uint8Array(12) }
const distribution = createDistribution()
const weightsTable = createFseTable(WEIGHTS_ACCURACY_LOG_LIMIT)
for (let weight = 0; weight < 12; weight++) weightCodes.baselines[weight] = weight

/** Weights of up to 256 literals, shared by all calls. */
const weights = new Uint8Array(256)

/**
 * Reads the Huffman_Tree_Description at the front of [start, end) (RFC 8878 4.2.1) and builds its table.
 * @returns where the description ends
 */
export function readHuffmanTree(input: Uint8Array, start: number, end: number, table: HuffmanTable): number {
  if (start >= end) throw malformed('Huffman_Tree_Description', start, 'is missing')
  // No tree is usable until this one is complete.
  table.maxBits = 0
  const headerByte = input[start]!
  const weightsStart = start + 1
  const weightsSize = headerByte < 128 ? headerByte : (headerByte - 126) >>> 1
  const weightsEnd = weightsStart + weightsSize
  if (weightsEnd > end) {
    throw malformed('Huffman_Tree_Description', start, 'runs past the end of the literals section', {
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

/** Four bits each, the first in the upper half (RFC 8878 4.2.1.1). */
function readDirectWeights(input: Uint8Array, start: number, count: number): number {
  for (let index = 0; index < count; index += 2) {
    const pair = input[start + (index >>> 1)]!
    weights[index] = pair >>> 4
    weights[index + 1] = pair & 15
  }
  return count
}

/** Two FSE states take turns on one stream that is read from its end (RFC 8878 4.2.1.2). */
function readCompressedWeights(input: Uint8Array, start: number, end: number): number {
  const structure = 'Huffman_Tree_Description'
  const streamStart = readDistribution(input, start, end, WEIGHTS_ACCURACY_LOG_LIMIT, 12, distribution)
  buildFseTable(weightsTable, distribution, weightCodes)
  const { accuracyLog, baselines, cells } = weightsTable
  const lastByte = streamStart < end ? input[end - 1]! : 0
  if (lastByte === 0) throw malformed(structure, end, 'has a stream of weights without an end mark')
  // How many bits are left below the end mark; bits below the first count as 0.
  let bitsLeft = (end - 1 - streamStart) * 8 + 31 - Math.clz32(lastByte)
  let state = bitsBefore(input, streamStart, end, bitsLeft, accuracyLog)
  bitsLeft -= accuracyLog
  let otherState = bitsBefore(input, streamStart, end, bitsLeft, accuracyLog)
  bitsLeft -= accuracyLog
  if (bitsLeft < 0) throw malformed(structure, end, 'has a stream of weights too short for its two states')

  let count = 0
  for (;;) {
    // 255 weights at most: the 256th is never stored. Two may be added here.
    if (count > 253) throw malformed(structure, start - 1, 'describes more than 256 literals')
    weights[count++] = baselines[state]!
    const cell = cells[state]!
    const bitCount = (cell >>> 8) & 255
    // The stream ends with the first update it has too few bits for: then the other state holds the last weight.
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
