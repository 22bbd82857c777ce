// The adaptive probabilities of an LZMA decoder, 2 bytes each: the probability, in 2048ths, that the next bit is 0 (LZMA
// specification, "Range Decoder"). Those of literals come last, because their number depends on lc and lp. The addresses
// below are those of the first probability of a kind.
import { PROBABILITIES_OF_BITS } from '../memory'

/** The initial probability: one half, four times. */
const EVEN: u64 = 0x0400040004000400
/** The number of values of `state`, and of position states. */
const STATES: usize = 12
const POSITION_STATES: usize = 16

/** By state and position state. */
export const IS_MATCH: usize = PROBABILITIES_OF_BITS
/** By state, this and the next three. */
export const IS_REP: usize = IS_MATCH + 2 * STATES * POSITION_STATES
export const IS_NOT_REP0: usize = IS_REP + 2 * STATES
export const IS_NOT_REP1: usize = IS_NOT_REP0 + 2 * STATES
export const IS_NOT_REP2: usize = IS_NOT_REP1 + 2 * STATES
/** By state and position state: whether a match at rep0 is longer than one byte. */
export const IS_LONG_REP0: usize = IS_NOT_REP2 + 2 * STATES
/** A tree of 64 for each length state. */
export const DISTANCE_SLOT: usize = IS_LONG_REP0 + 2 * STATES * POSITION_STATES
/** Reverse trees, one after the other, for slots 4 to 13: 114 probabilities, from index 1 on. */
export const DISTANCE_SPECIAL: usize = DISTANCE_SLOT + 2 * 4 * 64
/** A reverse tree of 16 for the low bits of distances from slot 14 on. */
export const DISTANCE_ALIGN: usize = DISTANCE_SPECIAL + 2 * 116
/** A length: two choices, and one tree each for 2 to 9 and 10 to 17, both by position state, and for 18 to 273. */
export const MATCH_LENGTH: usize = DISTANCE_ALIGN + 2 * 16
export const LENGTH_LOW: usize = 2 * 2
export const LENGTH_MIDDLE: usize = LENGTH_LOW + 2 * 8 * POSITION_STATES
export const LENGTH_HIGH: usize = LENGTH_MIDDLE + 2 * 8 * POSITION_STATES
const LENGTH_SIZE: usize = LENGTH_HIGH + 2 * 256
export const REP_LENGTH: usize = MATCH_LENGTH + LENGTH_SIZE
/** LITERAL_SIZE for each literal state: a tree of 256, and two more for literals after a match. */
export const LITERAL: usize = REP_LENGTH + LENGTH_SIZE
export const LITERAL_SIZE: usize = 2 * 0x300

/** Resets all of them. @param literalBits lc + lp, at most 4 */
export function resetProbabilities(literalBits: u32): void {
  // The sizes of all parts are multiples of 4 bytes, so the last store passes the end by 4 bytes at most.
  const end = LITERAL + (LITERAL_SIZE << literalBits)
  for (let at = PROBABILITIES_OF_BITS; at < end; at += 8) store<u64>(at, EVEN)
}
