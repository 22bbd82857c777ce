const MASK = 2n ** 64n - 1n
const P1 = 0x9e3779b185ebca87n
const P2 = 0xc2b2ae3d27d4eb4fn
const P3 = 0x165667b19e3779f9n
const P4 = 0x85ebca77c2b2ae63n
const P5 = 0x27d4eb2f165667c5n

const rotateLeft = (value: bigint, count: bigint) => ((value << count) | (value >> (64n - count))) & MASK
const round = (accumulator: bigint, lane: bigint) => (rotateLeft((accumulator + lane * P2) & MASK, 31n) * P1) & MASK

/** XXH64 with seed 0, all 64 bits, as the xxHash specification writes it: the ordinary twin of `xxhash64Low`. */
export function xxh64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let position = 0
  let hash: bigint = P5
  if (bytes.length >= 32) {
    const accumulators = [(P1 + P2) & MASK, P2, 0n, -P1 & MASK]
    for (; position + 32 <= bytes.length; position += 32) {
      accumulators.forEach((accumulator, i) => {
        accumulators[i] = round(accumulator, view.getBigUint64(position + 8 * i, true))
      })
    }
    const [a, b, c, d] = accumulators as [bigint, bigint, bigint, bigint]
    hash = (rotateLeft(a, 1n) + rotateLeft(b, 7n) + rotateLeft(c, 12n) + rotateLeft(d, 18n)) & MASK
    for (const accumulator of accumulators) hash = ((hash ^ round(0n, accumulator)) * P1 + P4) & MASK
  }
  hash = (hash + BigInt(bytes.length)) & MASK
  for (; position + 8 <= bytes.length; position += 8) {
    hash = (rotateLeft(hash ^ round(0n, view.getBigUint64(position, true)), 27n) * P1 + P4) & MASK
  }
  for (; position + 4 <= bytes.length; position += 4) {
    hash = (rotateLeft(hash ^ ((BigInt(view.getUint32(position, true)) * P1) & MASK), 23n) * P2 + P3) & MASK
  }
  for (; position < bytes.length; position++) {
    hash = (rotateLeft(hash ^ ((BigInt(bytes[position]!) * P5) & MASK), 11n) * P1) & MASK
  }
  hash = ((hash ^ (hash >> 33n)) * P2) & MASK
  hash = ((hash ^ (hash >> 29n)) * P3) & MASK
  return hash ^ (hash >> 32n)
}
