import type { HuffmanTable } from './huffman-table.ts'
import { malformed } from './malformed.ts'

// A decoder reads a stream from its last bit to its first. `cursor` is the bit 25 below the next unread bit, counted
// from the first bit of the stream. The four bytes from byte `cursor >> 3` on hold at least the next 25 bits. A shift
// by `~cursor & 7` moves them to the top of a 32-bit word. At -25 the decoder has read all bits.
const ALL_READ = -25

/**
 * Literals of each stream that one call decodes. V8 compiles a loop that runs long in its first call while the code
 * after it has never run. It keeps that code and must leave it at the end of every later loop: a deoptimisation for
 * every block (Node 20 and 24). V8 compiles a function as a whole if it is called often.
 */
const RUN_LITERALS = 128

/** The cursors of the four streams between calls. */
const cursors = new Int32Array(4)

/**
 * Decodes `count` literals from the single stream [start, end) to `literals` from `position` on (RFC 8878 4.2.2). The
 * input must have at least four bytes before it.
 */
export function decodeHuffmanStream(
  view: DataView,
  start: number,
  end: number,
  table: HuffmanTable,
  literals: Uint8Array,
  position: number,
  count: number,
): void {
  finishStream(view, start, firstCursor(view, start, end), table, literals, position, position + count)
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
  cursors[0] = firstCursor(view, start1, start2)
  cursors[1] = firstCursor(view, start2, start3)
  cursors[2] = firstCursor(view, start3, start4)
  cursors[3] = firstCursor(view, start4, end)

  // The first three streams hold the same number of literals and the fourth no more, so the fourth ends first.
  const perStream = (count + 3) >>> 2
  const pairsEnd = (count - 3 * perStream) & ~1
  let position = 0
  let runEnd = 0
  while (position === runEnd && runEnd < pairsEnd) {
    runEnd = Math.min(runEnd + RUN_LITERALS, pairsEnd)
    position = decodeLiteralPairs(view, start1, start2, start3, start4, table, literals, perStream, position, runEnd)
  }
  finishStream(view, start1, cursors[0]!, table, literals, position, perStream)
  finishStream(view, start2, cursors[1]!, table, literals, perStream + position, 2 * perStream)
  finishStream(view, start3, cursors[2]!, table, literals, 2 * perStream + position, 3 * perStream)
  finishStream(view, start4, cursors[3]!, table, literals, 3 * perStream + position, count)
}

/**
 * Decodes pairs of literals from the four streams to `literals`, from `position`, and `perStream`, 2 and 3 *
 * `perStream` after it. It stops when a cursor is negative or `position` reaches `runEnd`, which is a multiple of 2
 * away. Four streams at a time hide the latency of the table look-ups.
 * @returns the position reached
 */
function decodeLiteralPairs(
  view: DataView,
  start1: number,
  start2: number,
  start3: number,
  start4: number,
  table: HuffmanTable,
  literals: Uint8Array,
  perStream: number,
  firstPosition: number,
  runEnd: number,
): number {
  const { cells } = table
  const shift = 32 - table.maxBits
  const position2 = perStream
  const position3 = 2 * perStream
  const position4 = 3 * perStream
  let cursor1 = cursors[0]!
  let cursor2 = cursors[1]!
  let cursor3 = cursors[2]!
  let cursor4 = cursors[3]!
  let position = firstPosition
  // While no cursor is negative, every word lies inside its stream. `cells` has 2^maxBits entries, one for each index
  // of maxBits bits. Up to runEnd there is room for two literals of every stream. Two take at most 2 * MAX_HUFFMAN_BITS
  // = 22 of the 25 bits of a word.
  while (position < runEnd && (cursor1 | cursor2 | cursor3 | cursor4) >= 0) {
    let word = view.getInt32(start1 + (cursor1 >> 3), true) << (~cursor1 & 7)
    let cell = cells[word >>> shift]!
    literals[position] = cell
    cell >>>= 8
    word <<= cell
    cursor1 -= cell
    cell = cells[word >>> shift]!
    literals[position + 1] = cell
    cursor1 -= cell >>> 8

    word = view.getInt32(start2 + (cursor2 >> 3), true) << (~cursor2 & 7)
    cell = cells[word >>> shift]!
    literals[position2 + position] = cell
    cell >>>= 8
    word <<= cell
    cursor2 -= cell
    cell = cells[word >>> shift]!
    literals[position2 + position + 1] = cell
    cursor2 -= cell >>> 8

    word = view.getInt32(start3 + (cursor3 >> 3), true) << (~cursor3 & 7)
    cell = cells[word >>> shift]!
    literals[position3 + position] = cell
    cell >>>= 8
    word <<= cell
    cursor3 -= cell
    cell = cells[word >>> shift]!
    literals[position3 + position + 1] = cell
    cursor3 -= cell >>> 8

    word = view.getInt32(start4 + (cursor4 >> 3), true) << (~cursor4 & 7)
    cell = cells[word >>> shift]!
    literals[position4 + position] = cell
    cell >>>= 8
    word <<= cell
    cursor4 -= cell
    cell = cells[word >>> shift]!
    literals[position4 + position + 1] = cell
    cursor4 -= cell >>> 8
    position += 2
  }
  cursors[0] = cursor1
  cursors[1] = cursor2
  cursors[2] = cursor3
  cursors[3] = cursor4
  return position
}

/** The first cursor of a stream, below its end mark: the highest set bit of the last byte (RFC 8878 4.2.2). */
function firstCursor(view: DataView, start: number, end: number): number {
  const lastByte = start < end ? view.getUint8(end - 1) : 0
  if (lastByte === 0) throw malformed('Huffman_Coded_Stream', end, 'has no end mark')
  return (end - 1 - start) * 8 + 31 - Math.clz32(lastByte) + ALL_READ
}

/** Decodes the rest of a stream to literals [position, literalsEnd). The stream must hold exactly these literals. */
function finishStream(
  view: DataView,
  start: number,
  firstCursor: number,
  table: HuffmanTable,
  literals: Uint8Array,
  position: number,
  literalsEnd: number,
): void {
  const { cells } = table
  const shift = 32 - table.maxBits
  let cursor = firstCursor
  // Down to ALL_READ a word reaches at most four bytes before the stream, and the input has them. If we take bits of
  // those bytes for a literal, the cursor falls below ALL_READ.
  while (position < literalsEnd && cursor >= ALL_READ) {
    const word = view.getInt32(start + (cursor >> 3), true) << (~cursor & 7)
    const cell = cells[word >>> shift]!
    literals[position++] = cell
    cursor -= cell >>> 8
  }
  if (position < literalsEnd || cursor !== ALL_READ) {
    throw malformed('Huffman_Coded_Stream', start, 'does not end with its last literal', {
      found: `${cursor - ALL_READ} bits left`,
      expected: `0 after ${literalsEnd - position} more literals`,
    })
  }
}
