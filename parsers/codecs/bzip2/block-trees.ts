import { type BitReader, bitOffset, takeBits } from './bits.ts'
import { failure } from './failure.ts'
import { buildHuffmanTree, createHuffmanTree, type HuffmanTree, LONGEST_CODE } from './huffman-tree.ts'

const STRUCTURE = 'BlockTrees'
const TREE_MINIMUM = 2
const TREE_LIMIT = 6
/** What the largest block needs, one for 50 symbols, and two more. */
const SELECTOR_LIMIT = 18_002

/** What BlockTrees says. One object serves all blocks of a file. */
export interface BlockTrees {
  /** The bytes that occur in the block, in their order; `byteCount` of them. */
  readonly symMap: Uint8Array
  byteCount: number
  readonly trees: readonly HuffmanTree[]
  /** Which tree decodes each group of 50 symbols; `selectorCount` of them. */
  readonly selectors: Uint8Array
  selectorCount: number
}

export function createBlockTrees(): BlockTrees {
  return {
    symMap: new Uint8Array(256),
    byteCount: 0,
    trees: Array.from({ length: TREE_LIMIT }, createHuffmanTree),
    selectors: new Uint8Array(SELECTOR_LIMIT),
    selectorCount: 0,
  }
}

export function readBlockTrees(reader: BitReader, blockTrees: BlockTrees): void {
  readSymMap(reader, blockTrees)
  const offset = bitOffset(reader)
  const treeCount = takeBits(reader, 3, STRUCTURE, 'NumTrees')
  if (treeCount < TREE_MINIMUM || treeCount > TREE_LIMIT) {
    throw failure(reader.stream, 'MALFORMED', STRUCTURE, offset, 'is invalid', {
      field: 'NumTrees',
      found: treeCount,
      expected: `${TREE_MINIMUM} to ${TREE_LIMIT}`,
    })
  }
  readSelectors(reader, blockTrees, treeCount)
  for (let tree = 0; tree < treeCount; tree++) readTree(reader, blockTrees, tree)
}

/** SymMap: a bit for each range of 16 bytes, then a bit for each byte of the ranges that occur. */
function readSymMap(reader: BitReader, blockTrees: BlockTrees): void {
  const offset = bitOffset(reader)
  const ranges = takeBits(reader, 16, STRUCTURE, 'SymMap')
  let count = 0
  for (let range = 0; range < 16; range++) {
    if ((ranges & (0x8000 >>> range)) === 0) continue
    const bytes = takeBits(reader, 16, STRUCTURE, 'SymMap')
    for (let byte = 0; byte < 16; byte++) {
      if ((bytes & (0x8000 >>> byte)) !== 0) blockTrees.symMap[count++] = 16 * range + byte
    }
  }
  if (count === 0) throw failure(reader.stream, 'MALFORMED', STRUCTURE, offset, 'has no bytes', { field: 'SymMap' })
  blockTrees.byteCount = count
}

/** Selectors: for each its place in a list of trees, as so many ones and a zero, after which the tree moves to front. */
function readSelectors(reader: BitReader, blockTrees: BlockTrees, treeCount: number): void {
  const { selectors } = blockTrees
  const offset = bitOffset(reader)
  const count = takeBits(reader, 15, STRUCTURE, 'NumSels')
  if (count === 0) {
    throw failure(reader.stream, 'MALFORMED', STRUCTURE, offset, 'is 0', { field: 'NumSels', expected: 'at least 1' })
  }
  const trees = [0, 1, 2, 3, 4, 5]
  for (let index = 0; index < count; index++) {
    const start = bitOffset(reader)
    let place = 0
    while (takeBits(reader, 1, STRUCTURE, 'Selectors') === 1) {
      place++
      if (place === treeCount) {
        throw failure(reader.stream, 'MALFORMED', STRUCTURE, start, 'selects a tree that does not exist', {
          field: 'Selectors',
          found: `at least ${place}`,
          expected: `less than ${treeCount}`,
        })
      }
    }
    const tree = trees[place]!
    trees.copyWithin(1, 0, place)
    trees[0] = tree
    // Some encoders write more than any block needs. Like bzip2 1.0.8, we read these and ignore them.
    if (index < SELECTOR_LIMIT) selectors[index] = tree
  }
  blockTrees.selectorCount = Math.min(count, SELECTOR_LIMIT)
}

/** Trees: the length of the first code, BitLen, and for each symbol its difference to the one before, Delta. */
function readTree(reader: BitReader, { byteCount, trees }: BlockTrees, index: number): void {
  // Runs take two symbols, but the byte at the front needs none of its own. The last symbol ends the block.
  const count = byteCount + 2
  const lengths = new Uint8Array(count)
  let length = takeBits(reader, 5, STRUCTURE, 'Trees')
  for (let symbol = 0; symbol < count; symbol++) {
    for (;;) {
      if (length < 1 || length > LONGEST_CODE) {
        throw failure(reader.stream, 'MALFORMED', STRUCTURE, bitOffset(reader), 'has an invalid code length', {
          field: 'Trees',
          found: length,
          expected: `1 to ${LONGEST_CODE}`,
        })
      }
      if (takeBits(reader, 1, STRUCTURE, 'Trees') === 0) break
      length += takeBits(reader, 1, STRUCTURE, 'Trees') === 0 ? 1 : -1
    }
    lengths[symbol] = length
  }
  buildHuffmanTree(trees[index]!, lengths, count)
}
