/**
 * Undoes a filter, which does not change the size of the data, in place, in the pieces `bytes[start, end)` of a block.
 * @returns where it stopped: up to there the piece is done; the rest, a few bytes that may be the beginning of an
 *   instruction, is to be given again, as the beginning of the next piece, and is done as it is when the block ends
 */
export type PieceFilter = (bytes: Uint8Array, start: number, end: number) => number

/** Begins to undo a filter of a block. */
export type Filter = () => PieceFilter

/**
 * Undoes a branch filter: makes the absolute addresses in `bytes[start, end)` relative again.
 * @param startOffset the address of the first byte, 32 bits
 * @param memory of the block
 * @returns where it stopped, as `PieceFilter`
 */
export type BranchDecoder = (
  bytes: Uint8Array,
  start: number,
  end: number,
  startOffset: number,
  memory: BranchMemory,
) => number

/** What the x86 filter, and no other, remembers between two pieces. */
export interface BranchMemory {
  /** Bit n: n bytes before the last opcode was one, and that was not converted. */
  recent: number
  /** How many bytes before the piece the last opcode was. */
  gap: number
}
