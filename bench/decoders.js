// What `npm run bench codecs` compares: for each codec our decoders, and others. Goals are speeds, where the C library's
// is 1: of a process that has run for a while, and of a new one.
import zlib from 'node:zlib'

/** Decompresses a block of known size; the result is valid until the next call. @typedef {(input: Uint8Array, size: number) => Uint8Array} Decode */

/** @typedef {{ codec: string, name: string, goal?: { warm: number, fresh: number }, load: () => Promise<Decode> }} Decoder */

/** @param {string} module @returns {Promise<Record<string, any>>} */
const ours = (module) => import(new URL(`../dist/parsers/codecs/${module}`, import.meta.url).href)

/** Ours in WebAssembly, as a scan uses it. @param {string} codec @param {number} warm @param {number} fresh @returns {Decoder} */
function wasm(codec, warm, fresh) {
  return {
    codec,
    name: 'WebAssembly',
    goal: { warm, fresh },
    load: async () => {
      const { portableBlockDecompressor } = await ours('decoders.js')
      const { input, decompress } = portableBlockDecompressor()
      return (stored, size) => {
        const memory = input(codec, stored.length, size)
        memory.set(stored)
        return decompress(codec, memory, size)
      }
    },
  }
}

/** Ours in TypeScript. @param {string} codec @param {number} [warm] @returns {Decoder} */
function plain(codec, warm) {
  return {
    codec,
    name: 'TypeScript',
    ...(warm === undefined ? {} : { goal: { warm, fresh: 0 } }),
    load: async () => {
      const { plainDecoders } = await ours('decoders.js')
      return filling(plainDecoders[codec])
    },
  }
}

/** For what fills an array that is there. @param {(input: Uint8Array, output: Uint8Array) => number} decompress @returns {Decode} */
function filling(decompress) {
  let output = new Uint8Array(0)
  return (input, size) => {
    if (output.length !== size) output = new Uint8Array(size)
    return output.subarray(0, decompress(input, output))
  }
}

/** @param {(input: Uint8Array, options: object) => Uint8Array} decompress @returns {Decode} */
const byNode = (decompress) => (input, size) => decompress(input, { chunkSize: size + 1 })

const { zstdDecompressSync } = /** @type {any} */ (zlib)

/** @type {readonly Decoder[]} */
export const decoders = [
  wasm('zstd', 0.75, 0.6),
  plain('zstd', 0.25),
  // Node has it from 22.15 on.
  ...(zstdDecompressSync === undefined
    ? []
    : [{ codec: 'zstd', name: 'node:zlib', load: async () => byNode(zstdDecompressSync) }]),
  {
    codec: 'zstd',
    name: 'fzstd',
    // Into an array that is there it takes ten times as long.
    load: async () => {
      const { decompress } = await import('fzstd')
      return (input) => decompress(input)
    },
  },
  wasm('xz', 1.2, 1.1),
  plain('xz', 0.5),
  wasm('lzma', 1.2, 1.1),
  plain('lzma'),
  wasm('zlib', 1.8, 1.5),
  plain('zlib'),
  { codec: 'zlib', name: 'node:zlib', load: async () => byNode(zlib.inflateSync) },
  {
    codec: 'zlib',
    name: 'pako',
    // It has no way to fill an array that is there.
    load: async () => {
      const { inflate } = await import('pako')
      return (input) => inflate(input)
    },
  },
  {
    codec: 'zlib',
    name: 'fflate',
    load: async () => {
      const { unzlibSync } = await import('fflate')
      return filling((input, output) => unzlibSync(input, { out: output }).length)
    },
  },
  wasm('lz4', 0.7, 0.6),
  plain('lz4'),
  {
    codec: 'lz4',
    name: 'lz4-napi',
    load: async () => {
      const { default: lz4 } = await import('lz4-napi')
      return (input, size) => {
        // It takes a raw block after its size.
        const framed = Buffer.alloc(4 + input.length)
        framed.writeUInt32LE(size)
        framed.set(input, 4)
        return lz4.uncompressSync(framed)
      }
    },
  },
  wasm('lzo', 1, 0.8),
  plain('lzo'),
]

/** All codecs, in the order of the list. */
export const codecs = [...new Set(decoders.map(({ codec }) => codec))]
