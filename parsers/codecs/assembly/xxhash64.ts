// XXH64 with seed 0 ("xxHash fast digest algorithm", XXH64), of bytes that arrive in pieces.
import { XXHASH64_LANES, XXHASH64_REST } from './memory'

const PRIME_1: u64 = 0x9e3779b185ebca87
const PRIME_2: u64 = 0xc2b2ae3d27d4eb4f
const PRIME_3: u64 = 0x165667b19e3779f9
const PRIME_4: u64 = 0x85ebca77c2b2ae63
const PRIME_5: u64 = 0x27d4eb2f165667c5

/** Bytes that the four accumulators take at a time. */
const STRIPE: usize = 32

let length: u64 = 0

// Step 1.
export function startXxhash64(): void {
  length = 0
  store<u64>(XXHASH64_LANES, PRIME_1 + PRIME_2)
  store<u64>(XXHASH64_LANES, PRIME_2, 8)
  store<u64>(XXHASH64_LANES, 0, 16)
  store<u64>(XXHASH64_LANES, 0 - PRIME_1, 24)
}

/** Adds the bytes [start, end). */
export function updateXxhash64(start: usize, end: usize): void {
  const rest = <usize>length & (STRIPE - 1)
  length += end - start
  let position = start
  if (rest > 0) {
    const missing = min<usize>(STRIPE - rest, end - start)
    memory.copy(XXHASH64_REST + rest, start, missing)
    if (rest + missing < STRIPE) return
    addStripes(XXHASH64_REST, XXHASH64_REST + STRIPE)
    position += missing
  }
  const stripesEnd = end - ((end - position) & (STRIPE - 1))
  addStripes(position, stripesEnd)
  memory.copy(XXHASH64_REST, stripesEnd, end - stripesEnd)
}

/** The low 32 bits of the hash, which a zstd frame stores. */
export function digestXxhash64(): u32 {
  let hash = PRIME_5
  if (length >= STRIPE) {
    const lane1 = load<u64>(XXHASH64_LANES)
    const lane2 = load<u64>(XXHASH64_LANES, 8)
    const lane3 = load<u64>(XXHASH64_LANES, 16)
    const lane4 = load<u64>(XXHASH64_LANES, 24)
    // Step 3: the accumulators converge.
    hash = rotl(lane1, 1) + rotl(lane2, 7) + rotl(lane3, 12) + rotl(lane4, 18)
    hash = merge(merge(merge(merge(hash, lane1), lane2), lane3), lane4)
  }
  // Steps 4 and 5: the length, then the remaining bytes, 8, 4 and 1 at a time.
  hash += length
  let position = XXHASH64_REST
  const end = XXHASH64_REST + (<usize>length & (STRIPE - 1))
  for (; position + 8 <= end; position += 8) {
    hash = rotl(hash ^ round(0, load<u64>(position)), 27) * PRIME_1 + PRIME_4
  }
  if (position + 4 <= end) {
    hash = rotl(hash ^ (<u64>load<u32>(position) * PRIME_1), 23) * PRIME_2 + PRIME_3
    position += 4
  }
  for (; position < end; position += 1) hash = rotl(hash ^ (<u64>load<u8>(position) * PRIME_5), 11) * PRIME_1
  // Step 6: every bit of the input affects every bit of the hash.
  hash = (hash ^ (hash >> 33)) * PRIME_2
  hash = (hash ^ (hash >> 29)) * PRIME_3
  return <u32>(hash ^ (hash >> 32))
}

/** Step 2, for [start, end), a whole number of stripes. */
function addStripes(start: usize, end: usize): void {
  let lane1 = load<u64>(XXHASH64_LANES)
  let lane2 = load<u64>(XXHASH64_LANES, 8)
  let lane3 = load<u64>(XXHASH64_LANES, 16)
  let lane4 = load<u64>(XXHASH64_LANES, 24)
  for (let position = start; position < end; position += STRIPE) {
    lane1 = round(lane1, load<u64>(position))
    lane2 = round(lane2, load<u64>(position, 8))
    lane3 = round(lane3, load<u64>(position, 16))
    lane4 = round(lane4, load<u64>(position, 24))
  }
  store<u64>(XXHASH64_LANES, lane1)
  store<u64>(XXHASH64_LANES, lane2, 8)
  store<u64>(XXHASH64_LANES, lane3, 16)
  store<u64>(XXHASH64_LANES, lane4, 24)
}

@inline
function round(lane: u64, word: u64): u64 {
  return rotl(lane + word * PRIME_2, 31) * PRIME_1
}

@inline
function merge(hash: u64, lane: u64): u64 {
  return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4
}
