// Bitstreams that are read from their last bit to their first (RFC 8878 4.1 and 4.2.2).
//
// A cursor is the address in bits of the bit 57 below the next unread one. The word of eight bytes that holds it,
// shifted left by `~cursor & 7`, begins with at least 57 unread bits. Addresses in bits need 64 bits.

/** A stream whose first byte is at `start` is read when its cursor is here. */
@inline
export function endCursor(start: usize): u64 {
  return (<u64>start << 3) - 57
}

/**
 * The first cursor of the stream that ends at `end`, below its end mark: the highest set bit of the last byte, which
 * the caller knows is not 0.
 */
@inline
export function firstCursor(end: usize): u64 {
  return (<u64>(end - 1) << 3) + 31 - clz(<u32>load<u8>(end - 1)) - 57
}

@inline
export function wordAt(cursor: u64): u64 {
  return load<u64>(<usize>(cursor >> 3)) << (~cursor & 7)
}

/** The first `count` bits of a word; `count` may be 0. */
@inline
export function firstBits(word: u64, count: u64): usize {
  return <usize>((word >> 1) >> (63 - count))
}
