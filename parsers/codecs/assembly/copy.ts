// Copies of literals and matches. They write up to 31 bytes past `end`, and read as many past what they copy.

@inline
export function copySixteen(to: usize, from: usize): void {
  v128.store(to, v128.load(from))
}

/** Copies literals to [to, end), at least 16 bytes at a time. */
@inline
export function copyLiterals(to: usize, from: usize, end: usize): void {
  copySixteen(to, from)
  if (to + 16 < end) {
    do {
      to += 16
      from += 16
      copySixteen(to, from)
    } while (to + 16 < end)
  }
}

/** Copies a match to [to, end), from `offset` bytes before (not 0). It may overlap itself. */
@inline
export function copyMatch(to: usize, offset: u32, end: usize): void {
  let from = to - offset
  if (offset >= 32) {
    // Most matches have up to 32 bytes: without a loop there is no branch to mispredict (zstd 6 %).
    copySixteen(to, from)
    copySixteen(to + 16, from + 16)
    if (to + 32 < end) {
      do {
        to += 32
        from += 32
        copySixteen(to, from)
        copySixteen(to + 16, from + 16)
      } while (to + 32 < end)
    }
  } else if (offset >= 16) {
    do {
      copySixteen(to, from)
      to += 16
      from += 16
    } while (to < end)
  } else if (offset >= 8) {
    do {
      store<u64>(to, load<u64>(from))
      to += 8
      from += 8
    } while (to < end)
  } else if (offset === 1) {
    const byte = i8x16.splat(load<u8>(from))
    do {
      v128.store(to, byte)
      to += 16
    } while (to < end)
  } else {
    // Eight bytes one at a time, then eight at a time from a whole number of periods before, 8 bytes or more.
    const period = offset * (8 / offset + (8 % offset !== 0 ? 1 : 0))
    const stop = min(to + 8, end)
    for (; to < stop; to += 1) store<u8>(to, load<u8>(to - offset))
    for (; to < end; to += 8) store<u64>(to, load<u64>(to - period))
  }
}
