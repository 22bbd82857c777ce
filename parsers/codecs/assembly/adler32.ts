// Adler-32 (RFC 1950 8.2).

/** The largest prime below 2^16. */
const BASE: u32 = 65521
/** Bytes between two reductions modulo BASE: in between, both sums stay below 2^32 (RFC 1950 9). */
const RUN: usize = 5552

/** Adds the bytes [start, end) to a checksum, which is 1 at first. */
export function adler32(checksum: u32, start: usize, end: usize): u32 {
  let sum = checksum & 0xffff
  let sumOfSums = checksum >>> 16
  let position = start
  const lowWeights = i16x8(16, 15, 14, 13, 12, 11, 10, 9)
  const highWeights = i16x8(8, 7, 6, 5, 4, 3, 2, 1)
  // 16 bytes at a time: byte i of them counts 16 - i times in the sum of sums, and what was summed before 16 times.
  while (end - position >= 16) {
    const runEnd = position + min(RUN, (end - position) & ~15)
    let sums = i32x4.splat(0)
    let before = i32x4.splat(0)
    let weighted = i32x4.splat(0)
    let wide = <u64>sumOfSums + <u64>sum * (runEnd - position)
    for (; position < runEnd; position += 16) {
      const bytes = v128.load(position)
      before = i32x4.add(before, sums)
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes)))
      weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(bytes), lowWeights))
      weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(bytes), highWeights))
    }
    wide += (<u64>total(before) << 4) + total(weighted)
    sum = (sum + total(sums)) % BASE
    sumOfSums = <u32>(wide % BASE)
  }
  for (; position < end; position += 1) {
    sum += load<u8>(position)
    sumOfSums += sum
  }
  return ((sumOfSums % BASE) << 16) | (sum % BASE)
}

/** The sum of the four numbers, each below 2^30. */
@inline
function total(numbers: v128): u32 {
  const low = <u32>i32x4.extract_lane(numbers, 0) + <u32>i32x4.extract_lane(numbers, 1)
  return low + <u32>i32x4.extract_lane(numbers, 2) + <u32>i32x4.extract_lane(numbers, 3)
}
