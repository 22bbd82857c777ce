import { countBits, nextBits } from './bitstream.ts'
import { createDistribution, readDistribution } from './distribution.ts'
import { buildFseTable, createFseTable, type FseCodes } from './fse-table.ts'
import { buildHuffmanTable, type HuffmanTable } from './huffman-table.ts'
import { malformed } from './malformed.ts'
import type { Progress } from './progress.ts'

/** Accuracy_Log of the weights (RFC 8878 4.2.1.2). */
const WEIGHTS_ACCURACY_LOG_LIMIT = 6
/** 12 weights, 0 to 11. A weight is its own code. */
const weightCodes: FseCodes = {
  baselines: Int32Array.from({ length: 12 }, (_, weight) => weight),
  extraBits: new Uint8Array(12),
}
const distribution = createDistribution()
const weightsTable = createFseTable(WEIGHTS_ACCURACY_LOG_LIMIT)

/** Weights of up to 256 literals. All calls share this array. */
const weights = new Uint8Array(256)

/**
 * Reads the Huffman_Tree_Description at the front of [start, end) (RFC 8878 4.2.1) and builds its table.
 * @returns where the description ends
 */
export function readHuffmanTree(progress: Progress, start: number, end: number, table: HuffmanTable): number {
  const { input } = progress
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
      ? readCompressedWeights(progress, weightsStart, weightsEnd)
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
function readCompressedWeights({ input, inputView: view }: Progress, start: number, end: number): number {
  const structure = 'Huffman_Tree_Description'
  const streamStart = readDistribution(input, start, end, WEIGHTS_ACCURACY_LOG_LIMIT, 12, distribution)
  buildFseTable(weightsTable, distribution, weightCodes)
  const { accuracyLog, baselines, cells } = weightsTable
  let bitsLeft = countBits(view, streamStart, end, structure, 'has a stream of weights without an end mark')
  let state = nextBits(view, streamStart, bitsLeft, accuracyLog)
  bitsLeft -= accuracyLog
  let otherState = nextBits(view, streamStart, bitsLeft, accuracyLog)
  bitsLeft -= accuracyLog
  if (bitsLeft < 0) throw malformed(structure, end, 'has a stream of weights too short for its two states')

  let count = 0
  for (;;) {
    // At most 255 weights, because the stream does not store the 256th. A turn may add two.
    if (count > 253) throw malformed(structure, start - 1, 'describes more than 256 literals')
    weights[count++] = baselines[state]!
    // The stream ends at the first update that needs more bits than are left. The other state then holds the last
    // weight.
    const cell = cells[state]!
    const bitCount = (cell >>> 8) & 255
    if (bitCount > bitsLeft) break
    const next = (cell >>> 16) + nextBits(view, streamStart, bitsLeft, bitCount)
    bitsLeft -= bitCount
    state = otherState
    otherState = next
  }
  weights[count++] = baselines[otherState]!
  return count
}
