import { gzipSync } from 'node:zlib'
import type { Random } from './random.ts'
import { noise } from './squashfs-source.ts'

/** The digits of Nix's base32. */
export const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz'

/** What may stand next to a hash: bytes that Nix shows as dots or as they are, digits, UTF-8, pieces of paths. */
const NEIGHBOURS = [
  ...[0x00, 0x01, 0x07, 0x08, 0x09, 0x0a, 0x0d, 0x1b, 0x1f, 0x20, 0x21, 0x7e, 0x7f, 0x80, 0xa0, 0xff].map((byte) =>
    String.fromCharCode(byte),
  ),
  ...['é', '…', '😀'].map((text) => Buffer.from(text).toString('latin1')),
  ...['0', 'z', 'e', 'O', '/', '-', '.', '\r\n', '\x1b[31m', '\xe2\x80', '/nix/store/', '-name-1.0/bin/sh'],
]

/** Lengths around those of a hash and of what is shown beside it. */
const LENGTHS = [0, 1, 2, 30, 31, 32, 33, 34, 63, 64, 65]

/** Bytes of `length`, as text of a byte a character. */
function padding(random: Random, length: number): string {
  let text = ''
  while (text.length < length) text += random.pick(NEIGHBOURS)
  return text.slice(text.length - length)
}

function digits(random: Random, length: number): string {
  return Array.from({ length }, () => random.pick([...DIGITS])).join('')
}

/** What looks like a hash and is none. */
function nearMiss(random: Random, hash: string): string {
  return random.pick([
    () => hash.toUpperCase(),
    () => hash.slice(0, 31),
    () => `${hash.slice(0, 16)}\n${hash.slice(16)}`,
    () => `${hash.slice(0, 31)}e`,
    () => `t${hash.slice(1)}`,
    () => Buffer.from(hash, 'utf16le').toString('latin1'),
    () => gzipSync(hash).toString('latin1'),
    () => 'e'.repeat(32),
  ])()
}

/** Content of `size` bytes without hashes in it, but for its chance to hold one of a digit alone. */
function filler(random: Random, size: number): Buffer {
  const kind = random.below(5)
  if (kind === 0) return Buffer.alloc(size)
  if (kind === 1) return noise(size, 1 + random.below(1 << 20))
  if (kind === 2) return Buffer.alloc(size, digits(random, 509), 'latin1')
  if (kind === 3) return Buffer.alloc(size, random.pick(NEIGHBOURS), 'latin1')
  return Buffer.alloc(size, 'the quick brown fox jumps over the lazy dog\n', 'latin1')
}

/** A file's content; one with holes is written with them. */
export interface AwkwardContent {
  readonly bytes: Buffer
  readonly isSparse: boolean
}

/** Hashes across a border of blocks; the first lies across it, the others before and behind. */
function acrossBorder(random: Random, hashes: readonly string[], border: number): Buffer {
  const start = border - random.pick([0, 1, 2, 16, 30, 31, 32, random.below(33)])
  const behind = random.pick([...LENGTHS, 1000])
  const bytes = filler(random, Math.max(start + 32, border) + behind + 40 * hashes.length)
  for (const [index, hash] of hashes.entries()) {
    const isBehind = random.oneIn(2) || start < 40 * (index + 1)
    bytes.write(hash, isBehind ? start + (32 + random.below(8)) * index : 40 * index, 'latin1')
  }
  bytes.write(hashes[0]!, start, 'latin1')
  // Sometimes it ends with the hash, or at the end of the block.
  if (hashes.length > 1 || random.oneIn(2)) return bytes
  return bytes.subarray(0, random.oneIn(2) ? start + 32 : Math.max(border, start + 32))
}

/** Files of exactly one or two blocks: a hash at the beginning, at the end, before and behind the border. */
function wholeBlocks(random: Random, hashes: readonly string[], block: number): Buffer {
  const blocks = 1 + random.below(2)
  const bytes = filler(random, block * blocks)
  for (const hash of hashes) bytes.write(hash, random.below(block * blocks - 31), 'latin1')
  const places = [0, block - 32, block * blocks - 32, (blocks - 1) * block, 31, 32, 33]
  for (const [index, place] of random.shuffled(places).entries()) {
    const hash = hashes[index]
    if (hash !== undefined) bytes.write(hash, place, 'latin1')
  }
  return bytes
}

/** A hole between data, with hashes where it begins and ends; half a hash on each side of it is none. */
function withHole(random: Random, hashes: readonly string[], piece: number): Buffer {
  const end = piece * (2 + random.below(2))
  const bytes = Buffer.alloc(end + random.pick([92, 100, 5000, piece]))
  for (const hash of hashes) {
    const place = random.pick([0, piece - 40, piece - 33, piece - 32, piece - 31, end - 1, end, end + 1, end + 60])
    bytes.write(hash, place, 'latin1')
  }
  if (random.oneIn(2)) {
    const half = 1 + random.below(31)
    bytes.write(hashes[0]!.slice(0, half), piece - half, 'latin1')
    bytes.write(hashes[0]!.slice(half), end, 'latin1')
  }
  return bytes
}

/**
 * Content with hashes in it, written in a way that is hard to find or to show. It may hold fewer of them: one written
 * over another is no reference.
 * @param borders where hashes may lie across: block sizes that the budget allows
 */
export function contentWith(random: Random, hashes: readonly string[], borders: readonly number[]): AwkwardContent {
  const text = (pieces: readonly string[]): AwkwardContent => ({
    bytes: Buffer.from(pieces.join(''), 'latin1'),
    isSparse: false,
  })
  const padded = hashes.flatMap((hash) => [padding(random, random.pick(LENGTHS)), hash])
  const kind = random.below(borders.length === 0 ? 8 : 11)
  switch (kind) {
    case 0:
      return text(hashes.map((hash) => `exec /nix/store/${hash}-name/bin/sh\n`))
    case 1:
      return text(hashes)
    case 2:
      return text([...padded, padding(random, random.pick(LENGTHS))])
    case 3:
      return text([...padded, ...padded])
    case 4:
      return text(
        hashes.flatMap((hash) => [digits(random, random.below(100)), hash, digits(random, random.below(100))]),
      )
    case 5:
      return text(hashes.flatMap((hash) => [nearMiss(random, hash), hash, nearMiss(random, hash)]))
    case 6:
      return text(hashes.flatMap((hash) => [hash.slice(0, random.below(32)), hash, hash.slice(random.below(32))]))
    case 7:
      return random.oneIn(2)
        ? { bytes: withHole(random, hashes, random.pick([65536, ...borders])), isSparse: true }
        : text(padded)
    case 8:
      return { bytes: wholeBlocks(random, hashes, random.pick(borders)), isSparse: random.oneIn(3) }
    default:
      return { bytes: acrossBorder(random, hashes, random.pick(borders)), isSparse: random.oneIn(3) }
  }
}

/** Content that says nothing, though it may look as if: the two files of a pair are apart in halves of a hash. */
export function decoys(random: Random, hash: string): Buffer[] {
  const half = 1 + random.below(31)
  return random.pick([
    () => [Buffer.alloc(0)],
    () => [Buffer.from(nearMiss(random, hash), 'latin1')],
    () => [Buffer.from(hash.slice(0, half), 'latin1'), Buffer.from(hash.slice(half), 'latin1')],
    () => [filler(random, random.pick([1, 4095, 4096, 4097]))],
  ])()
}

/** A symlink's target with hashes in it. */
export function targetWith(random: Random, hashes: readonly string[]): Buffer {
  const around = ['/', '/nix/store/', '-name/bin', '../', '\x1b[31m', '\xff', '\xc3', 'é', '\n', '\x7f', 'x', '\t']
  const pieces = hashes.flatMap((hash) => [random.pick(around), hash, random.pick(['', random.pick(around)])])
  if (random.oneIn(4)) pieces.push('/', hashes[0]!)
  if (random.oneIn(6)) pieces.unshift('long/'.repeat(500))
  return Buffer.from(pieces.join(''), 'latin1').subarray(0, 4095)
}

/** Names that sort and print awkwardly; together `a`, `a-b/c`, `a.b` and `a/b`. */
const NAMES = [
  ...['a', 'a', 'a', 'b', 'a-b', 'a.b', 'a b', 'c', 'A', 'bin', 'lib', '0', '~', '!', '-', '*', '"', "'", 'a\\nb'],
  ...['\n', 'new\nline', '\t', '\x1b[31mred', '\x7f', '\xff', '\xff\xfe', '\x80', 'nix-support', 'x'.repeat(255)],
  ...['é', '\uffff', '😀', '…'].map((text) => Buffer.from(text).toString('latin1')),
]

/** A path of one to three names. */
export function awkwardPath(random: Random): string[] {
  return Array.from({ length: 1 + random.below(3) }, () => random.pick(NAMES))
}

/** A name with a hash in it. */
export function nameWith(random: Random, hash: string): string {
  return random.pick(['', 'x', '.', digits(random, 5)]) + hash + random.pick(['', 'y', '.conf', '\n'])
}
