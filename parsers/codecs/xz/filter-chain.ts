import type { Filter, PieceFilter } from './filter.ts'

/**
 * Undoes the filters of a block piece by piece, outside the dictionary, for matches refer to the data as it was before.
 * What a filter holds back, as an instruction may go on in the next piece, the next filter waits for as well.
 */
export interface FilterChain {
  /** In the order in which they are undone. */
  readonly filters: readonly PieceFilter[]
  /** How far each has come in `bytes`; none further than the one before it. */
  readonly done: number[]
  bytes: Uint8Array<ArrayBuffer>
  /** Of `bytes`, those that are there. */
  length: number
}

/** @param filters in the order in which the encoder applied them */
export function startFilterChain(filters: readonly Filter[]): FilterChain {
  const started = filters.map((start) => start()).reverse()
  return { filters: started, done: started.map(() => 0), bytes: new Uint8Array(0), length: 0 }
}

/**
 * Takes the next piece of the block, and returns what all filters are done with, valid until the next call.
 * @param isLast whether the block ends with it: then it is all that is left
 */
export function filterPiece(chain: FilterChain, piece: Uint8Array, isLast: boolean): Uint8Array<ArrayBuffer> {
  const { filters, done } = chain
  // What was returned last time makes room.
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
