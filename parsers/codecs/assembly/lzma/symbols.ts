// Symbols of LZMA streams (LZMA specification): literals, matches, and the end marker.
import {
  DISTANCE_ALIGN,
  DISTANCE_SLOT,
  DISTANCE_SPECIAL,
  IS_LONG_REP0,
  IS_MATCH,
  IS_NOT_REP0,
  IS_NOT_REP1,
  IS_NOT_REP2,
  IS_REP,
  LENGTH_HIGH,
  LENGTH_LOW,
  LENGTH_MIDDLE,
  LITERAL,
  LITERAL_SIZE,
  MATCH_LENGTH,
  REP_LENGTH,
} from './probabilities'
import { copySixteen } from '../copy'

// What the decoder remembers between two symbols. The caller sets it and reads it.
export let range: u32 = 0
export let code: u32 = 0
/** 0 to 11: the kinds of the last symbols. Below 7 the last one was a literal. */
export let state: u32 = 0
/** The last four distances, less one, latest first. */
export let rep0: u32 = 0
export let rep1: u32 = 0
export let rep2: u32 = 0
export let rep3: u32 = 0
export let inputPosition: usize = 0
export let outputPosition: usize = 0
/** lc, and masks of lp and pb bits. */
let literalContextBits: u32 = 0
let literalPositionMask: u32 = 0
let positionMask: u32 = 0

/** Sets lc, lp and pb; lc + lp is at most 4. */
export function setProperties(lc: u32, lp: u32, pb: u32): void {
  literalContextBits = lc
  literalPositionMask = (1 << lp) - 1
  positionMask = (1 << pb) - 1
}

// How decoding stops.
const PAUSED: i32 = 0
const END_MARKER: i32 = 1
const OUTPUT_FULL: i32 = 2
const WRONG_DISTANCE: i32 = 3

/** When the range is below this, the decoder shifts in the next byte of input. */
const LOWEST_RANGE: u32 = 1 << 24

/** A probability after a bit that is 0, and after one that is 1: it moves by a 32nd of the distance. */
@inline
function towardsZero(probability: u32): u16 {
  return <u16>(probability + ((2048 - probability) >>> 5))
}
@inline
function towardsOne(probability: u32): u16 {
  return <u16>(probability - (probability >>> 5))
}
/** -1 where the code is below the bound, so that the bit is 0; else 0. */
@inline
function zeroMask(code: u32, bound: u32): u32 {
  return <u32>((<i64>code - <i64>bound) >> 63)
}
/** The probability after the bit that the mask tells. */
@inline
function moved(probability: u32, mask: u32): u16 {
  return <u16>(probability + <u32>(<i32>(31 + (2017 & mask) - probability) >> 5))
}

/**
 * Decodes symbols: at least one, and more until the output reaches `outputEnd` or the input passes `inputLimit`. A
 * symbol takes at most 48 bytes, and memory has as many after the input: the caller compares `inputPosition`.
 *
 * It decodes every bit in the same way (LZMA specification, "Range Decoder"). It divides the range in the proportion of
 * the bit's probability. The code shows which part the bit selects. We write this out for each kind of bit: a function
 * cannot change range, code and position at once, unless they are in memory.
 *
 * Bits that choose the next step branch. Those of trees are hardly more predictable than random ones, so branches would
 * often be mispredicted: masks select the values, which gains 20 %.
 *
 * Bounds: each match checks its distance and its length. A literal that reads at rep0 has a state from 7 on, so it
 * follows a match that was checked, here or by the caller. `state` is below 12, and walks stay inside their trees.
 */
export function decodeSymbols(inputLimit: usize, outputEnd: usize, dictionaryStart: usize): i32 {
  let r = range
  let c = code
  let kind = state
  let back0 = rep0
  let back1 = rep1
  let back2 = rep2
  let back3 = rep3
  let input = inputPosition
  let output = outputPosition
  const lc = literalContextBits
  const lpMask = literalPositionMask
  const pbMask = positionMask
  let end: i32 = PAUSED
  let at: usize = 0
  let p: u32 = 0
  let bound: u32 = 0
  let mask: u32 = 0
  do {
    const position = <u32>(output - dictionaryStart)
    const positionState = <usize>(position & pbMask)
    let symbol: u32 = 1

    if (r < LOWEST_RANGE) {
      r <<= 8
      c = (c << 8) | <u32>load<u8>(input++)
    }
    at = IS_MATCH + (((<usize>kind << 4) + positionState) << 1)
    p = <u32>load<u16>(at)
    bound = (r >>> 11) * p
    if (c < bound) {
      r = bound
      store<u16>(at, towardsZero(p))
      // A literal: a walk down a tree of 256, one bit a level.
      if (output >= outputEnd) {
        end = OUTPUT_FULL
        break
      }
      const previous: u32 = position === 0 ? 0 : <u32>load<u8>(output - 1)
      const tree = LITERAL + <usize>(((position & lpMask) << lc) + (previous >>> (8 - lc))) * LITERAL_SIZE
      if (kind < 7) {
        do {
          if (r < LOWEST_RANGE) {
            r <<= 8
            c = (c << 8) | <u32>load<u8>(input++)
          }
          at = tree + (<usize>symbol << 1)
          p = <u32>load<u16>(at)
          bound = (r >>> 11) * p
          mask = zeroMask(c, bound)
          r = select<u32>(bound, r - bound, c < bound)
          c = select<u32>(c - bound, c, bound <= c)
          store<u16>(at, moved(p, mask))
          symbol = symbol + symbol + mask + 1
        } while (symbol < 0x100)
        kind = kind < 4 ? 0 : kind - 3
      } else {
        // After a match: the byte at rep0 is a guess. As long as its bits are right, they choose one of two more trees.
        let guess = <u32>load<u8>(output - <usize>back0 - 1)
        let offset: u32 = 0x100
        do {
          guess <<= 1
          const guessedBit = guess & offset
          if (r < LOWEST_RANGE) {
            r <<= 8
            c = (c << 8) | <u32>load<u8>(input++)
          }
          at = tree + (<usize>(offset + guessedBit + symbol) << 1)
          p = <u32>load<u16>(at)
          bound = (r >>> 11) * p
          mask = zeroMask(c, bound)
          r = select<u32>(bound, r - bound, c < bound)
          c = select<u32>(c - bound, c, bound <= c)
          store<u16>(at, moved(p, mask))
          symbol = symbol + symbol + mask + 1
          offset &= guessedBit ^ mask
        } while (symbol < 0x100)
        kind = kind < 10 ? kind - 3 : kind - 6
      }
      store<u8>(output++, <u8>symbol)
      continue
    }
    r -= bound
    c -= bound
    store<u16>(at, towardsOne(p))

    /** Which probabilities a length has; 0 for a match of one byte. */
    let lengths: usize = REP_LENGTH
    let isNew = false
    if (r < LOWEST_RANGE) {
      r <<= 8
      c = (c << 8) | <u32>load<u8>(input++)
    }
    at = IS_REP + (<usize>kind << 1)
    p = <u32>load<u16>(at)
    bound = (r >>> 11) * p
    if (c < bound) {
      r = bound
      store<u16>(at, towardsZero(p))
      back3 = back2
      back2 = back1
      back1 = back0
      kind = kind < 7 ? 7 : 10
      lengths = MATCH_LENGTH
      isNew = true
    } else {
      r -= bound
      c -= bound
      store<u16>(at, towardsOne(p))
      if (r < LOWEST_RANGE) {
        r <<= 8
        c = (c << 8) | <u32>load<u8>(input++)
      }
      at = IS_NOT_REP0 + (<usize>kind << 1)
      p = <u32>load<u16>(at)
      bound = (r >>> 11) * p
      if (c < bound) {
        r = bound
        store<u16>(at, towardsZero(p))
        if (r < LOWEST_RANGE) {
          r <<= 8
          c = (c << 8) | <u32>load<u8>(input++)
        }
        at = IS_LONG_REP0 + (((<usize>kind << 4) + positionState) << 1)
        p = <u32>load<u16>(at)
        bound = (r >>> 11) * p
        if (c < bound) {
          r = bound
          store<u16>(at, towardsZero(p))
          lengths = 0
        } else {
          r -= bound
          c -= bound
          store<u16>(at, towardsOne(p))
        }
      } else {
        r -= bound
        c -= bound
        store<u16>(at, towardsOne(p))
        let chosen = back1
        if (r < LOWEST_RANGE) {
          r <<= 8
          c = (c << 8) | <u32>load<u8>(input++)
        }
        at = IS_NOT_REP1 + (<usize>kind << 1)
        p = <u32>load<u16>(at)
        bound = (r >>> 11) * p
        if (c < bound) {
          r = bound
          store<u16>(at, towardsZero(p))
        } else {
          r -= bound
          c -= bound
          store<u16>(at, towardsOne(p))
          chosen = back2
          if (r < LOWEST_RANGE) {
            r <<= 8
            c = (c << 8) | <u32>load<u8>(input++)
          }
          at = IS_NOT_REP2 + (<usize>kind << 1)
          p = <u32>load<u16>(at)
          bound = (r >>> 11) * p
          if (c < bound) {
            r = bound
            store<u16>(at, towardsZero(p))
          } else {
            r -= bound
            c -= bound
            store<u16>(at, towardsOne(p))
            chosen = back3
            back3 = back2
          }
          back2 = back1
        }
        back1 = back0
        back0 = chosen
      }
      kind = lengths === 0 ? (kind < 7 ? 9 : 11) : kind < 7 ? 8 : 11
    }

    let length: u32 = 1
    if (lengths !== 0) {
      // One of three trees, whose sizes are 8, 8 and 256.
      let tree = lengths + LENGTH_LOW + (positionState << 4)
      let size: u32 = 8
      length = 2
      if (r < LOWEST_RANGE) {
        r <<= 8
        c = (c << 8) | <u32>load<u8>(input++)
      }
      p = <u32>load<u16>(lengths)
      bound = (r >>> 11) * p
      if (c < bound) {
        r = bound
        store<u16>(lengths, towardsZero(p))
      } else {
        r -= bound
        c -= bound
        store<u16>(lengths, towardsOne(p))
        if (r < LOWEST_RANGE) {
          r <<= 8
          c = (c << 8) | <u32>load<u8>(input++)
        }
        p = <u32>load<u16>(lengths, 2)
        bound = (r >>> 11) * p
        if (c < bound) {
          r = bound
          store<u16>(lengths, towardsZero(p), 2)
          tree = lengths + LENGTH_MIDDLE + (positionState << 4)
          length = 10
        } else {
          r -= bound
          c -= bound
          store<u16>(lengths, towardsOne(p), 2)
          tree = lengths + LENGTH_HIGH
          size = 256
          length = 18
        }
      }
      symbol = 1
      do {
        if (r < LOWEST_RANGE) {
          r <<= 8
          c = (c << 8) | <u32>load<u8>(input++)
        }
        at = tree + (<usize>symbol << 1)
        p = <u32>load<u16>(at)
        bound = (r >>> 11) * p
        mask = zeroMask(c, bound)
        r = select<u32>(bound, r - bound, c < bound)
        c = select<u32>(c - bound, c, bound <= c)
        store<u16>(at, moved(p, mask))
        symbol = symbol + symbol + mask + 1
      } while (symbol < size)
      length += symbol - size
    }

    if (isNew) {
      // The slot gives the two highest bits of the distance and the number of bits below them.
      const tree = DISTANCE_SLOT + (<usize>min<u32>(length - 2, 3) << 7)
      symbol = 1
      do {
        if (r < LOWEST_RANGE) {
          r <<= 8
          c = (c << 8) | <u32>load<u8>(input++)
        }
        at = tree + (<usize>symbol << 1)
        p = <u32>load<u16>(at)
        bound = (r >>> 11) * p
        mask = zeroMask(c, bound)
        r = select<u32>(bound, r - bound, c < bound)
        c = select<u32>(c - bound, c, bound <= c)
        store<u16>(at, moved(p, mask))
        symbol = symbol + symbol + mask + 1
      } while (symbol < 64)
      const slot = symbol - 64
      back0 = slot
      if (slot >= 4) {
        let low = (slot >>> 1) - 1
        back0 = (2 | (slot & 1)) << low
        let reverse = DISTANCE_SPECIAL + (<usize>(back0 - slot) << 1)
        if (slot >= 14) {
          // All but the lowest four bits have no probabilities: each halves the range.
          let direct: u32 = 0
          do {
            if (r < LOWEST_RANGE) {
              r <<= 8
              c = (c << 8) | <u32>load<u8>(input++)
            }
            r >>>= 1
            mask = zeroMask(c, r)
            c -= r & ~mask
            direct = direct + direct + mask + 1
            low -= 1
          } while (low > 4)
          back0 += direct << 4
          reverse = DISTANCE_ALIGN
        }
        // The lowest bit comes first.
        symbol = 1
        for (let place: u32 = 0; place < low; place++) {
          if (r < LOWEST_RANGE) {
            r <<= 8
            c = (c << 8) | <u32>load<u8>(input++)
          }
          at = reverse + (<usize>symbol << 1)
          p = <u32>load<u16>(at)
          bound = (r >>> 11) * p
          mask = zeroMask(c, bound)
          r = select<u32>(bound, r - bound, c < bound)
          c = select<u32>(c - bound, c, bound <= c)
          store<u16>(at, moved(p, mask))
          symbol = symbol + symbol + mask + 1
          back0 += (mask + 1) << place
        }
        if (back0 === 0xffffffff) {
          end = END_MARKER
          break
        }
      }
    }
    if (back0 >= position) {
      end = WRONG_DISTANCE
      break
    }
    if (length > <u32>(outputEnd - output)) {
      end = OUTPUT_FULL
      break
    }
    copyMatch(output, back0, output + length)
    output += length
  } while (output < outputEnd && input <= inputLimit)
  range = r
  code = c
  state = kind
  rep0 = back0
  rep1 = back1
  rep2 = back2
  rep3 = back3
  inputPosition = input
  outputPosition = output
  return end
}

/** Copies a match to [to, end), from `back` + 1 bytes before. It writes up to 15 bytes past `end`. */
@inline
function copyMatch(to: usize, back: u32, end: usize): void {
  let from = to - <usize>back - 1
  if (back >= 15) {
    do {
      copySixteen(to, from)
      to += 16
      from += 16
    } while (to < end)
  } else if (back >= 7) {
    do {
      store<u64>(to, load<u64>(from))
      to += 8
      from += 8
    } while (to < end)
  } else {
    do {
      store<u8>(to, load<u8>(from))
      to += 1
      from += 1
    } while (to < end)
  }
}
