import { malformed } from './malformed.ts'

/** The longest code of a literal (RFC 8878 4.2.1). */
export const MAX_HUFFMAN_BITS = 11

/** Decodes a literal from the next `maxBits` bits. */
export interface HuffmanTable {
  /** Max_Number_of_Bits; 0 while there is no tree. */
  maxBits: number
  /** Indexed by `maxBits` bits: the literal, and above it (<< 8) the length of its code. */
  readonly cells: Uint16Array
}

export function createHuffmanTable(): HuffmanTable {
  return { maxBits: 0, cells: new Uint16Array(1 << MAX_HUFFMAN_BITS) }
}

/** All calls share this array: first the number of cells for each weight, then the next free cell of each weight. */
const weightCells = new Uint16Array(MAX_HUFFMAN_BITS + 2)

/**
 * Fills the table from the weights of literals 0 to `count` - 2. The weight of the last literal follows from them (RFC
 * 8878 4.2.1). A literal of weight w takes 2^(w-1) cells. `weights` must have room for the last one.
 * @param offset the offset of the tree description, for errors
 */
export function buildHuffmanTable(table: HuffmanTable, weights: Uint8Array, count: number, offset: number): void {
  weightCells.fill(0)
  let sum = 0
  for (let literal = 0; literal < count - 1; literal++) {
    const weight = weights[literal]!
    if (weight > MAX_HUFFMAN_BITS) {
      throw malformed('Huffman_Tree_Description', offset, 'is too large', {
        field: `Weight of literal ${literal}`,
        found: weight,
        expected: `at most ${MAX_HUFFMAN_BITS}`,
      })
    }
    const cells = (1 << weight) >>> 1
    weightCells[weight]! += cells
    sum += cells
  }
  // The last literal fills the sum up to the next power of two, so the rest must be a power of two itself.
  const maxBits = 32 - Math.clz32(sum)
  const rest = (1 << maxBits) - sum
  if (sum === 0 || maxBits > MAX_HUFFMAN_BITS || (rest & (rest - 1)) !== 0) {
    throw malformed('Huffman_Tree_Description', offset, 'has weights that do not form a complete tree', {
      field: 'sum of 2^(Weight-1)',
      found: sum,
    })
  }
  const lastWeight = 32 - Math.clz32(rest)
  weights[count - 1] = lastWeight
  weightCells[lastWeight]! += rest
  if (weightCells[1]! < 2) {
    throw malformed('Huffman_Tree_Description', offset, 'has fewer than two literals with the longest code')
  }

  // Literals take cells by weight, then by value. The smallest weight has the first cells.
  let firstCell = 0
  for (let weight = 1; weight <= maxBits; weight++) {
    const cells = weightCells[weight]!
    weightCells[weight] = firstCell
    firstCell += cells
  }
  // All literals together take 2^maxBits cells, at most 2048, so every index below is inside the table.
  const { cells } = table
  for (let literal = 0; literal < count; literal++) {
    const weight = weights[literal]!
    if (weight === 0) continue
    const cell = literal | ((maxBits + 1 - weight) << 8)
    const start = weightCells[weight]!
    const end = start + (1 << (weight - 1))
    cells.fill(cell, start, end)
    weightCells[weight] = end
  }
  table.maxBits = maxBits
}
