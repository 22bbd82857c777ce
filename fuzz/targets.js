import { crc32 } from 'node:zlib'
import { adler32 } from './references.js'

/**
 * A decoder to fuzz: `export` of `module`, a file in dist/parsers/codecs. Seeds are in fixtures/codecs/seeds/`seeds`,
 * or `name`; the reference has the same name in references.js. A `stream` decoder yields pieces. If it has a `twin`,
 * which decodes all at once, we compare it with that. A twin of a `codec` is the one in WebAssembly: `export` has it by
 * that name. It must agree about every input.
 * @typedef {{ module: string, export: string }} Place
 * @typedef {Place & { codec?: import('../parsers/codecs/codec.ts').CodecName }} Twin
 * @typedef {Place & { name: string, seeds?: string, stream?: boolean, twin?: Twin, repair?: (bytes: Uint8Array) => void }} Target
 */

const zstd = { module: 'zstd/zstd.js', export: 'decompressZstd' }
const xz = { module: 'xz/stream.js', export: 'decompressXz', repair: repairXz }
const gzip = { module: 'gzip/gzip.js', export: 'decompressGzip' }
const lz4Frame = { module: 'lz4/frame.js', export: 'decompressLz4Frame', repair: repairLz4Frame }
const lzma = { module: 'lzma/alone.js', export: 'decompressLzmaAlone' }
const lzo = { module: 'lzo/lzo1x.js', export: 'decompressLzo1x' }
const lz4 = { module: 'lz4/block.js', export: 'decompressLz4Block' }
const zlib = { module: 'zlib.js', export: 'decompressZlib' }

/** Whole images and every operation on one; see image/worker.ts. @type {Target} */
export const images = { name: 'image', module: '', export: '' }

/** @type {readonly Target[]} */
export const targets = [
  images,
  { name: 'zstd', ...zstd },
  { name: 'xz', ...xz },
  { name: 'lzma', ...lzma },
  { name: 'lzo', ...lzo },
  { name: 'lz4', ...lz4 },
  { name: 'zlib', ...zlib },
  { name: 'gzip', ...gzip },
  { name: 'lz4-frame', ...lz4Frame },
  { name: 'zstd-stream', ...stream('zstd/zstd-stream.js', 'decompressZstdStream', 'zstd'), twin: zstd },
  { name: 'xz-stream', ...stream('xz/xz-stream.js', 'decompressXzStream', 'xz'), twin: xz, repair: repairXz },
  { name: 'lzma-stream', ...stream('lzma/alone-stream.js', 'decompressLzmaAloneStream', 'lzma'), twin: lzma },
  { name: 'gzip-stream', ...stream('gzip/gzip-stream.js', 'decompressGzipStream', 'gzip'), twin: gzip },
  {
    name: 'lz4-frame-stream',
    ...stream('lz4/frame-stream.js', 'decompressLz4FrameStream', 'lz4-frame'),
    twin: lz4Frame,
    repair: repairLz4Frame,
  },
  { name: 'bzip2-stream', ...stream('bzip2/bzip2-stream.js', 'decompressBzip2Stream', 'bzip2') },
  { name: 'lzop-stream', ...stream('lzop/lzop-stream.js', 'decompressLzopStream', 'lzop'), repair: repairLzop },
  wasm('zstd', zstd),
  wasm('xz', xz),
  wasm('lzma', lzma),
  wasm('lzo', lzo),
  wasm('lz4', lz4),
  wasm('zlib', zlib),
]

/**
 * Bytes of the longest input and of the largest output for a decoder. Stream decoders yield pieces of 64 KiB and move
 * their windows, so we need more to reach all their branches. @param {Target} target
 */
export const limitsOf = (target) =>
  target === images
    ? { input: 2500 << 10, output: 0 }
    : target.stream === true
      ? { input: 160 << 10, output: 1 << 20 }
      : { input: 32 << 10, output: 256 << 10 }

/** @param {string} module @param {string} name @param {string} seeds */
function stream(module, name, seeds) {
  return { module, export: name, seeds, stream: true }
}

/** The decoder in TypeScript, compared with the one in WebAssembly. @returns {Target} */
function wasm(/** @type {import('../parsers/codecs/codec.ts').CodecName} */ codec, /** @type {Place} */ decoder) {
  return {
    name: `wasm-${codec}`,
    seeds: codec,
    ...decoder,
    twin: { module: 'decoders.js', export: 'wasmDecoders', codec },
  }
}

/** Repairs the CRC32s of xz headers, because a decoder reads nothing after a wrong one. @param {Uint8Array} bytes */
function repairXz(bytes) {
  if (bytes.length < 32) return
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const footer = bytes.length - 12
  view.setUint32(8, crc32(bytes.subarray(6, 8)), true)
  const blockHeaderEnd = 12 + 4 * (bytes[12] ?? 0)
  if (blockHeaderEnd + 4 <= bytes.length && bytes[12] !== 0) {
    view.setUint32(blockHeaderEnd, crc32(bytes.subarray(12, blockHeaderEnd)), true)
  }
  const indexStart = footer - 4 * (view.getUint32(footer + 4, true) + 1)
  if (indexStart >= 12 && indexStart <= footer - 8) {
    view.setUint32(footer - 4, crc32(bytes.subarray(indexStart, footer - 4)), true)
  }
  view.setUint32(footer, crc32(bytes.subarray(footer + 4, footer + 10)), true)
}

/** Repairs the checksum of the first frame's descriptor. @param {Uint8Array} bytes */
function repairLz4Frame(bytes) {
  const flags = bytes[4] ?? 0
  const end = 6 + ((flags & 8) === 0 ? 0 : 8) + ((flags & 1) === 0 ? 0 : 4)
  if (end < bytes.length) bytes[end] = (shortXxhash32(bytes.subarray(4, end)) >>> 8) & 255
}

/** Repairs the checksum of the first header. @param {Uint8Array} bytes */
function repairLzop(bytes) {
  if (bytes.length < 33) return
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isNew = view.getUint16(9) >= 0x0940
  const flagsAt = isNew ? 17 : 14
  const flags = view.getUint32(flagsAt)
  const nameAt = flagsAt + 4 + ((flags & 0x800) === 0 ? 0 : 4) + (isNew ? 12 : 8)
  const end = nameAt + 1 + (bytes[nameAt] ?? 0)
  if (end + 4 > bytes.length) return
  const fields = bytes.subarray(9, end)
  view.setUint32(end, (flags & 0x1000) === 0 ? adler32(fields) : crc32(fields))
}

/** xxHash32 of fewer than 16 bytes ("xxHash fast digest algorithm": 2, steps 4 and on). @param {Uint8Array} bytes */
function shortXxhash32(bytes) {
  const rotate = (/** @type {number} */ value, /** @type {number} */ bits) => (value << bits) | (value >>> (32 - bits))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let hash = 0x165667b1 + bytes.length
  let offset = 0
  for (; offset + 4 <= bytes.length; offset += 4) {
    hash = Math.imul(rotate(hash + Math.imul(view.getUint32(offset, true), 0xc2b2ae3d), 17), 0x27d4eb2f)
  }
  for (; offset < bytes.length; offset += 1) {
    hash = Math.imul(rotate(hash + Math.imul(view.getUint8(offset), 0x165667b1), 11), 0x9e3779b1)
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae3d)
  return (hash ^ (hash >>> 16)) >>> 0
}
