// Literals and matches of DEFLATE blocks (RFC 1951 3.2.3).
import { DISTANCE_TABLE, LITERAL_TABLE } from '../memory'
import { copySixteen } from '../copy'
import { count, held, position, setBits } from './bits'
import { DISTANCE_BITS, END, FURTHER, IS_LITERAL, LITERAL_BITS, SPECIAL } from './tables'

/** How the decoder stops. */
export const DAMAGED: i32 = 0
export const BLOCK_ENDS: i32 = 1
export const STREAM_ENDS: i32 = 2
export const INPUT_IS_READ: i32 = 3
export const OUTPUT_IS_FULL: i32 = 4

/** A round of the fast loop refills three times, each time up to 7 bytes further, and reads 8 bytes. */
const ROUND_INPUT: usize = 32
/** A round writes at most three literals and a match of 258 bytes. */
const ROUND_OUTPUT: usize = 261

/** Where the output goes on. */
export let output: usize = 0

export function setOutput(address: usize): void {
  output = address
}

@inline
function mask(bits: u32): u32 {
  return (1 << bits) - 1
}
@inline
function literalCell(bits: u64): u32 {
  return load<u32>(LITERAL_TABLE + (<usize>(<u32>bits & mask(LITERAL_BITS)) << 2))
}
@inline
function distanceCell(bits: u64): u32 {
  return load<u32>(DISTANCE_TABLE + (<usize>(<u32>bits & mask(DISTANCE_BITS)) << 2))
}
/** The cell in a further table, by the bits after those that index the first table. */
@inline
function furtherCell(table: usize, cell: u32, bits: u64): u32 {
  return load<u32>(table + (<usize>(((cell >>> 16) & 0x7fff) + (<u32>bits & mask((cell >>> 8) & 15))) << 2))
}
/** The length or distance of a cell, with its extra bits. */
@inline
function valueOf(cell: u32, bits: u64): u32 {
  return (cell >>> 16) + ((<u32>bits & mask(cell & 31)) >>> ((cell >>> 8) & 15))
}

/** Decodes a block until it ends, or the input or the room for output does. */
export function decodeSymbols(inputEnd: usize, outputEnd: usize, windowStart: usize): i32 {
  let end = INPUT_IS_READ
  if (inputEnd - position > ROUND_INPUT && outputEnd - output > ROUND_OUTPUT) {
    end = decodeRounds(inputEnd - ROUND_INPUT, outputEnd - ROUND_OUTPUT, windowStart)
    if (end !== INPUT_IS_READ) return end
  }
  do {
    end = decodeSymbol(inputEnd, outputEnd, windowStart)
  } while (end === -1)
  return end
}

/**
 * Decodes rounds that begin at or before `lastInput` and `lastOutput`: up to three literals and a match. So they need
 * no checks of the ends. The bits that a round takes: two literals of 11, then a refill; a length of 15 and 5, a
 * distance of 15 and 13, then a refill. The next cell is looked up before a match is copied, so that it is ready in time.
 * @returns INPUT_IS_READ where the next round might not fit
 */
function decodeRounds(lastInput: usize, lastOutput: usize, windowStart: usize): i32 {
  let input = position
  let bits = held
  let n: u64 = count
  let to = output
  let end = INPUT_IS_READ
  bits |= load<u64>(input) << n
  input += <usize>((63 - n) >> 3)
  n |= 56
  let cell = literalCell(bits)
  while (input <= lastInput && to <= lastOutput) {
    if (<i32>cell < 0) {
      bits >>= cell
      n -= cell & 63
      store<u8>(to++, <u8>(cell >>> 16))
      cell = literalCell(bits)
      if (<i32>cell < 0) {
        bits >>= cell
        n -= cell & 63
        store<u8>(to++, <u8>(cell >>> 16))
        cell = literalCell(bits)
        if (<i32>cell < 0) {
          bits >>= cell
          n -= cell & 63
          store<u8>(to++, <u8>(cell >>> 16))
          bits |= load<u64>(input) << n
          input += <usize>((63 - n) >> 3)
          n |= 56
          cell = literalCell(bits)
          continue
        }
      }
      bits |= load<u64>(input) << n
      input += <usize>((63 - n) >> 3)
      n |= 56
    }
    if ((cell & SPECIAL) !== 0) {
      if ((cell & FURTHER) !== 0) {
        bits >>= LITERAL_BITS
        n -= LITERAL_BITS
        cell = furtherCell(LITERAL_TABLE, cell, bits)
        if (<i32>cell < 0) {
          bits >>= cell
          n -= cell & 63
          store<u8>(to++, <u8>(cell >>> 16))
          bits |= load<u64>(input) << n
          input += <usize>((63 - n) >> 3)
          n |= 56
          cell = literalCell(bits)
          continue
        }
      }
      if ((cell & SPECIAL) !== 0) {
        if ((cell & END) === 0) return DAMAGED
        bits >>= cell & 63
        n -= cell & 63
        end = BLOCK_ENDS
        break
      }
    }
    const length = valueOf(cell, bits)
    bits >>= cell
    n -= cell & 63
    let distance = distanceCell(bits)
    if ((distance & SPECIAL) !== 0) {
      if ((distance & FURTHER) === 0) return DAMAGED
      bits >>= DISTANCE_BITS
      n -= DISTANCE_BITS
      distance = furtherCell(DISTANCE_TABLE, distance, bits)
      if ((distance & SPECIAL) !== 0) return DAMAGED
    }
    const back = valueOf(distance, bits)
    bits >>= distance
    n -= distance & 63
    bits |= load<u64>(input) << n
    input += <usize>((63 - n) >> 3)
    n |= 56
    cell = literalCell(bits)
    if (back > <u32>(to - windowStart)) return DAMAGED
    copyMatch(to, back, to + length)
    to += length
  }
  setBits(input, bits, <u32>n)
  output = to
  return end
}

/** Copies a match to [to, end), from `distance` bytes before. It writes up to 15 bytes past `end`. */
@inline
function copyMatch(to: usize, distance: u32, end: usize): void {
  let from = to - distance
  if (distance >= 16) {
    copySixteen(to, from)
    for (to += 16, from += 16; to < end; to += 16, from += 16) copySixteen(to, from)
  } else if (distance >= 8) {
    do {
      store<u64>(to, load<u64>(from))
      to += 8
      from += 8
    } while (to < end)
  } else if (distance === 1) {
    const byte = i8x16.splat(load<u8>(from))
    do {
      v128.store(to, byte)
      to += 16
    } while (to < end)
  } else {
    // Two to seven bytes: a word of the pattern, then steps of whole periods.
    let word = load<u64>(from) & ((<u64>1 << (<u64>distance << 3)) - 1)
    word |= word << (<u64>distance << 3)
    if (distance < 4) word |= word << (<u64>distance << 4)
    const step: usize = distance === 2 || distance === 4 ? 8 : distance === 3 ? 6 : distance
    do {
      store<u64>(to, word)
      to += step
    } while (to < end)
  }
}

/**
 * Decodes one literal, match, or end of block; it can use the last bit of the input and the last byte of the output. If
 * one of them is missing, it takes nothing.
 * @returns -1 where more symbols may follow
 */
function decodeSymbol(inputEnd: usize, outputEnd: usize, windowStart: usize): i32 {
  const startPosition = position
  const startHeld = held
  const startCount = count
  let input = position
  let bits = held
  let n = count
  bits |= load<u64>(input) << <u64>n
  input += (63 - n) >> 3
  n |= 56
  let cell = literalCell(bits)
  if ((cell & IS_LITERAL) === 0 && (cell & FURTHER) !== 0 && (cell & SPECIAL) !== 0) {
    bits >>= LITERAL_BITS
    n -= LITERAL_BITS
    cell = furtherCell(LITERAL_TABLE, cell, bits)
  }
  const isLength = (cell & (IS_LITERAL | SPECIAL)) === 0
  const length: u32 = isLength ? valueOf(cell, bits) : 1
  bits >>= cell & 63
  n -= cell & 63
  let isCode = isLength || (cell & IS_LITERAL) !== 0 || (cell & END) !== 0
  let distance: u32 = 0
  if (isLength) {
    let further = distanceCell(bits)
    if ((further & SPECIAL) !== 0 && (further & FURTHER) !== 0) {
      bits >>= DISTANCE_BITS
      n -= DISTANCE_BITS
      further = furtherCell(DISTANCE_TABLE, further, bits)
    }
    isCode = (further & SPECIAL) === 0
    if (isCode) distance = valueOf(further, bits)
    bits >>= further & 63
    n -= further & 63
  }
  if (input - (n >>> 3) > inputEnd) {
    setBits(startPosition, startHeld, startCount)
    return INPUT_IS_READ
  }
  if (!isCode || distance > <u32>(output - windowStart)) return DAMAGED
  if ((cell & IS_LITERAL) === 0 && (cell & SPECIAL) !== 0) {
    setBits(input, bits, n)
    return BLOCK_ENDS
  }
  if (length > <u32>(outputEnd - output)) {
    setBits(startPosition, startHeld, startCount)
    return OUTPUT_IS_FULL
  }
  setBits(input, bits, n)
  if (!isLength) store<u8>(output, <u8>(cell >>> 16))
  else for (let index: u32 = 0; index < length; index++) store<u8>(output + index, load<u8>(output + index - distance))
  output += length
  return -1
}
