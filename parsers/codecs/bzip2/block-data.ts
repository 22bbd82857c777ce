import { fill } from '../stream-progress.ts'
import { type BitReader, bitOffset } from './bits.ts'
import type { BlockTrees } from './block-trees.ts'
import { failure, inputEnds } from './failure.ts'
import { findCode, LONGEST_CODE, LOOKUP_BITS } from './huffman-tree.ts'

const STRUCTURE = 'BlockData'
/** The number of symbols that a tree decodes before the next selector. */
const GROUP_SIZE = 50
/** RUNA and RUNB. */
const RUN_SYMBOLS = 2
/** Input that a group needs: its codes, 4 bytes that the held bits run ahead, and 4 of one read. */
const GROUP_INPUT: number = (GROUP_SIZE * LONGEST_CODE) / 8 + 4 + 4
/** From this place in the list on, a built-in copy is worth its call. */
const LONG_MOVE = 16

/** What decodes BlockData. One object serves all blocks of a file. */
export interface BlockDecoder {
  readonly reader: BitReader
  readonly blockTrees: BlockTrees
  /** The bytes of the block, sorted by what follows them. `linkBlock` adds a link to each. */
  block: Int32Array
  /** The most recent bytes: the list of the move-to-front transform. */
  readonly recent: Uint8Array
  /** Input that ends inside a group, with zeros after it. */
  readonly tail: Uint8Array
}

export function createBlockDecoder(reader: BitReader, blockTrees: BlockTrees): BlockDecoder {
  return {
    ...{ reader, blockTrees, block: new Int32Array(0) },
    ...{ recent: new Uint8Array(256), tail: new Uint8Array(GROUP_INPUT) },
  }
}

/**
 * Decodes BlockData, whose symbols are places in the list of recent bytes, or digits of the length of a run.
 * @param blockSize the most bytes of a block; `block` has room for them
 * @returns the number of bytes in the block
 */
export function readBlockData(decoder: BlockDecoder, blockSize: number): number {
  const { reader, blockTrees, block, recent } = decoder
  const { stream } = reader
  const { selectors, selectorCount, trees, symMap, byteCount } = blockTrees
  const endOfBlock = byteCount + 1
  recent.set(symMap)
  let length = 0
  /** The run of the byte at the front that we are reading, and the value of its next digit. */
  let runLength = 0
  let digitValue = 1

  for (let group = 0; group < selectorCount; group++) {
    const tree = trees[selectors[group]!]!
    const { lookup } = tree
    fill(stream, GROUP_INPUT)
    const { view, start } = groupInput(decoder)
    let position = start
    let { bits, bitCount } = reader
    let problem: 'no code' | 'too long' | undefined
    let isEnd = false

    // A turn takes at most LONGEST_CODE bits, of the 24 or more that we hold then. So the group reads at most
    // GROUP_INPUT bytes from `start`, all of them inside the view. A run or byte is written only if it fits into
    // blockSize. A symbol between the run symbols and endOfBlock is less than byteCount + 1, so its place is inside the
    // list.
    for (let left = GROUP_SIZE; left > 0; left--) {
      // Bits below the held ones are 0 or already the next bits of the input, so it is harmless to add them twice.
      bits |= view.getInt32(position, false) >>> bitCount
      position += (31 - bitCount) >> 3
      bitCount |= 24
      let entry = lookup[bits >>> (32 - LOOKUP_BITS)]!
      if (entry === 0) {
        entry = findCode(tree, bits >>> (32 - LONGEST_CODE))
        if (entry === 0) {
          bitCount -= LONGEST_CODE
          problem = 'no code'
          break
        }
      }
      bits <<= entry & 31
      bitCount -= entry & 31
      const symbol = entry >>> 5
      if (symbol < RUN_SYMBOLS) {
        // The length of a run has the digits 1 and 2 in base 2, the lowest first.
        runLength += digitValue << symbol
        digitValue <<= 1
        if (runLength <= blockSize - length) continue
        problem = 'too long'
        break
      }
      if (runLength > 0) {
        block.fill(recent[0]!, length, length + runLength)
        length += runLength
        runLength = 0
        digitValue = 1
      }
      if (symbol === endOfBlock) {
        isEnd = true
        break
      }
      if (length === blockSize) {
        problem = 'too long'
        break
      }
      let place = symbol - 1
      const byte = recent[place]!
      if (place >= LONG_MOVE) recent.copyWithin(1, 0, place)
      else for (; place > 0; place--) recent[place] = recent[place - 1]!
      recent[0] = byte
      block[length++] = byte
    }

    // Gives back the whole bytes among the held bits.
    stream.inputPosition += position - start - (bitCount >> 3)
    reader.bitCount = bitCount & 7
    reader.bits = bits & ~(-1 >>> reader.bitCount)
    if (stream.inputPosition > stream.input.length) throw inputEnds(stream, STRUCTURE, 'symbols')
    if (problem !== undefined) throw malformed(reader, problem, blockSize)
    if (isEnd) return length
  }
  throw failure(stream, 'MALFORMED', STRUCTURE, bitOffset(reader), 'has more symbols than its selectors decode', {
    expected: `at most ${selectorCount * GROUP_SIZE}`,
  })
}

/** Input for one group: where it begins, in the stream's view or in a copy that has zeros after the end. */
function groupInput({ reader: { stream }, tail }: BlockDecoder): { view: DataView; start: number } {
  const { input, inputView, inputPosition } = stream
  if (input.length - inputPosition >= GROUP_INPUT) return { view: inputView, start: inputPosition }
  tail.fill(0)
  tail.set(input.subarray(inputPosition))
  return { view: new DataView(tail.buffer), start: 0 }
}

function malformed(reader: BitReader, problem: 'no code' | 'too long', blockSize: number): Error {
  const { stream, bitCount } = reader
  if (problem === 'too long') {
    return failure(stream, 'MALFORMED', STRUCTURE, bitOffset(reader), 'has more bytes than the level allows', {
      expected: `at most ${blockSize}`,
    })
  }
  const offset = bitOffset({ ...reader, bitCount: bitCount + LONGEST_CODE })
  return failure(stream, 'MALFORMED', STRUCTURE, offset, 'has bits that are not a code of the selected tree')
}
