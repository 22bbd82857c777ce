import type { Random } from '../random.js'
import type { Anatomy, Place } from './places.ts'

/** Sizes and places that a number may stand for, besides powers of two. */
const LIMITS = [
  0, 1, 2, 3, 7, 13, 27, 28, 31, 32, 33, 34, 254, 255, 256, 257, 2048, 4095, 4096, 8191, 8192, 8193, 65_535,
]
const POWERS = [8, 15, 16, 20, 24, 25, 31, 32, 53, 62, 63, 64].flatMap((bits) =>
  [-1n, 0n, 1n].map((change) => 2n ** BigInt(bits) + change),
)

interface Subject {
  readonly anatomy: Anatomy
  /** Another image, from which we take pieces. */
  readonly other: { readonly bytes: Uint8Array; readonly anatomy: Anatomy }
  readonly random: Random
}

/** Changes `bytes`, or makes new ones from them. */
type Mutation = (bytes: Uint8Array, subject: Subject) => Uint8Array

/** We pick the kind of structure first, because there are thousands of directory records for one superblock. */
function pickFrom<Value>(lists: ReadonlyMap<string, readonly Value[]>, random: Random): Value | undefined {
  const list = [...lists.values()]
  return list.length === 0 ? undefined : random.pick(random.pick(list))
}

const mutations: readonly Mutation[] = [
  function setPlace(bytes, { anatomy, random }) {
    const place = pickFrom(anatomy.places, random)
    if (place === undefined) return bytes
    const value = random.once(3) ? random.pick(POWERS) : BigInt(random.pick(LIMITS))
    write(bytes, place, value, random)
    return bytes
  },
  function addToPlace(bytes, { anatomy, random }) {
    const place = pickFrom(anatomy.places, random)
    if (place !== undefined) write(bytes, place, read(bytes, place) + BigInt(random.below(17) - 8), random)
    return bytes
  },
  /** Sets a pointer to the target of another one: a table, a directory, or itself. */
  function copyPlace(bytes, { anatomy, random }) {
    const from = pickFrom(anatomy.places, random)
    const to = pickFrom(anatomy.places, random)
    if (from !== undefined && to !== undefined) write(bytes, to, read(bytes, from), random)
    return bytes
  },
  /** Sets a pointer to a block, to an offset, or to the rest of the image. */
  function pointAtItem(bytes, { anatomy, random }) {
    const place = pickFrom(anatomy.places, random)
    const item = pickFrom(anatomy.items, random)
    if (place === undefined || item === undefined) return bytes
    const target = random.pick([
      item.start,
      item.end,
      Math.floor(item.start / 2048),
      Math.floor(item.start / 512),
      item.end - item.start,
      bytes.length,
      bytes.length - item.start,
    ])
    write(bytes, place, BigInt(target), random)
    return bytes
  },
  function flipBit(bytes, { anatomy, random }) {
    const item = pickFrom(anatomy.items, random)
    const offset = item === undefined ? random.below(bytes.length) : item.start + random.below(item.end - item.start)
    bytes[offset]! ^= 1 << random.below(8)
    return bytes
  },
  function randomRun(bytes, { anatomy, random }) {
    const item = pickFrom(anatomy.items, random)
    const start = item === undefined ? random.below(bytes.length) : item.start + random.below(item.end - item.start)
    for (let offset = start; offset < Math.min(bytes.length, start + 1 + random.below(12)); offset += 1)
      bytes[offset] = random.below(256)
    return bytes
  },
  function anywhere(bytes, { random }) {
    bytes[random.below(bytes.length)] = random.below(256)
    return bytes
  },
  function fill(bytes, { anatomy, random }) {
    const item = pickFrom(anatomy.items, random)
    if (item === undefined) return bytes
    return bytes.fill(random.pick([0, 1, 0xff, 0x41]), item.start, item.start + 1 + random.below(item.end - item.start))
  },
  /** Copies a record, an entry, an inode, a metadata block or a sector over another, mostly of the same kind. */
  function copyItem(bytes, { anatomy, random }) {
    const to = pickFrom(anatomy.items, random)
    if (to === undefined) return bytes
    const from = random.once(4) ? pickFrom(anatomy.items, random) : random.pick(anatomy.items.get(to.kind)!)
    if (from !== undefined)
      bytes.set(bytes.slice(from.start, Math.min(from.end, from.start + bytes.length - to.start)), to.start)
    return bytes
  },
  function swapItems(bytes, { anatomy, random }) {
    const one = pickFrom(anatomy.items, random)
    if (one === undefined) return bytes
    const two = random.pick(anatomy.items.get(one.kind)!)
    const length = Math.min(one.end - one.start, two.end - two.start)
    const kept = bytes.slice(one.start, one.start + length)
    bytes.copyWithin(one.start, two.start, two.start + length)
    bytes.set(kept, two.start)
    return bytes
  },
  /** Copies a structure of another image over one of this image. */
  function spliceItem(bytes, { anatomy, other, random }) {
    const to = pickFrom(anatomy.items, random)
    if (to === undefined) return bytes
    const same = other.anatomy.items.get(to.kind)
    const from = same === undefined ? pickFrom(other.anatomy.items, random) : random.pick(same)
    if (from !== undefined)
      bytes.set(other.bytes.subarray(from.start, Math.min(from.end, from.start + bytes.length - to.start)), to.start)
    return bytes
  },
  /** Moves everything after the structure, so that pointers there become wrong. */
  function insertItem(bytes, { anatomy, random }) {
    const item = pickFrom(anatomy.items, random)
    if (item === undefined) return bytes
    return concat(bytes.subarray(0, item.end), bytes.subarray(item.start, item.end), bytes.subarray(item.end))
  },
  function removeItem(bytes, { anatomy, random }) {
    const item = pickFrom(anatomy.items, random)
    return item === undefined ? bytes : concat(bytes.subarray(0, item.start), bytes.subarray(item.end))
  },
  function truncate(bytes, { anatomy, random }) {
    const item = pickFrom(anatomy.items, random)
    const end =
      random.once(3) || item === undefined
        ? random.below(bytes.length)
        : random.pick([item.start, item.end, item.end - 1])
    return bytes.slice(0, Math.max(end, 1))
  },
  function append(bytes, { other, random }) {
    const more = random.once(2)
      ? new Uint8Array(1 + random.below(5000))
      : other.bytes.subarray(0, 1 + random.below(5000))
    return concat(bytes, more)
  },
]

/** A changed copy of an image, of at most `limit` bytes. */
export function mutate(bytes: Uint8Array, subject: Subject, limit: number): Uint8Array {
  const { random, anatomy } = subject
  let result: Uint8Array = Uint8Array.from(bytes)
  for (let count = 1 + random.below(random.once(3) ? 5 : 2); count > 0; count -= 1) {
    result = random.pick(mutations)(result, subject)
    if (result.length > limit) result = result.slice(0, limit)
    // The anatomy does not match the bytes any more.
    if (result.length !== anatomy.size) return result
  }
  return result
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts))
}

function read(bytes: Uint8Array, { offset, width, order }: Place): bigint {
  let value = 0n
  for (let index = 0; index < width; index += 1) {
    value = (value << 8n) | BigInt(bytes[order === 'big' ? offset + index : offset + width - 1 - index]!)
  }
  return value
}

function write(bytes: Uint8Array, place: Place, value: bigint, random: Random): void {
  const { offset, width, order } = place
  let rest = BigInt.asUintN(8 * width, value)
  // If a number is stored twice, we sometimes change only one of them.
  const twice = order === 'both' && !random.once(8)
  for (let index = 0; index < width; index += 1) {
    const byte = Number(rest & 0xffn)
    bytes[order === 'big' ? offset + width - 1 - index : offset + index] = byte
    if (twice) bytes[offset + 2 * width - 1 - index] = byte
    rest >>= 8n
  }
}
