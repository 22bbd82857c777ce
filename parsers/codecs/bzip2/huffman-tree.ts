/** Bits. */
export const LONGEST_CODE = 20
/** The most symbols: two for runs, 255 for bytes that are not at the front of the list, and the end of the block. */
export const SYMBOL_LIMIT = 258
/** The number of bits that index `lookup`. Few codes are longer, and the tables of a block fit into 12 KiB. */
export const LOOKUP_BITS = 10

/** A Huffman code of a block, in the form that decodes it. */
export interface HuffmanTree {
  /**
   * Indexed by the next LOOKUP_BITS bits.
   *     bits 0-4: the length of the code that they begin with, or 0 if it is longer or none   5-13: its symbol
   */
  readonly lookup: Uint16Array
  /** Where the codes of this length and of all shorter ones end, among the numbers of LONGEST_CODE bits. */
  readonly ends: Int32Array
  /** What to add to a code of this length for its index in `symbols`. */
  readonly bases: Int32Array
  /** The symbols in the order of their codes. */
  readonly symbols: Uint16Array
}

export function createHuffmanTree(): HuffmanTree {
  return {
    lookup: new Uint16Array(2 ** LOOKUP_BITS),
    ends: new Int32Array(LONGEST_CODE + 1),
    bases: new Int32Array(LONGEST_CODE + 1),
    symbols: new Uint16Array(SYMBOL_LIMIT),
  }
}

/**
 * Builds the code in which symbols have these lengths, 1 to LONGEST_CODE. Codes follow each other in the order of
 * length, then symbol. A code of n bits takes 2^(LONGEST_CODE - n) of the numbers of LONGEST_CODE bits.
 *
 * If the lengths are too short for so many symbols, the last symbols have no code. If they are too long, the last
 * numbers are no code. bzip2 accepts both as long as a block does without these, and so do we.
 */
export function buildHuffmanTree(tree: HuffmanTree, lengths: Uint8Array, symbolCount: number): void {
  const { lookup, ends, bases, symbols } = tree
  lookup.fill(0)
  let end = 0
  let index = 0
  for (let length = 1; length <= LONGEST_CODE; length++) {
    const shift = LONGEST_CODE - length
    bases[length] = index - (end >>> shift)
    for (let symbol = 0; symbol < symbolCount; symbol++) {
      if (lengths[symbol] !== length) continue
      const start = end
      end += 1 << shift
      symbols[index++] = symbol
      if (length <= LOOKUP_BITS) {
        lookup.fill(
          (symbol << 5) | length,
          start >>> (LONGEST_CODE - LOOKUP_BITS),
          end >>> (LONGEST_CODE - LOOKUP_BITS),
        )
      }
    }
    ends[length] = end
  }
}

/**
 * The code that begins `window`, the next LONGEST_CODE bits, as an entry of `lookup`. It finds codes of any length.
 * @returns 0 if no code does
 */
export function findCode({ ends, bases, symbols }: HuffmanTree, window: number): number {
  for (let length = 1; length <= LONGEST_CODE; length++) {
    if (window < ends[length]!) {
      return (symbols[bases[length]! + (window >>> (LONGEST_CODE - length))]! << 5) | length
    }
  }
  return 0
}
