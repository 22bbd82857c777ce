/**
 * Undoes a filter in place, in pieces `bytes[start, end)` of a block. A filter does not change the size of the data.
 * @returns where it stopped. Up to there the piece is done. The rest, a few bytes, may be the beginning of an
 * instruction. The caller passes it again at the front of the next piece, or keeps it unchanged if the block ends.
 */
export type PieceFilter = (bytes: Uint8Array, start: number, end: number) => number

/** Begins to undo a filter of a block. */
export type Filter = () => PieceFilter

/**
 * Undoes a branch filter: makes the absolute addresses in `bytes[start, end)` relative again.
 * @param startOffset the address of the first byte, 32 bits
 * @param memory the memory of the block
 * @returns where it stopped, like `PieceFilter`
 */
export type BranchDecoder = (
  bytes: Uint8Array,
  start: number,
  end: number,
  startOffset: number,
  memory: BranchMemory,
) => number

/** State between two pieces. Only the x86 filter needs it. */
export interface BranchMemory {
  /** Bit n: an opcode began n bytes before the last opcode, and was not converted. */
  recent: number
  /** The distance in bytes from the last opcode to the piece. */
  gap: number
}
