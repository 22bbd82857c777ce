import type { Filter, PieceFilter } from './filter.ts'

/**
 * Undoes the filters of a block piece by piece, outside the dictionary, because matches refer to the filtered data. A
 * filter may hold bytes back, because an instruction may continue in the next piece. The next filter then waits for
 * them too.
 */
export interface FilterChain {
  /** In the order in which we undo them. */
  readonly filters: readonly PieceFilter[]
  /** How far each filter has come in `bytes`; none is further than the one before it. */
  readonly done: number[]
  bytes: Uint8Array<ArrayBuffer>
  /** The number of valid bytes in `bytes`. */
  length: number
}

/** @param filters in the order in which the encoder applied them */
export function startFilterChain(filters: readonly Filter[]): FilterChain {
  const started = filters.map((start) => start()).reverse()
  return { filters: started, done: started.map(() => 0), bytes: new Uint8Array(0), length: 0 }
}

/**
 * Adds the next piece of the block, and returns the bytes that all filters have finished, valid until the next call.
 * @param isLast whether the block ends with this piece; then it returns everything that is left
 */
export function filterPiece(chain: FilterChain, piece: Uint8Array, isLast: boolean): Uint8Array<ArrayBuffer> {
  const { filters, done } = chain
  // The bytes returned last time make room.
  const returned = done.at(-1)!
  const kept = chain.length - returned
  chain.length = kept + piece.length
  const before = chain.bytes
  if (chain.length > before.length) chain.bytes = new Uint8Array(chain.length)
  chain.bytes.set(before.subarray(returned, returned + kept))
  chain.bytes.set(piece, kept)
  let end = chain.length
  for (const [index, undo] of filters.entries()) {
    const position = undo(chain.bytes, done[index]! - returned, end)
    if (!isLast) end = position
    done[index] = end
  }
  return chain.bytes.subarray(0, end)
}
