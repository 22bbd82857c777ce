// The bits of DEFLATE data, lowest first (RFC 1951 3.1.1).
//
// `held` has the next bits of the input, of which `count` are counted. What lies above them is 0, or already the next
// bits of the input, so it is harmless to add them twice. `position` is the address after the counted bits.

export let position: usize = 0
export let held: u64 = 0
export let count: u32 = 0

export function setBits(newPosition: usize, newHeld: u64, newCount: u32): void {
  position = newPosition
  held = newHeld
  count = newCount
}

/** Counts 56 to 63 bits. It reads up to 8 bytes past the end of the input. */
@inline
export function refill(): void {
  held |= load<u64>(position) << <u64>count
  position += (63 - count) >> 3
  count |= 56
}

/** Takes bits that are counted, at most 16. */
@inline
export function take(bits: u32): u32 {
  const value = <u32>held & ((1 << bits) - 1)
  held >>= bits
  count -= bits
  return value
}

/** Whether we took more bits than the input has. */
export function isPast(end: usize): bool {
  return position - (count >>> 3) > end
}

/** Gives back whole bytes, so that fewer than 8 bits are counted. */
export function giveBack(): void {
  position -= count >>> 3
  count &= 7
  held &= (1 << count) - 1
}
