import { spawnSync } from 'node:child_process'
import { openSync, readSync, writeSync } from 'node:fs'
import { gunzipSync, inflateSync } from 'node:zlib'

/**
 * The bytes that an independent decoder makes of `input`, or undefined if it refuses. `length` is the length of our own
 * output, for containers that state it.
 * @typedef {(input: Uint8Array, length: number) => Uint8Array | undefined} Reference
 */

/** Seconds and KiB that a tool may use, because our questions are damaged streams. */
const SECONDS = 5
const MEMORY = 4 << 20
const OUTPUT_LIMIT = 64 << 20

/** @param {string} tool */
export const installed = (tool) => spawnSync('/bin/sh', ['-c', 'command -v "$0"', tool]).status === 0

/** @param {string} tool @param {string[]} args @returns {Reference} */
const byTool = (tool, args) => (input) => {
  const limits = `ulimit -v ${MEMORY}; exec timeout -k 1 ${SECONDS} "$0" "$@"`
  const { status, stdout } = spawnSync('/bin/sh', ['-c', limits, tool, ...args], {
    input,
    maxBuffer: OUTPUT_LIMIT,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  return status === 0 ? stdout : undefined
}

/** @param {(input: Uint8Array) => Uint8Array} decode @returns {Reference} */
const byNode = (decode) => (input) => {
  try {
    return decode(input)
  } catch {
    return undefined
  }
}

/** @param {number} value */
function bigEndian(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

/** @param {number} value */
function littleEndian(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}

/** @param {Uint8Array} bytes */
export function adler32(bytes) {
  let [low, high] = [1, 0]
  for (const byte of bytes) {
    low = (low + byte) % 65521
    high = (high + low) % 65521
  }
  return high * 65536 + low
}

/**
 * One block in a file in lzop's format, without checksums except that of the header.
 * @type {(block: Uint8Array, length: number) => Uint8Array}
 */
function lzopFile(block, length) {
  // Versions of lzop, of LZO and the one needed, method, level; then flags, mode, time, and the length of an empty
  // name.
  const header = Buffer.concat([Buffer.from('1030208009400105', 'hex'), Buffer.alloc(16), Buffer.of(0)])
  const magic = Buffer.from('894c5a4f000d0a1a0a', 'hex')
  const sizes = [bigEndian(length), bigEndian(block.length)]
  return Buffer.concat([magic, header, bigEndian(adler32(header)), ...sizes, block, bigEndian(0)])
}

/** One block in a frame: 64 KiB to 4 MiB, no checksums. @param {Uint8Array} block */
function lz4File(block) {
  return Buffer.concat([Buffer.from('04224d18607073', 'hex'), littleEndian(block.length), block, littleEndian(0)])
}

const lzop = byTool('lzop', ['-dcqF'])
const lz4 = byTool('lz4', ['-dcq'])

/** The codecs for which we ask the C library itself, a hundred times faster than a tool, by their names in native.c. */
export const libraries = new Set(['zstd', 'xz', 'lzma', 'lzo', 'lz4'])

/**
 * A process of native.c that answers on two named pipes.
 * @param {string} questions
 * @param {string} answers
 * @returns {(input: Uint8Array, room: number) => Uint8Array | undefined}
 */
export function library(questions, answers) {
  const ask = openSync(questions, 'w')
  const hear = openSync(answers, 'r')
  const readFully = (/** @type {number} */ length) => {
    const bytes = Buffer.alloc(length)
    for (let done = 0; done < length; ) {
      const read = readSync(hear, bytes, done, length - done, null)
      if (read === 0) throw new Error('the reference ended')
      done += read
    }
    return bytes
  }
  return (input, room) => {
    writeFully(ask, Buffer.concat([littleEndian(input.length), littleEndian(room), input]))
    const length = readFully(4).readUInt32LE(0)
    return length === 0xffffffff ? undefined : readFully(length)
  }
}

/** @param {number} descriptor @param {Uint8Array} bytes */
function writeFully(descriptor, bytes) {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done)
}

/** @type {Record<string, { tool: string | undefined, reference: Reference }>} */
export const references = {
  zstd: { tool: 'zstd', reference: byTool('zstd', ['-dcq', '--memory=1024MB']) },
  xz: { tool: 'xz', reference: byTool('xz', ['-dcq', '-T1', '--format=xz']) },
  lzma: { tool: 'xz', reference: byTool('xz', ['-dcq', '--format=lzma']) },
  // lzop takes no empty block, and no block that is not smaller than its content.
  lzo: {
    tool: 'lzop',
    reference: (input, length) => (length > input.length ? lzop(lzopFile(input, length), length) : undefined),
  },
  lz4: { tool: 'lz4', reference: (input, length) => lz4(lz4File(input), length) },
  zlib: { tool: undefined, reference: byNode((input) => inflateSync(input, { maxOutputLength: OUTPUT_LIMIT })) },
  gzip: { tool: undefined, reference: byNode((input) => gunzipSync(input, { maxOutputLength: OUTPUT_LIMIT })) },
  'lz4-frame': { tool: 'lz4', reference: lz4 },
  'bzip2-stream': { tool: 'bzip2', reference: byTool('bzip2', ['-dcq']) },
  'lzop-stream': { tool: 'lzop', reference: byTool('lzop', ['-dcq', '--ignore-warn']) },
}
