// The layout of the adaptive probabilities of an LZMA decoder in one array. Each is the probability, in 2048ths, that
// the next bit is 0 (LZMA specification, "Range Decoder"). The array holds them in the order below. The probabilities
// of literals come last, because their number depends on lc and lp.

/** The initial probability: one half. */
export const EVEN_PROBABILITY = 1024

/** The largest number of position states, 2^pb. */
export const POSITION_STATES = 16
/** The number of values of `LzmaState.state`. */
const STATES = 12
/** Matches of length 2, 3, 4 and longer have separate probabilities for their distances. */
const LENGTH_STATES = 4

/** Indexed by state and position state. */
export const IS_MATCH = 0
/** Indexed by state, this and the next three. */
export const IS_REP = IS_MATCH + STATES * POSITION_STATES
export const IS_NOT_REP0 = IS_REP + STATES
export const IS_NOT_REP1 = IS_NOT_REP0 + STATES
export const IS_NOT_REP2 = IS_NOT_REP1 + STATES
/** Indexed by state and position state: whether a match at rep0 is longer than one byte. */
export const IS_LONG_REP0 = IS_NOT_REP2 + STATES

/** A tree of 64 for each length state. */
export const DISTANCE_SLOT = IS_LONG_REP0 + STATES * POSITION_STATES
/** Reverse trees, one after the other, for slots 4 to 13: 114 probabilities, from index 1 on. */
export const DISTANCE_SPECIAL = DISTANCE_SLOT + LENGTH_STATES * 64
/** A reverse tree of 16 for the low bits of distances from slot 14 on. */
export const DISTANCE_ALIGN = DISTANCE_SPECIAL + 115

/** A length: two choices, and one tree each for 2 to 9 and 10 to 17, both by position state, and for 18 to 273. */
export const LENGTH_CHOICE = 0
export const LENGTH_CHOICE_2 = 1
export const LENGTH_LOW = 2
export const LENGTH_MIDDLE = LENGTH_LOW + POSITION_STATES * 8
export const LENGTH_HIGH = LENGTH_MIDDLE + POSITION_STATES * 8
const LENGTH_SIZE = LENGTH_HIGH + 256

export const MATCH_LENGTH = DISTANCE_ALIGN + 16
export const REP_LENGTH = MATCH_LENGTH + LENGTH_SIZE

/** `LITERAL_SIZE` for each literal state: a tree of 256, and two more for literals after a match. */
export const LITERAL = REP_LENGTH + LENGTH_SIZE
export const LITERAL_SIZE = 0x300

/** The number of probabilities; `literalBits` is lc + lp. */
export function literalsEnd(literalBits: number): number {
  return LITERAL + (LITERAL_SIZE << literalBits)
}
