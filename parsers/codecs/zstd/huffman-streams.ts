import { countBits, nextWord } from './bitstream.ts'
import type { HuffmanTable } from './huffman-table.ts'
import { malformed } from './malformed.ts'

/**
 * Decodes `count` literals from the single stream [start, end) (RFC 8878 4.2.2). The input must have at least four
 * bytes before it.
 */
export function decodeHuffmanStream(
  view: DataView,
  start: number,
  end: number,
  table: HuffmanTable,
  literals: Uint8Array,
  count: number,
): void {
  decodeLiterals(view, start, countStreamBits(view, start, end), table, literals, 0, count)
}

/**
 * Decodes `count` literals, at least 6, from the jump table and the four streams in [start, end) (RFC 8878
 * 3.1.1.3.1.6). The input must have at least four bytes before them.
 */
export function decodeFourHuffmanStreams(
  view: DataView,
  start: number,
  end: number,
  table: HuffmanTable,
  literals: Uint8Array,
  count: number,
): void {
  const start1 = start + 6
  if (start1 > end) throw malformed('Jump_Table', start, 'extends past the end of the literals section')
  const start2 = start1 + view.getUint16(start, true)
  const start3 = start2 + view.getUint16(start + 2, true)
  const start4 = start3 + view.getUint16(start + 4, true)
  if (start4 >= end) throw malformed('Jump_Table', start, 'leaves no bytes for the fourth stream')
  const bits1 = countStreamBits(view, start1, start2)
  const bits2 = countStreamBits(view, start2, start3)
  const bits3 = countStreamBits(view, start3, start4)
  const bits4 = countStreamBits(view, start4, end)
  // The first three streams hold the same number of literals, and the fourth the rest.
  const perStream = (count + 3) >>> 2
  decodeLiterals(view, start1, bits1, table, literals, 0, perStream)
  decodeLiterals(view, start2, bits2, table, literals, perStream, 2 * perStream)
  decodeLiterals(view, start3, bits3, table, literals, 2 * perStream, 3 * perStream)
  decodeLiterals(view, start4, bits4, table, literals, 3 * perStream, count)
}

function countStreamBits(view: DataView, start: number, end: number): number {
  return countBits(view, start, end, 'Huffman_Coded_Stream', 'has no end mark')
}

/** Decodes a stream of `bitCount` bits to literals [position, literalsEnd). It must hold exactly these literals. */
function decodeLiterals(
  view: DataView,
  start: number,
  bitCount: number,
  { cells, maxBits }: HuffmanTable,
  literals: Uint8Array,
  position: number,
  literalsEnd: number,
): void {
  let bitsLeft = bitCount
  let next = position
  // `cells` has 2^maxBits entries, one for each index of maxBits bits. If an index has bits from before the stream, and
  // its code needs them, fewer than 0 bits are left.
  while (next < literalsEnd && bitsLeft >= 0) {
    const cell = cells[nextWord(view, start, bitsLeft) >>> (32 - maxBits)]!
    literals[next++] = cell
    bitsLeft -= cell >>> 8
  }
  if (next < literalsEnd || bitsLeft !== 0) {
    throw malformed('Huffman_Coded_Stream', start, 'does not end with its last literal', {
      found: `${bitsLeft} bits left`,
      expected: `0 after ${literalsEnd - next} more literals`,
    })
  }
}
