import type { HuffmanTable } from './huffman-table.ts'
import { malformed } from './malformed.ts'

// A stream is read from its last bit to its first. `cursor` is the bit, counted from the first bit of the stream, that
// lies 25 below the next unread bit: the four bytes from byte `cursor >> 3` on hold at least the next 25 bits, and
// `<< (~cursor & 7)` brings them to the top of a 32-bit word. All bits are read when cursor is -25.
const ALL_READ = -25

/**
 * How many literals of each stream are decoded in one call. A loop that runs long in its first call is compiled while
 * what follows it has never run, and V8 keeps such code though it has to be left at the end of every loop ever after
 * (a deoptimisation for every block, Node 20 and 24). A function that is called often is compiled whole.
 */
const RUN_LITERALS = 128

/** Where the four streams are, between calls. */
const cursors = new Int32Array(4)

/**
 * Decodes `count` literals from the one stream [start, end) to `literals` from `position` on (RFC 8878 4.2.2).
 * At least four bytes of input must precede it.
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
 * Decodes `count` literals, at least 6, from the jump table and the four streams [start, end) (RFC 8878 3.1.1.3.1.6).
 * At least four bytes of input must precede them.
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
  if (start1 > end) throw malformed('Jump_Table', start, 'runs past the end of the literals section')
  const start2 = start1 + view.getUint16(start, true)
  const start3 = start2 + view.getUint16(start + 2, true)
  const start4 = start3 + view.getUint16(start + 4, true)
  if (start4 >= end) throw malformed('Jump_Table', start, 'leaves nothing for the fourth stream')
  cursors[0] = firstCursor(view, start1, start2)
  cursors[1] = firstCursor(view, start2, start3)
  cursors[2] = firstCursor(view, start3, start4)
  cursors[3] = firstCursor(view, start4, end)

  // The first three streams hold as many literals each, the fourth no more, so its end is met first.
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
 * Decodes two literals of each of four streams at a time, to `literals` from `position` on and `perStream`, 2 and
 * 3 * `perStream` further on, until a cursor is negative or `position` reaches `runEnd`, which is a multiple of 2 away.
 * Four streams at a time hide the latency of the table look-ups.
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
  // While no cursor is negative every word lies inside its stream; cells has 2^maxBits entries, as many as indexes
  // of maxBits bits; up to runEnd there is room for two literals of every stream. Two take at most
  // 2 * MAX_HUFFMAN_BITS = 22 of the 25 bits of a word.
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

/** The cursor below the end mark, the highest bit set in the last byte (RFC 8878 4.2.2). */
function firstCursor(view: DataView, start: number, end: number): number {
  const lastByte = start < end ? view.getUint8(end - 1) : 0
  if (lastByte === 0) throw malformed('Huffman_Coded_Stream', end, 'has no end mark')
  return (end - 1 - start) * 8 + 31 - Math.clz32(lastByte) + ALL_READ
}

/** Decodes what is left of a stream to literals [position, literalsEnd), which must be exactly what it holds. */
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
  // Down to ALL_READ a word reaches at most four bytes before the stream, and they are there; bits of theirs
  // that are taken for a literal bring the cursor below ALL_READ.
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
