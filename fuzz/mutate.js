/** @typedef {import('./random.js').Random} Random */

const INTERESTING = [0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 32, 63, 64, 100, 127, 128, 192, 224, 240, 254, 255]
/** Powers of two and their neighbours in fields of 2, 4 and 8 bytes. */
const BOUNDARIES = [8, 15, 16, 17, 24, 31, 32, 33, 47, 48, 53, 62, 63, 64].flatMap((bits) =>
  [-1n, 0n, 1n].map((change) => 2n ** BigInt(bits) + change),
)
const LARGEST_CHANGE = 64
const MUTATIONS_AT_MOST = 6

/**
 * A change to a stream of bytes, which may change `bytes` itself. The caller cuts the result to its limit.
 * @typedef {(bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array} Mutation
 */

/** @param {readonly Uint8Array[]} parts */
const concat = (parts) => new Uint8Array(Buffer.concat(parts))

/** @type {readonly Mutation[]} */
const mutations = [
  function flipBit(bytes, random) {
    const offset = random.below(bytes.length)
    bytes[offset] = (bytes[offset] ?? 0) ^ (1 << random.below(8))
    return bytes
  },
  function setByte(bytes, random) {
    bytes[random.below(bytes.length)] = random.once(2) ? random.below(256) : random.pick(INTERESTING)
    return bytes
  },
  function addToByte(bytes, random) {
    const offset = random.below(bytes.length)
    bytes[offset] = (bytes[offset] ?? 0) + random.below(35) - 17
    return bytes
  },
  function setField(bytes, random) {
    return writeField(bytes, random, (size) =>
      random.once(2) ? random.pick(BOUNDARIES) : BigInt(random.below(2 * size * LARGEST_CHANGE)),
    )
  },
  /** Most lengths are close to the real one. */
  function setLength(bytes, random) {
    return writeField(bytes, random, () => BigInt(Math.max(0, bytes.length - random.below(40) + random.below(8))))
  },
  function addToField(bytes, random) {
    return writeField(bytes, random, (_, value) => value + BigInt(random.below(33) - 16))
  },
  function randomRun(bytes, random) {
    const start = random.below(bytes.length)
    const end = Math.min(bytes.length, start + 1 + random.below(16))
    for (let offset = start; offset < end; offset += 1) bytes[offset] = random.below(256)
    return bytes
  },
  function sameRun(bytes, random) {
    const start = random.below(bytes.length)
    return bytes.fill(random.pick(INTERESTING), start, start + 1 + random.below(LARGEST_CHANGE))
  },
  function remove(bytes, random) {
    const start = random.below(bytes.length)
    return concat([bytes.subarray(0, start), bytes.subarray(start + 1 + random.below(LARGEST_CHANGE))])
  },
  function truncate(bytes, random) {
    return bytes.slice(0, random.once(2) ? random.below(bytes.length) : Math.max(0, bytes.length - random.below(12)))
  },
  function insert(bytes, random) {
    const start = random.below(bytes.length + 1)
    const inserted = Uint8Array.from({ length: 1 + random.below(16) }, () => random.below(256))
    return concat([bytes.subarray(0, start), inserted, bytes.subarray(start)])
  },
  function insertRun(bytes, random) {
    const start = random.below(bytes.length + 1)
    const inserted = new Uint8Array(1 + random.below(random.once(8) ? 2000 : LARGEST_CHANGE)).fill(
      random.pick(INTERESTING),
    )
    return concat([bytes.subarray(0, start), inserted, bytes.subarray(start)])
  },
  function repeatSection(bytes, random) {
    const start = random.below(bytes.length)
    const section = bytes.subarray(start, start + 1 + random.below(random.once(4) ? 1000 : LARGEST_CHANGE))
    const times = 1 + random.below(random.once(8) ? 40 : 3)
    return concat([bytes.subarray(0, start), ...Array(times).fill(section), bytes.subarray(start)])
  },
  /** For structures that may repeat, and that are long only then. */
  function repeatAll(bytes, random) {
    return concat(Array(2 + random.below(random.once(8) ? 60 : 3)).fill(bytes))
  },
  function moveSection(bytes, random) {
    const start = random.below(bytes.length)
    const section = bytes.slice(start, start + 1 + random.below(LARGEST_CHANGE))
    bytes.set(section.subarray(0, bytes.length), Math.max(0, random.below(bytes.length) - section.length))
    return bytes
  },
  /** Joins the beginning of this stream and the end of another. */
  function splice(bytes, random, other) {
    return concat([bytes.subarray(0, random.below(bytes.length + 1)), other.subarray(random.below(other.length + 1))])
  },
  function spliceInPlace(bytes, random, other) {
    const start = random.below(bytes.length)
    const from = random.below(other.length)
    const section = other.subarray(from, from + 1 + random.below(LARGEST_CHANGE))
    bytes.set(section.subarray(0, bytes.length - start), start)
    return bytes
  },
  function append(bytes, random, other) {
    return concat([bytes, random.once(2) ? other : new Uint8Array(random.below(12))])
  },
]

/** @param {Uint8Array} bytes @param {Random} random @param {(size: number, value: bigint) => bigint} choose */
function writeField(bytes, random, choose) {
  const size = random.pick([2, 4, 8])
  if (bytes.length < size) return bytes
  const littleEndian = !random.once(4)
  // Fields are at the ends more often than anywhere else.
  const last = bytes.length - size
  const places = [random.below(last + 1), Math.min(last, random.below(24)), Math.max(0, last - random.below(24))]
  const view = new DataView(bytes.buffer, bytes.byteOffset + random.pick(places), size)
  if (size === 2)
    view.setUint16(0, Number(choose(size, BigInt(view.getUint16(0, littleEndian))) & 0xffffn), littleEndian)
  else if (size === 4) {
    view.setUint32(0, Number(choose(size, BigInt(view.getUint32(0, littleEndian))) & 0xffffffffn), littleEndian)
  } else view.setBigUint64(0, BigInt.asUintN(64, choose(size, view.getBigUint64(0, littleEndian))), littleEndian)
  return bytes
}

/**
 * A changed copy of `bytes`.
 * @param {Uint8Array} bytes
 * @param {Uint8Array} other
 * @param {Random} random
 * @param {number} limit
 */
export function mutate(bytes, other, random, limit) {
  let result = Uint8Array.from(bytes)
  for (let count = 1 + random.below(random.once(3) ? MUTATIONS_AT_MOST : 2); count > 0; count -= 1) {
    if (result.length === 0) result = Uint8Array.from(other)
    if (result.length > 0) result = Uint8Array.from(random.pick(mutations)(result, random, other).subarray(0, limit))
  }
  return result
}
